package neuron

import (
	"math"
	"strconv"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/random"
)

// gifPscExp is C_m dV/dt = -g_L (V - E_L) - I_stc + I_syn + I_e, which spikes by
// chance at the rate lambda_0 exp((V - V_T)/Delta_V). Each spike adds q_stc to the
// currents that make up I_stc and q_sfa to the terms that raise V_T above V_T_star;
// they decay with tau_stc and tau_sfa. V is V_reset while the neuron is refractory,
// which starts in the step after the spike. As in NEST, currents that arrive at the
// end of a step act on V in that step already.
//
// A step of h ms holds a spike where the neuron's word of the tick, as a number in
// (0, 1), is below 1 - exp(-lambda h). Input.Threshold is added to V_T.
func gifPscExp() Spec {
	return Spec{
		Name:   "gif_psc_exp",
		Doc:    "generalized integrate-and-fire neuron: escape noise, adaptive threshold and spike-triggered currents",
		Source: "Mensi et al. 2012; Pozzorini et al. 2015; NEST, gif_psc_exp",
		Params: []Var{
			{Name: "g_L", Unit: "nS", Default: 4, Doc: "leak conductance"},
			{Name: "E_L", Unit: "mV", Default: -70, Doc: "leak potential"},
			{Name: "C_m", Unit: "pF", Default: 80, Doc: "membrane capacitance"},
			{Name: "V_reset", Unit: "mV", Default: -55, Doc: "potential after a spike"},
			{Name: "Delta_V", Unit: "mV", Default: 0.5, Doc: "softness of the threshold"},
			{Name: "V_T_star", Unit: "mV", Default: -35, Doc: "threshold without spikes"},
			{Name: "lambda_0", Unit: "1/s", Default: 1, Doc: "rate of spikes at the threshold"},
			{Name: "t_ref", Unit: "ms", Default: 4, Doc: "refractory time"},
			{Name: "tau_syn_ex", Unit: "ms", Default: 2, Doc: "time constant of excitatory currents"},
			{Name: "tau_syn_in", Unit: "ms", Default: 2, Doc: "time constant of inhibitory currents"},
			{Name: "I_e", Unit: "pA", Doc: "constant current"},
			{Name: "tau_sfa", Unit: "ms", List: true, Doc: "time constants of the threshold's terms"},
			{Name: "q_sfa", Unit: "mV", List: true, Doc: "what a spike adds to each term of the threshold"},
			{Name: "tau_stc", Unit: "ms", List: true, Doc: "time constants of the spike-triggered currents"},
			{Name: "q_stc", Unit: "pA", List: true, Doc: "what a spike adds to each spike-triggered current"},
		},
		State: []Var{{Name: "V_m", Unit: "mV", Default: -70, Doc: "membrane potential"}},
		Recorded: []Var{
			{Name: "V_m", Unit: "mV", Doc: "membrane potential"},
			{Name: "E_sfa", Unit: "mV", Doc: "threshold"},
			{Name: "I_stc", Unit: "pA", Doc: "sum of the spike-triggered currents"},
			{Name: "I_syn_ex", Unit: "pA", Doc: "excitatory current"},
			{Name: "I_syn_in", Unit: "pA", Doc: "inhibitory current"},
		},
		Receptors: func(Params) []Receptor {
			return []Receptor{{Name: "excitatory", Unit: "pA", Sign: +1}, {Name: "inhibitory", Unit: "pA", Sign: -1}}
		},
		Check: func(p Params) []string {
			r := rules{p: p}
			r.positive("nS", "g_L")
			r.positive("pF", "C_m")
			r.positive("mV", "Delta_V")
			r.notNegative("1/s", "lambda_0")
			r.notNegative("ms", "t_ref")
			r.positive("ms", "tau_syn_ex", "tau_syn_in")
			r.allPositive("ms", "tau_sfa", "tau_stc")
			r.sameLength("tau_sfa", "q_sfa")
			r.sameLength("tau_stc", "q_stc")
			return r.faults
		},
		New: newGifPscExp,
	}
}

// gifConst are the constants of one parameter set; potentials from E_L.
type gifConst struct {
	p33, p30, p11Ex, p11In, p21Ex, p21In float64
	vReset, vT, iE, eL                   float64
	perDeltaV                            float64 // 1/mV
	hazard                               float64 // ln(lambda_0 h); -Inf where it never spikes
	refractory                           int32
}

// kick is a term that each spike raises by q and that decays.
type kick struct {
	x        []float64
	q, decay float64
}

func kicks(q, tauMs []float64, n int, h float64) []kick {
	all := make([]kick, len(q))
	for j := range q {
		all[j] = kick{x: make([]float64, n), q: q[j], decay: pinned.Exp(-h / tauMs[j])}
	}
	return all
}

// collect adds the terms to sum, and lets them decay over one tick.
func collect(all []kick, sum []float64) {
	for _, t := range all {
		x := t.x[:len(sum)]
		for i := range sum {
			sum[i] += x[i]
			x[i] = t.decay * x[i]
		}
	}
}

type gifPscExpGroup struct {
	consts         []gifConst
	mask           int
	v, ex, in      []float64
	sfa, stc       []kick
	sumSfa, sumStc []float64 // mV from E_L without V_T_star; pA
	r              []int32
	keys           []random.Key
	start          start
}

func newGifPscExp(c Config) Group {
	g := &gifPscExpGroup{
		v: c.State.column("V_m", c.N), r: make([]int32, c.N), keys: make([]random.Key, c.N),
		ex: make([]float64, c.N), in: make([]float64, c.N), sumSfa: make([]float64, c.N), sumStc: make([]float64, c.N),
	}
	g.sfa = kicks(c.Params["q_sfa"], c.Params["tau_sfa"], c.N, c.DtMs)
	g.stc = kicks(c.Params["q_stc"], c.Params["tau_stc"], c.N, c.DtMs)
	g.consts, g.mask = constants(c, gifPscExp().Params, func(at func(string) float64, k *gifConst) {
		tauM := at("C_m") / at("g_L")
		k.eL = at("E_L")
		k.vReset, k.vT, k.iE = at("V_reset")-k.eL, at("V_T_star")-k.eL, at("I_e")
		k.p33 = pinned.Exp(-c.DtMs / tauM)
		k.p30 = -pinned.Expm1(-c.DtMs/tauM) / at("g_L")
		k.p11Ex, k.p11In = pinned.Exp(-c.DtMs/at("tau_syn_ex")), pinned.Exp(-c.DtMs/at("tau_syn_in"))
		k.p21Ex = expPropagator(at("tau_syn_ex"), tauM, at("C_m"), c.DtMs)
		k.p21In = expPropagator(at("tau_syn_in"), tauM, at("C_m"), c.DtMs)
		k.perDeltaV, k.hazard = 1/at("Delta_V"), pinned.Log(at("lambda_0")/1000*c.DtMs)
		k.refractory = refractoryTicks(at("t_ref"), c.DtMs)
	})
	for i := range g.v {
		g.v[i] -= g.consts[i&g.mask].eL
		g.keys[i] = c.Key.Sub(uint64(c.First + snn.GID(i)))
	}
	g.start = startOf(g.Fields())
	return g
}

func (g *gifPscExpGroup) Reset() { g.start.restore(g.Fields()) }

func (g *gifPscExpGroup) Update(in *Input, fired []uint32) []uint32 {
	flushFields(g, in.Tick)
	n := len(g.v)
	v, ex, inh, r := g.v[:n], g.ex[:n], g.in[:n], g.r[:n]
	sumSfa, sumStc := g.sumSfa[:n], g.sumStc[:n]
	clear(sumSfa)
	clear(sumStc)
	collect(g.sfa, sumSfa)
	collect(g.stc, sumStc)
	sumEx, sumIn := in.sums(0), in.sums(1)
	qEx, qIn := in.quantum(0), in.quantum(1)
	for i := range n {
		k := &g.consts[i&g.mask]
		ex[i] = float64(ex[i] * k.p11Ex)
		if sumEx != nil {
			ex[i] += float64(float64(sumEx[i]) * qEx)
		}
		inh[i] = float64(inh[i] * k.p11In)
		if sumIn != nil {
			inh[i] += float64(float64(sumIn[i]) * qIn)
		}
		if r[i] > 0 {
			r[i]--
			v[i] = k.vReset
			continue
		}
		current := k.iE - sumStc[i]
		threshold := k.vT + sumSfa[i]
		if in.Current != nil {
			current += in.Current[i]
		}
		if in.Threshold != nil {
			threshold += in.Threshold[i]
		}
		v[i] = float64(v[i]*k.p33) + float64(current*k.p30) + (float64(ex[i]*k.p21Ex) + float64(inh[i]*k.p21In))
		logMean := float64((v[i]-threshold)*k.perDeltaV) + k.hazard
		if logMean > never && escapes(logMean, g.keys[i], in.Tick) {
			r[i] = k.refractory
			fired = append(fired, uint32(i))
			for _, t := range g.sfa {
				t.x[i] += t.q
			}
			for _, t := range g.stc {
				t.x[i] += t.q
			}
		}
	}
	return fired
}

// never is where exp(never) lies below every word, 2^-53 at least: no spike there.
const never = -37

// escapes draws whether a neuron spikes in a tick where exp(logMean) spikes are
// expected. A bound spares most exponentials and changes no result: the
// probability is below exp(logMean), and a word is at least the power of two in
// its exponent.
func escapes(logMean float64, key random.Key, tick snn.Tick) bool {
	const margin = 1e-9 // of logMean's rounding
	word := key.Uniform(uint64(tick))
	exponent := float64(int(math.Float64bits(word)>>52) - 1023)
	if logMean < float64(exponent*math.Ln2)-margin {
		return false
	}
	return word < -pinned.Expm1(-pinned.Exp(min(logMean, 100)))
}

func (g *gifPscExpGroup) Fields() []Field {
	fields := []Field{
		{Name: "V_m", Floats: g.v}, {Name: "I_syn_ex", Floats: g.ex}, {Name: "I_syn_in", Floats: g.in},
		{Name: "E_sfa", Floats: g.sumSfa}, {Name: "I_stc", Floats: g.sumStc}, {Name: "refractory", Ints: g.r},
	}
	for j, t := range g.sfa {
		fields = append(fields, Field{Name: "sfa_" + strconv.Itoa(j+1), Floats: t.x})
	}
	for j, t := range g.stc {
		fields = append(fields, Field{Name: "stc_" + strconv.Itoa(j+1), Floats: t.x})
	}
	return fields
}

func (g *gifPscExpGroup) Record(name string, idx []uint32, dst []float64) {
	switch name {
	case "V_m":
		gather(g.v, func(i int) float64 { return g.consts[i&g.mask].eL }, idx, dst)
	case "E_sfa":
		gather(g.sumSfa, func(i int) float64 { k := &g.consts[i&g.mask]; return k.vT + k.eL }, idx, dst)
	case "I_stc":
		gather(g.sumStc, nothing, idx, dst)
	case "I_syn_ex":
		gather(g.ex, nothing, idx, dst)
	case "I_syn_in":
		gather(g.in, nothing, idx, dst)
	}
}
