package neuron

import (
	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/vector"
)

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
		Float32: true,
		New: func(c Config) Group {
			if c.Float32 {
				return newIafPscExp[float32](c)
			}
			return newIafPscExp[float64](c)
		},
	}
}

// iafExpConst are the propagators of one parameter set; potentials from E_L.
type iafExpConst[F vector.Float] struct {
	p22, p21Ex, p21In, p20 F
	p11Ex, p11In           F
	vTh, vReset, iE        F
	eL                     float64
	refractory             int32
}

type iafPscExpGroup[F vector.Float] struct {
	consts  []iafExpConst[F] // one, or one a neuron
	mask    int              // 0, or all ones: neuron i has consts[i&mask]
	v       []F              // mV from E_L
	ex, in  []F              // pA
	r       []int32          // refractory ticks left
	v0, ex0 []F
	in0     []F

	kernel             *vector.IafPscExp[F] // nil where parameters other than I_e and V_th differ
	iE, vTh            own[F]
	current, threshold []F // of the tick, as the state's type
	everywhere         F   // the current of the tick that flows into all neurons, on top
}

func newIafPscExp[F vector.Float](c Config) Group {
	vars := iafPscExp().Params
	g := &iafPscExpGroup[F]{consts: make([]iafExpConst[F], c.Params.distinct(c.N, vars)), r: make([]int32, c.N)}
	if len(g.consts) > 1 {
		g.mask = -1
	}
	for i := range g.consts {
		at := func(name string) float64 { return c.Params.at(name, i) }
		k := &g.consts[i]
		k.eL = at("E_L")
		k.vTh, k.vReset, k.iE = F(at("V_th")-k.eL), F(at("V_reset")-k.eL), F(at("I_e"))
		p22 := pinned.Exp(-c.DtMs / at("tau_m"))
		k.p22 = F(p22)
		k.p11Ex, k.p11In = F(pinned.Exp(-c.DtMs/at("tau_syn_ex"))), F(pinned.Exp(-c.DtMs/at("tau_syn_in")))
		k.p21Ex = F(expPropagator(at("tau_syn_ex"), at("tau_m"), at("C_m"), c.DtMs))
		k.p21In = F(expPropagator(at("tau_syn_in"), at("tau_m"), at("C_m"), c.DtMs))
		k.p20 = F(at("tau_m") / at("C_m") * (1 - p22))
		k.refractory = refractoryTicks(at("t_ref"), c.DtMs)
	}
	column := func(name string, offset func(i int) float64) []F {
		x := make([]F, c.N)
		for i, at := range c.State.column(name, c.N) {
			x[i] = F(at - offset(i))
		}
		return x
	}
	none := func(int) float64 { return 0 }
	g.v0 = column("V_m", func(i int) float64 { return g.consts[i&g.mask].eL })
	g.ex0, g.in0 = column("I_syn_ex", none), column("I_syn_in", none)
	g.v, g.ex, g.in = make([]F, c.N), make([]F, c.N), make([]F, c.N)
	if c.Params.sharedBut(vars, "I_e", "V_th") && c.N > 0 {
		g.kernel = g.vectorised()
	}
	g.Reset()
	return g
}

// vectorised is the vector code for these neurons, whose constants are the first's.
func (g *iafPscExpGroup[F]) vectorised() *vector.IafPscExp[F] {
	k := g.consts[0]
	if len(g.consts) > 1 {
		for _, k := range g.consts {
			g.iE.each, g.vTh.each = append(g.iE.each, k.iE), append(g.vTh.each, k.vTh)
		}
		k.iE, k.vTh = noConstant[F](), noConstant[F]()
	}
	return &vector.IafPscExp[F]{
		V: g.v, Ex: g.ex, In: g.in, R: g.r, RefractoryFor: k.refractory,
		P22: k.p22, P21Ex: k.p21Ex, P21In: k.p21In, P20: k.p20, P11Ex: k.p11Ex, P11In: k.p11In,
		IE: k.iE, VTh: k.vTh, VReset: k.vReset,
	}
}

func (g *iafPscExpGroup[F]) Reset() {
	copy(g.v, g.v0)
	copy(g.ex, g.ex0)
	copy(g.in, g.in0)
	clear(g.r)
}

func (g *iafPscExpGroup[F]) Update(in *Input, fired []uint32) []uint32 {
	if flushes[F](in.Tick) {
		flushAll(g.v)
		flushAll(g.ex)
		flushAll(g.in)
	}
	var each []float64
	each, g.everywhere = split[F](in, g.iE.each == nil)
	g.current, g.threshold = as(each, g.current), as(in.Threshold, g.threshold)
	done := 0
	if k := g.kernel; k != nil {
		k.IETimesP20 = F(F(k.IE+g.everywhere) * k.P20)
		k.SumEx, k.SumIn = in.sums(0), in.sums(1)
		k.QuantumEx, k.QuantumIn = F(in.quantum(0)), F(in.quantum(1))
		k.Current, k.Threshold = g.iE.plus(g.current), g.vTh.plus(g.threshold)
		done, fired = k.Update(fired)
		in.Cleared = done
	}
	return g.update(in, done, fired)
}

// update advances the neurons from from on. It is the reference: package vector
// does the same with several neurons at a time.
func (g *iafPscExpGroup[F]) update(in *Input, from int, fired []uint32) []uint32 {
	n := len(g.v)
	vs, exs, ins, r := g.v[:n], g.ex[:n], g.in[:n], g.r[:n]
	sumEx, sumIn, current, everywhere, threshold := in.sums(0), in.sums(1), g.current, g.everywhere, g.threshold
	qEx, qIn := F(in.quantum(0)), F(in.quantum(1))
	consts, mask := g.consts, g.mask
	fired, out := room(fired, n-from)
	spikes := 0
	for i := from; i < n; i++ {
		k := &consts[i&mask]
		v, ex, inh := vs[i], exs[i], ins[i]
		if r[i] == 0 {
			pA := k.iE + everywhere
			if current != nil {
				pA += current[i]
			}
			v = F(v*k.p22) + F(ex*k.p21Ex) + F(inh*k.p21In) + F(pA*k.p20)
		} else {
			r[i]--
		}
		ex = F(ex * k.p11Ex)
		if sumEx != nil {
			ex += F(F(sumEx[i]) * qEx)
		}
		inh = F(inh * k.p11In)
		if sumIn != nil {
			inh += F(F(sumIn[i]) * qIn)
		}
		vTh := k.vTh
		if threshold != nil {
			vTh += threshold[i]
		}
		if v >= vTh {
			v, r[i] = k.vReset, k.refractory
			out[spikes] = uint32(i)
			spikes++
		}
		vs[i], exs[i], ins[i] = v, ex, inh
	}
	return fired[:len(fired)+spikes]
}

func (g *iafPscExpGroup[F]) Fields() []Field {
	return []Field{field("V_m", g.v), field("I_syn_ex", g.ex), field("I_syn_in", g.in), {Name: "refractory", Ints: g.r}}
}

func (g *iafPscExpGroup[F]) Record(name string, idx []uint32, dst []float64) {
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
