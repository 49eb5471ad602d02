package neuron

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
)

// iafPscAlpha is C_m dV/dt = -C_m (V - E_L)/tau_m + I_syn + I_e, with synaptic
// currents w e t/tau_syn exp(1 - t/tau_syn) that peak at w.
func iafPscAlpha() Spec {
	return Spec{
		Name:   "iaf_psc_alpha",
		Doc:    "leaky integrate-and-fire neuron with alpha-shaped synaptic currents, integrated exactly",
		Source: "Rotter and Diesmann 1999; NEST, iaf_psc_alpha",
		Params: []Var{
			{Name: "E_L", Unit: "mV", Default: -70, Doc: "resting potential"},
			{Name: "C_m", Unit: "pF", Default: 250, Doc: "membrane capacitance"},
			{Name: "tau_m", Unit: "ms", Default: 10, Doc: "membrane time constant"},
			{Name: "tau_syn_ex", Unit: "ms", Default: 2, Doc: "rise time of excitatory currents"},
			{Name: "tau_syn_in", Unit: "ms", Default: 2, Doc: "rise time of inhibitory currents"},
			{Name: "t_ref", Unit: "ms", Default: 2, Doc: "refractory time"},
			{Name: "V_th", Unit: "mV", Default: -55, Doc: "threshold"},
			{Name: "V_reset", Unit: "mV", Default: -70, Doc: "potential after a spike"},
			{Name: "V_min", Unit: "mV", Default: -1e300, Doc: "lower bound of the potential"},
			{Name: "I_e", Unit: "pA", Doc: "constant current"},
		},
		State: []Var{{Name: "V_m", Unit: "mV", Default: -70, Doc: "membrane potential"}},
		Recorded: []Var{
			{Name: "V_m", Unit: "mV", Doc: "membrane potential"},
			{Name: "I_syn_ex", Unit: "pA", Doc: "excitatory current"},
			{Name: "I_syn_in", Unit: "pA", Doc: "inhibitory current"},
		},
		Receptors: func(Params) []Receptor {
			return []Receptor{{Name: "excitatory", Unit: "pA", Sign: +1}, {Name: "inhibitory", Unit: "pA", Sign: -1}}
		},
		Check: func(p Params) []string {
			r := rules{p: p}
			r.positive("pF", "C_m")
			r.positive("ms", "tau_m", "tau_syn_ex", "tau_syn_in")
			r.notNegative("ms", "t_ref")
			r.below("V_reset", "V_th")
			return r.faults
		},
		New: newIafPscAlpha,
	}
}

// iafAlphaConst are the propagators of one parameter set; potentials from E_L.
type iafAlphaConst struct {
	p33, p30                  float64
	ex, in                    alphaConst
	vTh, vReset, vMin, iE, eL float64
	refractory                int32
}

// alphaConst are the propagators of one alpha-shaped current.
type alphaConst struct {
	p11, p21, p31, p32 float64 // decay, current, potential by slope, potential by current
	slope              float64 // pA/ms of the derivative state, per pA of weight
}

func newAlphaConst(tauSyn, tauM, cM, h float64) alphaConst {
	a := alphaConst{p11: pinned.Exp(-h / tauSyn), slope: math.E / tauSyn}
	a.p21 = h * a.p11
	a.p31, a.p32 = alphaPropagators(tauSyn, tauM, cM, h)
	return a
}

type iafPscAlphaGroup struct {
	consts  []iafAlphaConst
	mask    int
	v       []float64 // mV from E_L
	ex, in  []float64 // pA
	dEx, dI []float64 // pA/ms
	r       []int32   // refractory ticks left
	start   start
}

func newIafPscAlpha(c Config) Group {
	g := &iafPscAlphaGroup{
		v: c.State.column("V_m", c.N), r: make([]int32, c.N),
		ex: make([]float64, c.N), in: make([]float64, c.N), dEx: make([]float64, c.N), dI: make([]float64, c.N),
	}
	g.consts, g.mask = constants(c, iafPscAlpha().Params, func(at func(string) float64, k *iafAlphaConst) {
		k.eL = at("E_L")
		k.vTh, k.vReset, k.vMin, k.iE = at("V_th")-k.eL, at("V_reset")-k.eL, at("V_min")-k.eL, at("I_e")
		k.p33 = pinned.Exp(-c.DtMs / at("tau_m"))
		k.p30 = -at("tau_m") / at("C_m") * pinned.Expm1(-c.DtMs/at("tau_m"))
		k.ex = newAlphaConst(at("tau_syn_ex"), at("tau_m"), at("C_m"), c.DtMs)
		k.in = newAlphaConst(at("tau_syn_in"), at("tau_m"), at("C_m"), c.DtMs)
		k.refractory = refractoryTicks(at("t_ref"), c.DtMs)
	})
	for i := range g.v {
		g.v[i] -= g.consts[i&g.mask].eL
	}
	g.start = startOf(g.Fields())
	return g
}

func (g *iafPscAlphaGroup) Reset() { g.start.restore(g.Fields()) }

func (g *iafPscAlphaGroup) Update(in *Input, fired []uint32) []uint32 {
	flushFields(g, in.Tick)
	n := len(g.v)
	v, r := g.v[:n], g.r[:n]
	ex, dEx, inh, dIn := g.ex[:n], g.dEx[:n], g.in[:n], g.dI[:n]
	sumEx, sumIn := in.sums(0), in.sums(1)
	qEx, qIn := in.quantum(0), in.quantum(1)
	for i := range n {
		k := &g.consts[i&g.mask]
		if r[i] == 0 {
			current := k.iE
			if in.Current != nil {
				current += in.Current[i]
			}
			synaptic := float64(k.ex.p31*dEx[i]) + float64(k.ex.p32*ex[i]) + (float64(k.in.p31*dIn[i]) + float64(k.in.p32*inh[i]))
			v[i] = float64(v[i]*k.p33) + float64(current*k.p30) + synaptic
			if v[i] < k.vMin {
				v[i] = k.vMin
			}
		} else {
			r[i]--
		}
		ex[i] = float64(k.ex.p21*dEx[i]) + float64(k.ex.p11*ex[i])
		dEx[i] = float64(dEx[i] * k.ex.p11)
		if sumEx != nil {
			dEx[i] += float64(float64(sumEx[i]) * qEx * k.ex.slope)
		}
		inh[i] = float64(k.in.p21*dIn[i]) + float64(k.in.p11*inh[i])
		dIn[i] = float64(dIn[i] * k.in.p11)
		if sumIn != nil {
			dIn[i] += float64(float64(sumIn[i]) * qIn * k.in.slope)
		}
		threshold := k.vTh
		if in.Threshold != nil {
			threshold += in.Threshold[i]
		}
		if v[i] >= threshold {
			v[i], r[i] = k.vReset, k.refractory
			fired = append(fired, uint32(i))
		}
	}
	return fired
}

func (g *iafPscAlphaGroup) Fields() []Field {
	return []Field{
		{Name: "V_m", Floats: g.v}, {Name: "I_syn_ex", Floats: g.ex}, {Name: "I_syn_in", Floats: g.in},
		{Name: "dI_syn_ex", Floats: g.dEx}, {Name: "dI_syn_in", Floats: g.dI}, {Name: "refractory", Ints: g.r},
	}
}

func (g *iafPscAlphaGroup) Record(name string, idx []uint32, dst []float64) {
	switch name {
	case "V_m":
		gather(g.v, func(i int) float64 { return g.consts[i&g.mask].eL }, idx, dst)
	case "I_syn_ex":
		gather(g.ex, nothing, idx, dst)
	case "I_syn_in":
		gather(g.in, nothing, idx, dst)
	}
}
