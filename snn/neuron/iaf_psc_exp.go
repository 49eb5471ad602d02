package neuron

import "github.com/volley-snn/volley/snn/pinned"

func iafPscExp() Spec {
	return Spec{
		Name:   "iaf_psc_exp",
		Doc:    "leaky integrate-and-fire neuron with exponential synaptic currents, integrated exactly",
		Source: "Tsodyks, Uziel, Markram 2000; Rotter and Diesmann 1999",
		Params: []Var{
			{Name: "E_L", Unit: "mV", Default: -70, Doc: "resting potential"},
			{Name: "C_m", Unit: "pF", Default: 250, Doc: "membrane capacitance"},
			{Name: "tau_m", Unit: "ms", Default: 10, Doc: "membrane time constant"},
			{Name: "tau_syn_ex", Unit: "ms", Default: 2, Doc: "time constant of excitatory currents"},
			{Name: "tau_syn_in", Unit: "ms", Default: 2, Doc: "time constant of inhibitory currents"},
			{Name: "t_ref", Unit: "ms", Default: 2, Doc: "refractory time"},
			{Name: "V_th", Unit: "mV", Default: -55, Doc: "threshold"},
			{Name: "V_reset", Unit: "mV", Default: -70, Doc: "potential after a spike"},
			{Name: "I_e", Unit: "pA", Doc: "constant current"},
		},
		State: []Var{
			{Name: "V_m", Unit: "mV", Default: -70, Doc: "membrane potential"},
			{Name: "I_syn_ex", Unit: "pA", Doc: "excitatory current"},
			{Name: "I_syn_in", Unit: "pA", Doc: "inhibitory current"},
		},
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
		New: newIafPscExp,
	}
}

// iafExpConst are the propagators of one parameter set; potentials from E_L.
type iafExpConst struct {
	p22, p21Ex, p21In, p20 float64
	p11Ex, p11In           float64
	vTh, vReset, iE, eL    float64
	refractory             int32
}

type iafPscExpGroup struct {
	consts  []iafExpConst // one, or one a neuron
	mask    int           // 0, or all ones: neuron i has consts[i&mask]
	v       []float64     // mV from E_L
	ex, in  []float64     // pA
	r       []int32       // refractory ticks left
	v0, ex0 []float64
	in0     []float64
}

func newIafPscExp(c Config) Group {
	vars := iafPscExp().Params
	g := &iafPscExpGroup{consts: make([]iafExpConst, c.Params.distinct(c.N, vars)), r: make([]int32, c.N)}
	if len(g.consts) > 1 {
		g.mask = -1
	}
	for i := range g.consts {
		at := func(name string) float64 { return c.Params.at(name, i) }
		k := &g.consts[i]
		k.eL = at("E_L")
		k.vTh, k.vReset, k.iE = at("V_th")-k.eL, at("V_reset")-k.eL, at("I_e")
		k.p22 = pinned.Exp(-c.DtMs / at("tau_m"))
		k.p11Ex, k.p11In = pinned.Exp(-c.DtMs/at("tau_syn_ex")), pinned.Exp(-c.DtMs/at("tau_syn_in"))
		k.p21Ex = expPropagator(at("tau_syn_ex"), at("tau_m"), at("C_m"), c.DtMs)
		k.p21In = expPropagator(at("tau_syn_in"), at("tau_m"), at("C_m"), c.DtMs)
		k.p20 = at("tau_m") / at("C_m") * (1 - k.p22)
		k.refractory = refractoryTicks(at("t_ref"), c.DtMs)
	}
	g.v0, g.ex0, g.in0 = c.State.column("V_m", c.N), c.State.column("I_syn_ex", c.N), c.State.column("I_syn_in", c.N)
	for i := range g.v0 {
		g.v0[i] -= g.consts[i&g.mask].eL
	}
	g.v, g.ex, g.in = make([]float64, c.N), make([]float64, c.N), make([]float64, c.N)
	g.Reset()
	return g
}

func (g *iafPscExpGroup) Reset() {
	copy(g.v, g.v0)
	copy(g.ex, g.ex0)
	copy(g.in, g.in0)
	clear(g.r)
}

func (g *iafPscExpGroup) Update(in *Input, fired []uint32) []uint32 {
	n := len(g.v)
	v, ex, inh, r := g.v[:n], g.ex[:n], g.in[:n], g.r[:n]
	sumEx, sumIn := in.sums(0), in.sums(1)
	qEx, qIn := in.quantum(0), in.quantum(1)
	for i := range n {
		k := &g.consts[i&g.mask]
		if r[i] == 0 {
			current := k.iE
			if in.Current != nil {
				current += in.Current[i]
			}
			v[i] = float64(v[i]*k.p22) + float64(ex[i]*k.p21Ex) + float64(inh[i]*k.p21In) + float64(current*k.p20)
		} else {
			r[i]--
		}
		ex[i] *= k.p11Ex
		if sumEx != nil {
			ex[i] += float64(float64(sumEx[i]) * qEx)
		}
		inh[i] *= k.p11In
		if sumIn != nil {
			inh[i] += float64(float64(sumIn[i]) * qIn)
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

func (g *iafPscExpGroup) Fields() []Field {
	return []Field{{Name: "V_m", Floats: g.v}, {Name: "I_syn_ex", Floats: g.ex}, {Name: "I_syn_in", Floats: g.in}, {Name: "refractory", Ints: g.r}}
}

func (g *iafPscExpGroup) Record(name string, idx []uint32, dst []float64) {
	zero := func(int) float64 { return 0 }
	switch name {
	case "V_m":
		gather(g.v, func(i int) float64 { return g.consts[i&g.mask].eL }, idx, dst)
	case "I_syn_ex":
		gather(g.ex, zero, idx, dst)
	case "I_syn_in":
		gather(g.in, zero, idx, dst)
	}
}
