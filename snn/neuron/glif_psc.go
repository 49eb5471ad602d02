package neuron

import (
	"slices"
	"strconv"

	"github.com/volley-snn/volley/snn/pinned"
)

// glifPsc is the five models of Teeter et al. 2018, chosen by three flags: 1 none,
// 2 spike_dependent_threshold, 3 after_spike_currents, 4 both, 5 all. Potentials
// counted from E_L,
//
//	C_m dV/dt = -g V + I_syn + I_asc + I
//	dtheta_s/dt = -th_spike_decay theta_s          (models 2, 4, 5)
//	dI_j/dt = -asc_decay_j I_j                     (models 3, 4, 5)
//	dtheta_v/dt = th_voltage_index V - th_voltage_decay theta_v        (model 5)
//
// and a spike falls where V > V_th + theta_s + theta_v. It sets V to V_reset
// (models 1, 3) or to voltage_reset_fraction V + voltage_reset_add, of V before the
// step; theta_s decays over t_ref and th_spike_add is added; I_j becomes
// asc_amps_j + asc_r_j exp(-asc_decay_j t_ref) I_j. While refractory, V, both theta
// and all I_j stand still. The synaptic currents are alpha functions that peak at
// the weight. Input.Threshold is added to V_th.
func glifPsc() Spec {
	return Spec{
		Name:   "glif_psc",
		Doc:    "generalized leaky integrate-and-fire neuron of the Allen Institute, with alpha-shaped synaptic currents",
		Source: "Teeter et al. 2018, equations 1 to 7; NEST, glif_psc",
		Params: []Var{
			{Name: "g", Unit: "nS", Default: 9.43, Doc: "membrane conductance"},
			{Name: "E_L", Unit: "mV", Default: -78.85, Doc: "resting potential"},
			{Name: "V_th", Unit: "mV", Default: -51.68, Doc: "threshold without its components"},
			{Name: "C_m", Unit: "pF", Default: 58.72, Doc: "membrane capacitance"},
			{Name: "t_ref", Unit: "ms", Default: 3.75, Doc: "refractory time"},
			{Name: "V_reset", Unit: "mV", Default: -78.85, Doc: "potential after a spike, in models 1 and 3"},
			{Name: "th_spike_add", Unit: "mV", Default: 0.37, Doc: "what a spike adds to the threshold"},
			{Name: "th_spike_decay", Unit: "1/ms", Default: 0.009, Doc: "decay of the threshold's spike component"},
			{Name: "voltage_reset_fraction", Default: 0.2, Doc: "part of the potential that a spike leaves"},
			{Name: "voltage_reset_add", Unit: "mV", Default: 18.51, Doc: "what a spike adds to that part"},
			{Name: "th_voltage_index", Unit: "1/ms", Default: 0.005, Doc: "growth of the threshold's voltage component"},
			{Name: "th_voltage_decay", Unit: "1/ms", Default: 0.09, Doc: "decay of the threshold's voltage component"},
			{Name: "asc_init", Unit: "pA", List: true, Defaults: []float64{0, 0}, Doc: "after-spike currents at the start"},
			{Name: "asc_decay", Unit: "1/ms", List: true, Defaults: []float64{0.003, 0.1}, Doc: "decay of each after-spike current"},
			{Name: "asc_amps", Unit: "pA", List: true, Defaults: []float64{-9.18, -198.94}, Doc: "what a spike adds to each after-spike current"},
			{Name: "asc_r", List: true, Defaults: []float64{1, 1}, Doc: "part of each after-spike current that a spike leaves"},
			{Name: "tau_syn", Unit: "ms", List: true, Defaults: []float64{2}, Doc: "rise time of each receptor's current"},
			{Name: "spike_dependent_threshold", Bool: true, Doc: "spikes raise the threshold and set the reset: models 2, 4 and 5"},
			{Name: "after_spike_currents", Bool: true, Doc: "spikes leave currents: models 3, 4 and 5"},
			{Name: "adapting_threshold", Bool: true, Doc: "the threshold follows the potential: model 5"},
		},
		State: []Var{
			{Name: "V_m", Unit: "mV", Default: -78.85, Doc: "membrane potential"},
			{Name: "threshold_spike", Unit: "mV", Doc: "threshold's spike component, in models 2, 4 and 5"},
			{Name: "threshold_voltage", Unit: "mV", Doc: "threshold's voltage component, in model 5"},
		},
		Recorded: []Var{
			{Name: "V_m", Unit: "mV", Doc: "membrane potential"},
			{Name: "threshold", Unit: "mV", Doc: "threshold with its components"},
			{Name: "threshold_spike", Unit: "mV", Doc: "threshold's spike component"},
			{Name: "threshold_voltage", Unit: "mV", Doc: "threshold's voltage component"},
			{Name: "ASCurrents_sum", Unit: "pA", Doc: "mean of the after-spike currents' sum over the last step that was not refractory"},
			{Name: "I", Unit: "pA", Doc: "current from generators"},
			{Name: "I_syn", Unit: "pA", Doc: "sum of the synaptic currents at the start of the last step that was not refractory"},
		},
		Receptors: numbered,
		Check:     checkGlif,
		New:       newGlifPsc,
	}
}

func checkGlif(p Params) []string {
	r := rules{p: p}
	spike, asc, voltage := r.is("spike_dependent_threshold"), r.is("after_spike_currents"), r.is("adapting_threshold")
	if voltage && !(spike && asc) {
		r.fault("adapting_threshold needs spike_dependent_threshold and after_spike_currents: the flags must be those of one of GLIF's models 1 to 5")
	}
	r.positive("nS", "g")
	r.positive("pF", "C_m")
	r.positive("ms", "t_ref")
	r.below("V_reset", "V_th")
	r.notEmpty("tau_syn")
	r.allPositive("ms", "tau_syn")
	if spike {
		r.positive("1/ms", "th_spike_decay")
		r.within(0, 1, "voltage_reset_fraction")
	}
	if asc {
		r.sameLength("asc_decay", "asc_init", "asc_amps", "asc_r")
		r.allPositive("1/ms", "asc_decay")
		r.within(0, 1, "asc_r")
	}
	if voltage {
		r.positive("1/ms", "th_voltage_decay")
	}
	return r.faults
}

// glifConst are the constants of one parameter set; potentials from E_L.
type glifConst struct {
	p33, p30, perG              float64
	vTh, vReset, eL             float64
	thetaDecay, thetaRefractory float64 // of theta_s: a tick, t_ref
	thetaAdd, fraction, add     float64
	thetaV, phi, leak           float64 // of theta_v: its decay, and what it gains by V and by V's limit
	refractory                  int32
	spike, asc, voltage         bool // a mechanism that is off has components of 0, which stay 0
}

// afterCurrent is one after-spike current.
type afterCurrent struct {
	i     []float64 // pA
	amp   float64
	decay float64   // over a tick
	mean  float64   // mean over a tick, of its value at the start
	left  []float64 // part that a spike leaves, by parameter set
}

// alphaCurrent is the current of one receptor.
type alphaCurrent struct {
	i, d     []float64 // pA; pA/ms, the derivative state
	p11, p21 float64
	slope    float64   // pA/ms per pA of weight
	p31, p32 []float64 // by parameter set
}

type glifPscGroup struct {
	consts                       []glifConst
	mask                         int
	v, spike, voltage, threshold []float64 // mV; v and threshold from E_L
	asc                          []afterCurrent
	synapses                     []alphaCurrent
	r                            []int32
	sumAsc, sumSyn, current      []float64 // pA, as recorded
	push, total                  []float64 // of the tick under way, no state: mV that the synapses add; their pA
	start                        start
}

func newGlifPsc(c Config) Group {
	column := func() []float64 { return make([]float64, c.N) }
	g := &glifPscGroup{
		v: c.State.column("V_m", c.N), threshold: column(),
		spike: c.State.column("threshold_spike", c.N), voltage: c.State.column("threshold_voltage", c.N),
		r: make([]int32, c.N), sumAsc: column(), sumSyn: column(), current: column(), push: column(), total: column(),
	}
	h := c.DtMs
	for j, decay := range c.Params["asc_decay"] {
		if !slices.Contains(c.Params["after_spike_currents"], 1) {
			break
		}
		a := afterCurrent{i: column(), amp: c.Params["asc_amps"][j], decay: pinned.Exp(-decay * h)}
		a.mean = -pinned.Expm1(-decay*h) / (decay * h)
		refill(a.i, c.Params["asc_init"][j:j+1])
		g.asc = append(g.asc, a)
	}
	for _, tau := range c.Params["tau_syn"] {
		a := newAlphaConst(tau, 1, 1, h)
		g.synapses = append(g.synapses, alphaCurrent{i: column(), d: column(), p11: a.p11, p21: a.p21, slope: a.slope})
	}
	g.consts, g.mask = constants(c, glifPsc().Params, func(at func(string) float64, k *glifConst) { g.fill(c, at, k) })
	for i := range g.v {
		k := &g.consts[i&g.mask]
		g.v[i] -= k.eL
		if !k.spike {
			g.spike[i] = 0
		}
		if !k.voltage {
			g.voltage[i] = 0
		}
		for j := range g.asc {
			if !k.asc {
				g.asc[j].i[i] = 0
			}
		}
		g.threshold[i] = k.vTh + g.spike[i] + g.voltage[i]
	}
	g.start = startOf(g.Fields())
	return g
}

// fill sets the constants of one parameter set, and appends its own to those of
// the synaptic and after-spike currents.
func (g *glifPscGroup) fill(c Config, at func(string) float64, k *glifConst) {
	h, tauM := c.DtMs, at("C_m")/at("g")
	k.eL, k.vTh, k.vReset = at("E_L"), at("V_th")-at("E_L"), at("V_reset")-at("E_L")
	k.p33, k.perG = pinned.Exp(-h/tauM), 1/at("g")
	k.p30 = -pinned.Expm1(-h/tauM) / at("g")
	k.spike, k.asc, k.voltage = at("spike_dependent_threshold") != 0, at("after_spike_currents") != 0, at("adapting_threshold") != 0
	k.thetaDecay, k.thetaRefractory = pinned.Exp(-at("th_spike_decay")*h), pinned.Exp(-at("th_spike_decay")*at("t_ref"))
	k.thetaAdd, k.fraction, k.add = at("th_spike_add"), at("voltage_reset_fraction"), at("voltage_reset_add")
	if k.voltage {
		k.thetaV = pinned.Exp(-at("th_voltage_decay") * h)
		k.phi = at("th_voltage_index") * expPropagator(1/at("th_voltage_decay"), tauM, 1, h)
		k.leak = -at("th_voltage_index") / at("th_voltage_decay") * pinned.Expm1(-at("th_voltage_decay")*h)
	}
	k.refractory = refractoryTicks(at("t_ref"), h)
	for j := range g.asc {
		left := c.Params["asc_r"][j] * pinned.Exp(-c.Params["asc_decay"][j]*at("t_ref"))
		g.asc[j].left = append(g.asc[j].left, left)
	}
	for r, tau := range c.Params["tau_syn"] {
		p31, p32 := alphaPropagators(tau, tauM, at("C_m"), h)
		g.synapses[r].p31, g.synapses[r].p32 = append(g.synapses[r].p31, p31), append(g.synapses[r].p32, p32)
	}
}

func (g *glifPscGroup) Reset() { g.start.restore(g.Fields()) }

// advance adds the current, and what it does to the potentials in this tick, to
// total and push, and moves it to the end of the tick.
func (a *alphaCurrent) advance(total, push []float64, mask int, sums []int32, quantum float64) {
	current, slope := a.i[:len(push)], a.d[:len(push)]
	for i := range push {
		push[i] += float64(a.p31[i&mask]*slope[i]) + float64(a.p32[i&mask]*current[i])
		total[i] += current[i]
		current[i] = float64(a.p21*slope[i]) + float64(a.p11*current[i])
		slope[i] = float64(slope[i] * a.p11)
		if sums != nil {
			slope[i] += float64(float64(sums[i]) * quantum * a.slope)
		}
	}
}

// advance adds the mean of the current over the tick to sum, and moves the current
// to its end, for neurons that are not refractory.
func (a *afterCurrent) advance(sum []float64, r []int32) {
	current := a.i[:len(sum)]
	r = r[:len(sum)]
	for i := range sum {
		if r[i] == 0 {
			sum[i] += float64(a.mean * current[i])
			current[i] = current[i] * a.decay
		}
	}
}

func (g *glifPscGroup) Update(in *Input, fired []uint32) []uint32 {
	flushFields(g, in.Tick)
	n := len(g.v)
	v, r, push, total := g.v[:n], g.r[:n], g.push[:n], g.total[:n]
	spike, voltage, theta := g.spike[:n], g.voltage[:n], g.threshold[:n]
	external, sumAsc, sumSyn := g.current[:n], g.sumAsc[:n], g.sumSyn[:n]
	clear(push)
	clear(total)
	for k := range g.synapses {
		g.synapses[k].advance(total, push, g.mask, in.sums(k), in.quantum(k))
	}
	for i := range n {
		if r[i] == 0 {
			sumAsc[i], sumSyn[i] = 0, total[i]
		}
	}
	for j := range g.asc {
		g.asc[j].advance(sumAsc, r)
	}
	for i := range n {
		k := &g.consts[i&g.mask]
		current, vTh := 0.0, k.vTh
		if in.Current != nil {
			current = in.Current[i]
		}
		external[i] = current
		if in.Threshold != nil {
			vTh += in.Threshold[i]
		}
		if r[i] > 0 {
			r[i]--
			theta[i] = vTh + spike[i] + voltage[i]
			continue
		}
		before := v[i]
		current += sumAsc[i]
		now := float64(before*k.p33) + float64(current*k.p30) + push[i]
		limit := float64(current * k.perG)
		spike[i] = spike[i] * k.thetaDecay
		voltage[i] = float64(voltage[i]*k.thetaV) + float64(k.phi*(before-limit)) + float64(k.leak*limit)
		theta[i] = vTh + spike[i] + voltage[i]
		v[i] = now
		if now > theta[i] {
			g.reset(i, k, before, vTh)
			fired = append(fired, uint32(i))
		}
	}
	return fired
}

// reset is what a spike of neuron i does, whose potential before the step is given.
func (g *glifPscGroup) reset(i int, k *glifConst, before, vTh float64) {
	g.r[i] = k.refractory
	if k.asc {
		for j := range g.asc {
			a := &g.asc[j]
			a.i[i] = a.amp + float64(a.i[i]*a.left[i&g.mask])
		}
	}
	if !k.spike {
		g.v[i] = k.vReset
		return
	}
	g.v[i] = float64(k.fraction*before) + k.add
	g.spike[i] = float64(g.spike[i]*k.thetaRefractory) + k.thetaAdd
	g.threshold[i] = vTh + g.spike[i] + g.voltage[i]
}

func (g *glifPscGroup) Fields() []Field {
	fields := []Field{
		{Name: "V_m", Floats: g.v}, {Name: "threshold", Floats: g.threshold},
		{Name: "threshold_spike", Floats: g.spike}, {Name: "threshold_voltage", Floats: g.voltage},
		{Name: "ASCurrents_sum", Floats: g.sumAsc}, {Name: "I", Floats: g.current}, {Name: "I_syn", Floats: g.sumSyn},
		{Name: "refractory", Ints: g.r},
	}
	for j := range g.asc {
		fields = append(fields, Field{Name: "asc_" + strconv.Itoa(j+1), Floats: g.asc[j].i})
	}
	for k := range g.synapses {
		number := strconv.Itoa(k + 1)
		fields = append(fields, Field{Name: "I_syn_" + number, Floats: g.synapses[k].i}, Field{Name: "dI_syn_" + number, Floats: g.synapses[k].d})
	}
	return fields
}

func (g *glifPscGroup) Record(name string, idx []uint32, dst []float64) {
	fromEL := func(i int) float64 { return g.consts[i&g.mask].eL }
	switch name {
	case "V_m":
		gather(g.v, fromEL, idx, dst)
	case "threshold":
		gather(g.threshold, fromEL, idx, dst)
	default:
		for _, f := range g.Fields() {
			if f.Name == name && f.Floats != nil {
				gather(f.Floats, nothing, idx, dst)
			}
		}
	}
}
