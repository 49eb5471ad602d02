package neuron

import (
	"math"

	"github.com/volley-snn/volley/snn/ode"
)

// iafCond describes the parts that iaf_cond_exp and iaf_cond_alpha share. Both are
//
//	C_m dV/dt = -g_L (V - E_L) - g_ex (V - E_ex) - g_in (V - E_in) + I_e
//
// where V counts as V_th at most and is V_reset while the neuron is refractory.
// Input.Threshold is added to V_th.
func iafCond(s Spec) Spec {
	s.Params = []Var{
		{Name: "V_th", Unit: "mV", Default: -55, Doc: "threshold"},
		{Name: "V_reset", Unit: "mV", Default: -60, Doc: "potential after a spike"},
		{Name: "t_ref", Unit: "ms", Default: 2, Doc: "refractory time"},
		{Name: "g_L", Unit: "nS", Default: 16.6667, Doc: "leak conductance"},
		{Name: "C_m", Unit: "pF", Default: 250, Doc: "membrane capacitance"},
		{Name: "E_ex", Unit: "mV", Doc: "excitatory reversal potential"},
		{Name: "E_in", Unit: "mV", Default: -85, Doc: "inhibitory reversal potential"},
		{Name: "E_L", Unit: "mV", Default: -70, Doc: "leak reversal potential"},
		{Name: "tau_syn_ex", Unit: "ms", Default: 0.2, Doc: "time constant of the excitatory conductance"},
		{Name: "tau_syn_in", Unit: "ms", Default: 2, Doc: "time constant of the inhibitory conductance"},
		{Name: "I_e", Unit: "pA", Doc: "constant current"},
	}
	s.State = []Var{
		{Name: "V_m", Unit: "mV", Default: -70, Doc: "membrane potential"},
		{Name: "g_ex", Unit: "nS", Doc: "excitatory conductance"},
		{Name: "g_in", Unit: "nS", Doc: "inhibitory conductance"},
	}
	s.Recorded = s.State
	s.Receptors = conductances
	s.Check = func(p Params) []string {
		r := rules{p: p}
		r.below("V_reset", "V_th")
		r.positive("pF", "C_m")
		r.positive("ms", "tau_syn_ex", "tau_syn_in")
		r.notNegative("nS", "g_L")
		r.notNegative("ms", "t_ref")
		return r.faults
	}
	return s
}

// conductances are receptors whose conductance grows by |weight|.
func conductances(Params) []Receptor {
	return []Receptor{{Name: "excitatory", Unit: "nS", Sign: +1}, {Name: "inhibitory", Unit: "nS", Sign: -1}}
}

type iafCondConst struct {
	vTh, vReset, gL, eL, eEx, eIn, iE float64
	perC, perTauEx, perTauIn          float64
	slopeEx, slopeIn                  float64 // nS/ms per nS of weight, of alpha functions
	refractory                        int32
}

type iafCondGroup struct {
	adaptive
	consts []iafCondConst
	mask   int
	alpha  bool // conductances are alpha functions: variables 3 and 4 are their slopes

	k   *iafCondConst // of the neuron under way
	vTh float64
}

func newIafCond(c Config, s Spec, alpha bool) Group {
	names := []string{"V_m", "g_ex", "g_in"}
	if alpha {
		names = append(names, "dg_ex", "dg_in")
	}
	g := &iafCondGroup{adaptive: newAdaptive(c, s.Name, c.DtMs, names...), alpha: alpha}
	g.consts, g.mask = constants(c, s.Params, func(at func(string) float64, k *iafCondConst) {
		*k = iafCondConst{
			vTh: at("V_th"), vReset: at("V_reset"), gL: at("g_L"), eL: at("E_L"), eEx: at("E_ex"), eIn: at("E_in"), iE: at("I_e"),
			perC: 1 / at("C_m"), perTauEx: 1 / at("tau_syn_ex"), perTauIn: 1 / at("tau_syn_in"),
			slopeEx: math.E / at("tau_syn_ex"), slopeIn: math.E / at("tau_syn_in"),
			refractory: refractoryTicks(at("t_ref"), c.DtMs),
		}
	})
	return g
}

// Slope is the equations of the neuron under way.
func (g *iafCondGroup) Slope(y, dydt *ode.Vector) {
	k := g.k
	gEx, gIn := y[1], y[2]
	dydt[0] = 0
	if !g.clamped {
		v := y[0]
		if v > g.vTh {
			v = g.vTh
		}
		flow := float64(k.gL*(k.eL-v)) + float64(gEx*(k.eEx-v)) + float64(gIn*(k.eIn-v)) + g.current
		dydt[0] = flow * k.perC
	}
	dydt[1], dydt[2] = -float64(gEx*k.perTauEx), -float64(gIn*k.perTauIn)
	if g.alpha {
		dydt[1] += y[3]
		dydt[2] += y[4]
		dydt[3], dydt[4] = -y[3]*k.perTauEx, -y[4]*k.perTauIn
	}
}

func (g *iafCondGroup) Update(in *Input, fired []uint32) []uint32 {
	flushFields(g, in.Tick)
	sumEx, sumIn := in.sums(0), in.sums(1)
	qEx, qIn := in.quantum(0), in.quantum(1)
	tol := ode.Absolute(1e-3)
	for i := range g.r {
		k := &g.consts[i&g.mask]
		g.k, g.vTh = k, k.vTh
		if in.Threshold != nil {
			g.vTh += in.Threshold[i]
		}
		g.load(i, in, k.iE)
		g.integrate(g, tol, i, in.Tick)
		switch {
		case g.clamped:
			g.r[i]--
			g.vec[0] = k.vReset
		case g.vec[0] >= g.vTh:
			g.r[i] = k.refractory
			g.vec[0] = k.vReset
			fired = append(fired, uint32(i))
		}
		to, perEx, perIn := 1, 1.0, 1.0
		if g.alpha {
			to, perEx, perIn = 3, k.slopeEx, k.slopeIn
		}
		if sumEx != nil {
			g.vec[to] += float64(float64(sumEx[i]) * qEx * perEx)
		}
		if sumIn != nil {
			g.vec[to+1] -= float64(float64(sumIn[i]) * qIn * perIn)
		}
		g.store(i)
	}
	return fired
}

func (g *iafCondGroup) Record(name string, idx []uint32, dst []float64) {
	if name != "t_ref_remaining" {
		g.adaptive.Record(name, idx, dst)
		return
	}
	for k, i := range idx {
		dst[k] = float64(g.r[i]) * g.dt
	}
}
