package neuron

import (
	"math"

	"github.com/volley-snn/volley/snn/ode"
	"github.com/volley-snn/volley/snn/pinned"
)

// hhPscAlpha is Hodgkin and Huxley's
//
//	C_m dV/dt = -g_Na m^3 h (V - E_Na) - g_K n^4 (V - E_K) - g_L (V - E_L) + I_syn + I_e
//	dx/dt = alpha_x(V) (1 - x) - beta_x(V) x        for x = m, h, n
//
// with synaptic currents that are alpha functions and peak at the weight. A spike
// falls in the step after the maximum of an upswing that lies at 0 mV or above,
// unless one fell within t_ref before. Input.Threshold is added to those 0 mV: it
// decides what counts as a spike, and leaves the dynamics as they are.
func hhPscAlpha() Spec {
	return Spec{
		Name:   "hh_psc_alpha",
		Doc:    "Hodgkin-Huxley neuron with alpha-shaped synaptic currents, in adaptive steps",
		Source: "Hodgkin and Huxley 1952; Gerstner and Kistler 2002; NEST, hh_psc_alpha",
		Params: []Var{
			{Name: "t_ref", Unit: "ms", Default: 2, Doc: "time after a spike within which no other is counted"},
			{Name: "g_Na", Unit: "nS", Default: 12000, Doc: "sodium peak conductance"},
			{Name: "g_K", Unit: "nS", Default: 3600, Doc: "potassium peak conductance"},
			{Name: "g_L", Unit: "nS", Default: 30, Doc: "leak conductance"},
			{Name: "C_m", Unit: "pF", Default: 100, Doc: "membrane capacitance"},
			{Name: "E_Na", Unit: "mV", Default: 50, Doc: "sodium reversal potential"},
			{Name: "E_K", Unit: "mV", Default: -77, Doc: "potassium reversal potential"},
			{Name: "E_L", Unit: "mV", Default: -54.402, Doc: "leak reversal potential"},
			{Name: "tau_syn_ex", Unit: "ms", Default: 0.2, Doc: "rise time of excitatory currents"},
			{Name: "tau_syn_in", Unit: "ms", Default: 2, Doc: "rise time of inhibitory currents"},
			{Name: "I_e", Unit: "pA", Doc: "constant current"},
		},
		State: []Var{
			{Name: "V_m", Unit: "mV", Default: -65, Doc: "membrane potential"},
			{Name: "Act_m", Default: 0.05293248525724958, Doc: "sodium activation m; by default its equilibrium at -65 mV"},
			{Name: "Inact_h", Default: 0.5961207535084603, Doc: "sodium inactivation h"},
			{Name: "Act_n", Default: 0.3176769140606974, Doc: "potassium activation n"},
		},
		Recorded: []Var{
			{Name: "V_m", Unit: "mV", Doc: "membrane potential"},
			{Name: "Act_m", Doc: "sodium activation m"},
			{Name: "Inact_h", Doc: "sodium inactivation h"},
			{Name: "Act_n", Doc: "potassium activation n"},
			{Name: "I_syn_ex", Unit: "pA", Doc: "excitatory current"},
			{Name: "I_syn_in", Unit: "pA", Doc: "inhibitory current"},
		},
		Receptors: func(Params) []Receptor {
			return []Receptor{{Name: "excitatory", Unit: "pA", Sign: +1}, {Name: "inhibitory", Unit: "pA", Sign: -1}}
		},
		Check: func(p Params) []string {
			r := rules{p: p}
			r.positive("pF", "C_m")
			r.notNegative("ms", "t_ref")
			r.positive("ms", "tau_syn_ex", "tau_syn_in")
			r.notNegative("nS", "g_Na", "g_K", "g_L")
			return r.faults
		},
		New: newHhPscAlpha,
	}
}

type hhConst struct {
	gNa, gK, gL, eNa, eK, eL, iE float64
	perC, perTauEx, perTauIn     float64
	slopeEx, slopeIn             float64 // pA/ms per pA of weight
	refractory                   int32
}

type hhGroup struct {
	adaptive
	consts []hhConst
	mask   int
	k      *hhConst // of the neuron under way
}

func newHhPscAlpha(c Config) Group {
	g := &hhGroup{adaptive: newAdaptive(c, "hh_psc_alpha", c.DtMs, "V_m", "Act_m", "Inact_h", "Act_n", "I_syn_ex", "I_syn_in", "dI_syn_ex", "dI_syn_in")}
	g.consts, g.mask = constants(c, hhPscAlpha().Params, func(at func(string) float64, k *hhConst) {
		*k = hhConst{
			gNa: at("g_Na"), gK: at("g_K"), gL: at("g_L"), eNa: at("E_Na"), eK: at("E_K"), eL: at("E_L"), iE: at("I_e"),
			perC: 1 / at("C_m"), perTauEx: 1 / at("tau_syn_ex"), perTauIn: 1 / at("tau_syn_in"),
			slopeEx: math.E / at("tau_syn_ex"), slopeIn: math.E / at("tau_syn_in"),
			refractory: refractoryTicks(at("t_ref"), c.DtMs),
		}
	})
	return g
}

// Powers of e by which the rates' exponentials differ.
const (
	e1   = math.E
	e2p5 = 12.182493960703473
	e3   = math.E * math.E * math.E
)

// Slope is the equations of the neuron under way. All exponentials but one are
// powers of exp(-(V + 65)/80).
func (g *hhGroup) Slope(y, dydt *ode.Vector) {
	k := g.k
	v, m, h, n := y[0], y[1], y[2], y[3]
	by80 := pinned.Exp((v + 65) * (-1. / 80))
	by20 := by80 * by80
	by20 *= by20
	by10 := by20 * by20
	alphaN := 0.01 * rise(v+55, float64(by10*e1))
	alphaM := 0.1 * rise(v+40, float64(by10*e2p5))
	betaM := 4 * pinned.Exp((v+65)*(-1./18))
	alphaH := 0.07 * by20
	betaH := 1 / (1 + float64(by10*e3))
	sodium := k.gNa * m * m * m * h * (k.eNa - v)
	potassium := k.gK * (n * n) * (n * n) * (k.eK - v)
	dydt[0] = (float64(sodium) + float64(potassium) + float64(k.gL*(k.eL-v)) + g.current + y[4] + y[5]) * k.perC
	dydt[1] = float64(alphaM*(1-m)) - float64(betaM*m)
	dydt[2] = float64(alphaH*(1-h)) - float64(betaH*h)
	dydt[3] = float64(alphaN*(1-n)) - float64(0.125*by80*n)
	dydt[4], dydt[5] = y[6]-float64(y[4]*k.perTauEx), y[7]-float64(y[5]*k.perTauIn)
	dydt[6], dydt[7] = -y[6]*k.perTauEx, -y[7]*k.perTauIn
}

// rise is x/(1 - exp(-x/10)), given the exponential; by its series around 0.
func rise(x, exp float64) float64 {
	if math.Abs(x) < 1e-3 {
		return 10 + float64(x*0.5) + float64(x*x*(1./120))
	}
	return x / (1 - exp)
}

func (g *hhGroup) Update(in *Input, fired []uint32) []uint32 {
	flushFields(g, in.Tick)
	sumEx, sumIn := in.sums(0), in.sums(1)
	qEx, qIn := in.quantum(0), in.quantum(1)
	tol := ode.Absolute(1e-3)
	for i := range g.r {
		k := &g.consts[i&g.mask]
		g.k = k
		threshold := 0.0
		if in.Threshold != nil {
			threshold = in.Threshold[i]
		}
		g.load(i, in, k.iE)
		before := g.vec[0]
		g.integrate(g, tol, i, in.Tick)
		switch {
		case g.r[i] > 0:
			g.r[i]--
		case g.vec[0] >= threshold && before > g.vec[0]:
			g.r[i] = k.refractory
			fired = append(fired, uint32(i))
		}
		if sumEx != nil {
			g.vec[6] += float64(float64(sumEx[i]) * qEx * k.slopeEx)
		}
		if sumIn != nil {
			g.vec[7] += float64(float64(sumIn[i]) * qIn * k.slopeIn)
		}
		g.store(i)
	}
	return fired
}
