package neuron

import (
	"math"

	"github.com/volley-snn/volley/snn/ode"
	"github.com/volley-snn/volley/snn/pinned"
)

// aeif describes the parts that aeif_psc_exp and aeif_cond_exp share:
//
//	C_m dV/dt = -g_L (V - E_L) + g_L Delta_T exp((V - V_th)/Delta_T) + I_syn - w + I_e
//	tau_w dw/dt = a (V - E_L) - w
//
// where V counts as V_peak at most, and as V_reset while the neuron is refractory.
// A spike falls where V reaches V_peak at the end of an inner step (V_th, where
// Delta_T is 0); it sets V to V_reset and adds b to w at once. Input.Threshold is
// added to V_th.
func aeif(s Spec, own ...Var) Spec {
	s.MostSpikes = aeifMostSpikes
	s.Params = append([]Var{
		{Name: "V_peak", Unit: "mV", Doc: "potential at which a spike is counted"},
		{Name: "V_reset", Unit: "mV", Default: -60, Doc: "potential after a spike"},
		{Name: "t_ref", Unit: "ms", Doc: "refractory time"},
		{Name: "g_L", Unit: "nS", Default: 30, Doc: "leak conductance"},
		{Name: "C_m", Unit: "pF", Default: 281, Doc: "membrane capacitance"},
		{Name: "E_L", Unit: "mV", Default: -70.6, Doc: "leak reversal potential"},
		{Name: "Delta_T", Unit: "mV", Default: 2, Doc: "sharpness of the upswing"},
		{Name: "tau_w", Unit: "ms", Default: 144, Doc: "time constant of the adaptation"},
		{Name: "a", Unit: "nS", Default: 4, Doc: "adaptation to the potential"},
		{Name: "b", Unit: "pA", Default: 80.5, Doc: "adaptation to a spike"},
		{Name: "V_th", Unit: "mV", Default: -50.4, Doc: "potential at which the upswing starts"},
		{Name: "tau_syn_ex", Unit: "ms", Default: 0.2, Doc: "time constant of excitatory input"},
		{Name: "tau_syn_in", Unit: "ms", Default: 2, Doc: "time constant of inhibitory input"},
		{Name: "I_e", Unit: "pA", Doc: "constant current"},
		{Name: "gsl_error_tol", Default: 1e-6, Doc: "error that an inner step may make"},
	}, own...)
	s.Recorded = s.State
	s.Check = checkAeif
	return s
}

// largestExponent keeps exp(x) times a conductance far from overflow.
const largestExponent = 663

func checkAeif(p Params) []string {
	r := rules{p: p}
	if peak, th := r.one("V_peak"), r.one("V_th"); peak < th {
		r.fault("V_peak must be >= V_th (%g mV), is %g mV", th, peak)
	}
	r.below("V_reset", "V_peak")
	r.notNegative("mV", "Delta_T")
	if d := r.one("Delta_T"); d > 0 && (r.one("V_peak")-r.one("V_th"))/d >= largestExponent {
		r.fault("Delta_T must be > (V_peak - V_th)/%d (%.6g mV) or 0 mV, so that the upswing does not overflow, is %g mV", largestExponent, (r.one("V_peak")-r.one("V_th"))/largestExponent, d)
	}
	r.positive("pF", "C_m")
	r.notNegative("nS", "g_L")
	r.notNegative("ms", "t_ref")
	r.positive("ms", "tau_syn_ex", "tau_syn_in", "tau_w")
	if x := r.one("gsl_error_tol"); !(x > 0) {
		r.fault("gsl_error_tol must be > 0, is %g", x)
	}
	return r.faults
}

type aeifConst struct {
	vPeak, vReset, vTh, eL, eEx, eIn, iE         float64
	gL, upswing, a, b                            float64 // upswing: g_L Delta_T
	perC, perTauEx, perTauIn, perTauW, perDeltaT float64
	tolerance                                    ode.Tolerance
	refractory                                   int32
}

// Variables of the equations.
const (
	aeifEx = 1 // conductance or current
	aeifIn = 2
	aeifW  = 3
)

type aeifGroup struct {
	adaptive
	consts      []aeifConst
	mask        int
	conductance bool

	k   *aeifConst // of the neuron under way
	vTh float64
}

// newAeif takes the names of the excitatory and inhibitory input variables.
func newAeif(c Config, s Spec, conductance bool, ex, in string) Group {
	g := &aeifGroup{adaptive: newAdaptive(c, s.Name, 0.01, "V_m", ex, in, "w"), conductance: conductance}
	g.consts, g.mask = constants(c, s.Params, func(at func(string) float64, k *aeifConst) {
		*k = aeifConst{
			vPeak: at("V_peak"), vReset: at("V_reset"), vTh: at("V_th"), eL: at("E_L"), iE: at("I_e"),
			gL: at("g_L"), upswing: at("g_L") * at("Delta_T"), a: at("a"), b: at("b"),
			perC: 1 / at("C_m"), perTauEx: 1 / at("tau_syn_ex"), perTauIn: 1 / at("tau_syn_in"), perTauW: 1 / at("tau_w"),
			tolerance: ode.BySlope(at("gsl_error_tol")), refractory: refractoryTicks(at("t_ref"), c.DtMs),
		}
		if conductance {
			k.eEx, k.eIn = at("E_ex"), at("E_in")
		}
		if at("Delta_T") > 0 {
			k.perDeltaT = 1 / at("Delta_T")
		}
	})
	return g
}

// Slope is the equations of the neuron under way.
func (g *aeifGroup) Slope(y, dydt *ode.Vector) {
	k := g.k
	v := y[0]
	if g.clamped {
		v = k.vReset
	} else if v > k.vPeak {
		v = k.vPeak
	}
	ex, inh, w := y[aeifEx], y[aeifIn], y[aeifW]
	dydt[0] = 0
	if !g.clamped {
		flow := float64(k.gL*(k.eL-v)) - w + g.current
		if k.upswing > 0 {
			flow += float64(k.upswing * pinned.Exp(min((v-g.vTh)*k.perDeltaT, largestExponent)))
		}
		if g.conductance {
			flow += float64(ex*(k.eEx-v)) + float64(inh*(k.eIn-v))
		} else {
			flow += ex - inh
		}
		dydt[0] = flow * k.perC
	}
	dydt[aeifEx], dydt[aeifIn] = -ex*k.perTauEx, -inh*k.perTauIn
	dydt[aeifW] = (float64(k.a*(v-k.eL)) - w) * k.perTauW
}

func (g *aeifGroup) Update(in *Input, fired []uint32) []uint32 {
	flushFields(g, in.Tick)
	sumEx, sumIn := in.sums(0), in.sums(1)
	qEx, qIn := in.quantum(0), in.quantum(1)
	for i := range g.r {
		k := &g.consts[i&g.mask]
		g.k, g.vTh = k, k.vTh
		if in.Threshold != nil {
			g.vTh += in.Threshold[i]
		}
		g.load(i, in, k.iE)
		fired = g.tick(i, in, fired)
		if sumEx != nil {
			g.vec[aeifEx] += float64(float64(sumEx[i]) * qEx)
		}
		if sumIn != nil {
			g.vec[aeifIn] -= float64(float64(sumIn[i]) * qIn)
		}
		g.store(i)
	}
	return fired
}

// aeifMostSpikes is the most spikes of a neuron in a tick; without a refractory time
// there may be several.
const aeifMostSpikes = 8

// tick integrates neuron i over one tick; spikes fall between inner steps.
func (g *aeifGroup) tick(i int, in *Input, fired []uint32) []uint32 {
	k := g.k
	vSpike := k.vPeak
	if k.perDeltaT == 0 {
		vSpike = g.vTh
	}
	n, before := 0, len(fired)
	for t := 0.0; t < g.dt && n <= maxInnerSteps; n++ {
		t = g.solver.Step(g, k.tolerance, t, g.dt, &g.step[i], &g.vec)
		switch {
		case g.r[i] > 0:
			g.vec[0] = k.vReset
		case g.vec[0] >= vSpike:
			g.vec[0] = k.vReset
			g.vec[aeifW] += k.b
			if k.refractory > 0 { // the tick under way does not count
				g.r[i] = k.refractory + 1
			}
			g.clamped = g.r[i] > 0
			fired = append(fired, uint32(i))
		}
	}
	// the bounds beyond which NEST gives up
	if v, w := g.vec[0], math.Abs(g.vec[aeifW]); n > maxInnerSteps || !(v > -1e3) || !(w < 1e6) {
		panic(g.unstable(i, in.Tick))
	}
	if spikes := len(fired) - before; spikes > aeifMostSpikes {
		panic(g.bursts(i, in.Tick, spikes))
	}
	if g.r[i] > 0 {
		g.r[i]--
	}
	return fired
}
