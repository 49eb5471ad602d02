package neuron

import (
	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/vector"
)

func iafPscDelta() Spec {
	return Spec{
		Name:   "iaf_psc_delta",
		Doc:    "leaky integrate-and-fire neuron whose input jumps the potential, integrated exactly",
		Source: "Rotter and Diesmann 1999; Diesmann et al. 2001",
		Params: []Var{
			{Name: "E_L", Unit: "mV", Default: -70, Doc: "resting potential"},
			{Name: "C_m", Unit: "pF", Default: 250, Doc: "membrane capacitance"},
			{Name: "tau_m", Unit: "ms", Default: 10, Doc: "membrane time constant"},
			{Name: "t_ref", Unit: "ms", Default: 2, Doc: "refractory time"},
			{Name: "V_th", Unit: "mV", Default: -55, Doc: "threshold"},
			{Name: "V_reset", Unit: "mV", Default: -70, Doc: "potential after a spike"},
			{Name: "I_e", Unit: "pA", Doc: "constant current"},
			{Name: "V_min", Unit: "mV", Default: -1e300, Doc: "lower bound of the potential"},
			{Name: "refractory_input", Bool: true, Doc: "input during refractoriness is kept, discounted, and added at its end"},
		},
		State:    []Var{{Name: "V_m", Unit: "mV", Default: -70, Doc: "membrane potential"}},
		Recorded: []Var{{Name: "V_m", Unit: "mV", Doc: "membrane potential"}},
		Receptors: func(Params) []Receptor {
			return []Receptor{{Name: "input", Unit: "mV"}}
		},
		Check: func(p Params) []string {
			r := rules{p: p}
			r.positive("pF", "C_m")
			r.positive("ms", "tau_m")
			r.notNegative("ms", "t_ref")
			r.below("V_reset", "V_th")
			return r.faults
		},
		New: newIafPscDelta,
	}
}

// iafDeltaConst are the constants of one parameter set; potentials from E_L.
type iafDeltaConst struct {
	p33, p30                  float64
	vTh, vReset, vMin, iE, eL float64
	dtOverTau                 float64
	refractory                int32
	keepsInput                bool
}

type iafPscDeltaGroup struct {
	consts  []iafDeltaConst
	mask    int
	v, kept []float64 // mV from E_L; mV of input kept while refractory
	r       []int32
	v0      []float64

	kernel  *vector.IafPscDelta // nil where parameters other than I_e and V_th differ, or input is kept
	iE, vTh own[float64]
}

func newIafPscDelta(c Config) Group {
	g := &iafPscDeltaGroup{consts: make([]iafDeltaConst, c.Params.distinct(c.N, iafPscDelta().Params))}
	if len(g.consts) > 1 {
		g.mask = -1
	}
	for i := range g.consts {
		at := func(name string) float64 { return c.Params.at(name, i) }
		k := &g.consts[i]
		k.eL = at("E_L")
		k.vTh, k.vReset, k.vMin, k.iE = at("V_th")-k.eL, at("V_reset")-k.eL, at("V_min")-k.eL, at("I_e")
		k.p33 = pinned.Exp(-c.DtMs / at("tau_m"))
		k.p30 = at("tau_m") / at("C_m") * (1 - k.p33)
		k.dtOverTau = c.DtMs / at("tau_m")
		k.refractory, k.keepsInput = refractoryTicks(at("t_ref"), c.DtMs), at("refractory_input") != 0
	}
	g.v0 = c.State.column("V_m", c.N)
	for i := range g.v0 {
		g.v0[i] -= g.consts[i&g.mask].eL
	}
	g.v, g.kept, g.r = make([]float64, c.N), make([]float64, c.N), make([]int32, c.N)
	if c.Params.sharedBut(iafPscDelta().Params, "I_e", "V_th") && c.N > 0 && !g.consts[0].keepsInput {
		g.kernel = g.vectorised()
	}
	g.Reset()
	return g
}

// vectorised is the vector code for these neurons, whose constants are the first's.
func (g *iafPscDeltaGroup) vectorised() *vector.IafPscDelta {
	k := g.consts[0]
	if len(g.consts) > 1 {
		for _, k := range g.consts {
			g.iE.each, g.vTh.each = append(g.iE.each, k.iE), append(g.vTh.each, k.vTh)
		}
		k.iE, k.vTh = noConstant[float64](), noConstant[float64]()
	}
	return &vector.IafPscDelta{
		V: g.v, R: g.r, RefractoryFor: k.refractory, P33: k.p33, P30: k.p30, IE: k.iE,
		VMin: k.vMin, VTh: k.vTh, VReset: k.vReset,
	}
}

func (g *iafPscDeltaGroup) Reset() {
	copy(g.v, g.v0)
	clear(g.kept)
	clear(g.r)
}

func (g *iafPscDeltaGroup) Update(in *Input, fired []uint32) []uint32 {
	if flushes[float64](in.Tick) {
		flushAll(g.v)
	}
	done := 0
	if k := g.kernel; k != nil {
		each, everywhere := split[float64](in, g.iE.each == nil)
		k.IETimesP30 = float64((k.IE + everywhere) * k.P30)
		k.Sums, k.Quantum, k.Current, k.Threshold = in.sums(0), in.quantum(0), g.iE.plus(each), g.vTh.plus(in.Threshold)
		done, fired = k.Update(fired)
	}
	return g.update(in, done, fired)
}

// update advances the neurons from from on. It is the reference: package vector
// does the same with several neurons at a time.
func (g *iafPscDeltaGroup) update(in *Input, from int, fired []uint32) []uint32 {
	sums, quantum := in.sums(0), in.quantum(0)
	for i := from; i < len(g.v); i++ {
		k := &g.consts[i&g.mask]
		if g.r[i] == 0 {
			current := k.iE
			if in.Current != nil {
				current += in.Current[i]
			}
			v := float64(k.p30*current) + float64(k.p33*g.v[i])
			if sums != nil {
				v += float64(float64(sums[i]) * quantum)
			}
			if k.keepsInput {
				v += g.kept[i]
				g.kept[i] = 0
			}
			if !(v > k.vMin) {
				v = k.vMin
			}
			g.v[i] = v
		} else {
			if k.keepsInput && sums != nil {
				g.kept[i] += float64(float64(float64(sums[i])*quantum) * pinned.Exp(-float64(g.r[i])*k.dtOverTau))
			}
			g.r[i]--
		}
		threshold := k.vTh
		if in.Threshold != nil {
			threshold += in.Threshold[i]
		}
		if g.v[i] >= threshold {
			g.v[i], g.r[i] = k.vReset, k.refractory
			fired = append(fired, uint32(i))
		}
	}
	return fired
}

func (g *iafPscDeltaGroup) Fields() []Field {
	return []Field{{Name: "V_m", Floats: g.v}, {Name: "kept", Floats: g.kept}, {Name: "refractory", Ints: g.r}}
}

func (g *iafPscDeltaGroup) Record(name string, idx []uint32, dst []float64) {
	if name == "V_m" {
		gather(g.v, func(i int) float64 { return g.consts[i&g.mask].eL }, idx, dst)
	}
}
