package neuron

// izhikevich is dV/dt = 0.04 V^2 + 5 V + 140 - U + I, dU/dt = a (b V - U), where
// a spike at V_th sets V to c and adds d to U. A spike that arrives adds its
// weight to V in the step that ends at its arrival; with consistent_integration
// false it acts as a current of that step, as in the paper's programs.
func izhikevich() Spec {
	return Spec{
		Name:   "izhikevich",
		Doc:    "quadratic neuron with a recovery variable, by forward Euler steps",
		Source: "Izhikevich 2003; NEST, izhikevich",
		Params: []Var{
			{Name: "a", Default: 0.02, Doc: "rate of the recovery variable, per ms"},
			{Name: "b", Default: 0.2, Doc: "sensitivity of the recovery variable to the potential"},
			{Name: "c", Unit: "mV", Default: -65, Doc: "potential after a spike"},
			{Name: "d", Unit: "mV", Default: 8, Doc: "what a spike adds to the recovery variable"},
			{Name: "V_th", Unit: "mV", Default: 30, Doc: "threshold"},
			{Name: "V_min", Unit: "mV", Default: -1e300, Doc: "lower bound of the potential"},
			{Name: "I_e", Unit: "pA", Doc: "constant current"},
			{Name: "consistent_integration", Bool: true, Default: 1, Doc: "forward Euler; false: the half steps of the paper"},
		},
		State: []Var{
			{Name: "V_m", Unit: "mV", Default: -65, Doc: "membrane potential"},
			{Name: "U_m", Unit: "mV", Doc: "recovery variable"},
		},
		Recorded: []Var{
			{Name: "V_m", Unit: "mV", Doc: "membrane potential"},
			{Name: "U_m", Unit: "mV", Doc: "recovery variable"},
		},
		Receptors: func(Params) []Receptor {
			return []Receptor{{Name: "input", Unit: "mV"}}
		},
		Check: func(p Params) []string {
			r := rules{p: p}
			r.below("c", "V_th")
			return r.faults
		},
		New: newIzhikevich,
	}
}

type izhikevichConst struct {
	a, b, c, d, vTh, vMin, iE float64
	euler                     bool
}

type izhikevichGroup struct {
	consts []izhikevichConst
	mask   int
	h      float64 // ms
	v, u   []float64
	start  start
}

func newIzhikevich(c Config) Group {
	g := &izhikevichGroup{h: c.DtMs, v: c.State.column("V_m", c.N), u: c.State.column("U_m", c.N)}
	g.consts, g.mask = constants(c, izhikevich().Params, func(at func(string) float64, k *izhikevichConst) {
		*k = izhikevichConst{at("a"), at("b"), at("c"), at("d"), at("V_th"), at("V_min"), at("I_e"), at("consistent_integration") != 0}
	})
	g.start = startOf(g.Fields())
	return g
}

func (g *izhikevichGroup) Reset() { g.start.restore(g.Fields()) }

// slope is dV/dt in mV/ms, without the input.
func slope(v, u float64) float64 {
	return float64(0.04*v*v) + float64(5*v) + 140 - u
}

func (g *izhikevichGroup) Update(in *Input, fired []uint32) []uint32 {
	n, h := len(g.v), g.h
	v, u := g.v[:n], g.u[:n]
	sums, quantum := in.sums(0), in.quantum(0)
	for i := range n {
		k := &g.consts[i&g.mask]
		current, input := k.iE, 0.0
		if in.Current != nil {
			current += in.Current[i]
		}
		if sums != nil {
			input = float64(sums[i]) * quantum
		}
		if k.euler {
			v0, u0 := v[i], u[i]
			v[i] = v0 + float64(h*(slope(v0, u0)+current)) + input
			u[i] = u0 + float64(h*k.a*(float64(k.b*v0)-u0))
		} else {
			current += input
			v[i] += float64(h * 0.5 * (slope(v[i], u[i]) + current))
			v[i] += float64(h * 0.5 * (slope(v[i], u[i]) + current))
			u[i] += float64(h * k.a * (float64(k.b*v[i]) - u[i]))
		}
		if v[i] < k.vMin {
			v[i] = k.vMin
		}
		threshold := k.vTh
		if in.Threshold != nil {
			threshold += in.Threshold[i]
		}
		if v[i] >= threshold {
			v[i] = k.c
			u[i] += k.d
			fired = append(fired, uint32(i))
		}
	}
	return fired
}

func (g *izhikevichGroup) Fields() []Field {
	return []Field{{Name: "V_m", Floats: g.v}, {Name: "U_m", Floats: g.u}}
}

func (g *izhikevichGroup) Record(name string, idx []uint32, dst []float64) {
	switch name {
	case "V_m":
		gather(g.v, nothing, idx, dst)
	case "U_m":
		gather(g.u, nothing, idx, dst)
	}
}
