package neuron

import (
	"strconv"
	"strings"

	"github.com/volley-snn/volley/snn/pinned"
)

// iafPscExpMultisynapse is iaf_psc_exp with one exponential current for each
// time constant of tau_syn; weights of either sign enter by any of them.
func iafPscExpMultisynapse() Spec {
	return Spec{
		Name:   "iaf_psc_exp_multisynapse",
		Doc:    "leaky integrate-and-fire neuron with any number of exponential synaptic currents, integrated exactly",
		Source: "Rotter and Diesmann 1999; NEST, iaf_psc_exp_multisynapse",
		Params: []Var{
			{Name: "E_L", Unit: "mV", Default: -70, Doc: "resting potential"},
			{Name: "C_m", Unit: "pF", Default: 250, Doc: "membrane capacitance"},
			{Name: "tau_m", Unit: "ms", Default: 10, Doc: "membrane time constant"},
			{Name: "tau_syn", Unit: "ms", List: true, Defaults: []float64{2}, Doc: "time constant of each receptor's current"},
			{Name: "t_ref", Unit: "ms", Default: 2, Doc: "refractory time"},
			{Name: "V_th", Unit: "mV", Default: -55, Doc: "threshold"},
			{Name: "V_reset", Unit: "mV", Default: -70, Doc: "potential after a spike"},
			{Name: "I_e", Unit: "pA", Doc: "constant current"},
		},
		State: []Var{{Name: "V_m", Unit: "mV", Default: -70, Doc: "membrane potential"}},
		Recorded: []Var{
			{Name: "V_m", Unit: "mV", Doc: "membrane potential"},
			{Name: "I_syn", Unit: "pA", Doc: "sum of the receptors' currents"},
			{Name: "I_syn", Unit: "pA", PerReceptor: true, Doc: "current of a receptor"},
		},
		Receptors: numbered,
		Check: func(p Params) []string {
			r := rules{p: p}
			r.positive("pF", "C_m")
			r.positive("ms", "tau_m")
			r.allPositive("ms", "tau_syn")
			r.notEmpty("tau_syn")
			r.notNegative("ms", "t_ref")
			r.below("V_reset", "V_th")
			return r.faults
		},
		New: newIafPscExpMultisynapse,
	}
}

// numbered are the receptors 1, 2, ..., one for each time constant of tau_syn.
func numbered(p Params) []Receptor {
	var all []Receptor
	for k := range p["tau_syn"] {
		all = append(all, Receptor{Name: strconv.Itoa(k + 1), Unit: "pA"})
	}
	return all
}

// ofReceptor is which of n receptors a variable such as I_syn_2 is about.
func ofReceptor(name, prefix string, n int) (int, bool) {
	number, ok := strings.CutPrefix(name, prefix+"_")
	k, err := strconv.Atoi(number)
	return k - 1, ok && err == nil && k >= 1 && k <= n
}

// iafMultiConst are the propagators of one parameter set; potentials from E_L.
type iafMultiConst struct {
	p22, p20            float64
	vTh, vReset, iE, eL float64
	refractory          int32
}

// multiCurrent is the current of one receptor.
type multiCurrent struct {
	i   []float64 // pA
	p11 float64   // decay
	p21 []float64 // mV per pA, by parameter set
}

type iafMultiGroup struct {
	consts   []iafMultiConst
	mask     int
	v        []float64 // mV from E_L
	currents []multiCurrent
	r        []int32
	push     []float64 // mV that the currents add in the tick under way; no state
	start    start
}

func newIafPscExpMultisynapse(c Config) Group {
	g := &iafMultiGroup{v: c.State.column("V_m", c.N), r: make([]int32, c.N), push: make([]float64, c.N)}
	g.currents = make([]multiCurrent, len(c.Params["tau_syn"]))
	for r, tau := range c.Params["tau_syn"] {
		g.currents[r] = multiCurrent{i: make([]float64, c.N), p11: pinned.Exp(-c.DtMs / tau)}
	}
	g.consts, g.mask = constants(c, iafPscExpMultisynapse().Params, func(at func(string) float64, k *iafMultiConst) {
		k.eL = at("E_L")
		k.vTh, k.vReset, k.iE = at("V_th")-k.eL, at("V_reset")-k.eL, at("I_e")
		k.p22 = pinned.Exp(-c.DtMs / at("tau_m"))
		k.p20 = -at("tau_m") / at("C_m") * pinned.Expm1(-c.DtMs/at("tau_m"))
		k.refractory = refractoryTicks(at("t_ref"), c.DtMs)
		for r, tau := range c.Params["tau_syn"] {
			g.currents[r].p21 = append(g.currents[r].p21, expPropagator(tau, at("tau_m"), at("C_m"), c.DtMs))
		}
	})
	for i := range g.v {
		g.v[i] -= g.consts[i&g.mask].eL
	}
	g.start = startOf(g.Fields())
	return g
}

func (g *iafMultiGroup) Reset() { g.start.restore(g.Fields()) }

// advance adds what the current does to the potentials in this tick to push, and
// moves it to the end of the tick.
func (m *multiCurrent) advance(push []float64, mask int, sums []int32, quantum float64) {
	current := m.i[:len(push)]
	for i := range push {
		push[i] += float64(m.p21[i&mask] * current[i])
		current[i] = float64(current[i] * m.p11)
		if sums != nil {
			current[i] += float64(float64(sums[i]) * quantum)
		}
	}
}

func (g *iafMultiGroup) Update(in *Input, fired []uint32) []uint32 {
	flushFields(g, in.Tick)
	n := len(g.v)
	v, r, push := g.v[:n], g.r[:n], g.push[:n]
	clear(push)
	for k := range g.currents {
		g.currents[k].advance(push, g.mask, in.sums(k), in.quantum(k))
	}
	for i := range n {
		k := &g.consts[i&g.mask]
		if r[i] == 0 {
			current := k.iE
			if in.Current != nil {
				current += in.Current[i]
			}
			v[i] = float64(v[i]*k.p22) + float64(current*k.p20) + push[i]
		} else {
			r[i]--
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

func (g *iafMultiGroup) Fields() []Field {
	fields := []Field{{Name: "V_m", Floats: g.v}, {Name: "refractory", Ints: g.r}}
	for k := range g.currents {
		fields = append(fields, Field{Name: "I_syn_" + strconv.Itoa(k+1), Floats: g.currents[k].i})
	}
	return fields
}

func (g *iafMultiGroup) Record(name string, idx []uint32, dst []float64) {
	if k, ok := ofReceptor(name, "I_syn", len(g.currents)); ok {
		gather(g.currents[k].i, nothing, idx, dst)
		return
	}
	switch name {
	case "V_m":
		gather(g.v, func(i int) float64 { return g.consts[i&g.mask].eL }, idx, dst)
	case "I_syn":
		for k, i := range idx {
			dst[k] = 0
			for r := range g.currents {
				dst[k] += g.currents[r].i[i]
			}
		}
	}
}
