package plasticity

func diehlCookSynapse() Spec {
	return Spec{
		Name:   "diehl_cook_synapse",
		Doc:    "at each postsynaptic spike the weight moves by how far the presynaptic trace is from a target; presynaptic spikes leave it",
		Source: "Diehl, Cook 2015, equation 5, with soft bounds at both ends",
		Params: []Param{
			{Name: "tau_plus", Unit: "ms", Default: 20, Doc: "time constant of the presynaptic trace"},
			{Name: "eta", Default: 0.01, Doc: "step, in units of Wmax"},
			{Name: "x_tar", Default: 0.4, Doc: "presynaptic trace that leaves the weight where it is"},
			{Name: "mu", Default: 0.2, Doc: "power of 1 - w/Wmax that scales a step up, of w/Wmax one down"},
			{Name: "additive", Default: 0, Doc: "1: a presynaptic spike adds 1 to the trace; 0: it sets it to 1"},
			{Name: "Wmax", Unit: "weight", Default: 1, Doc: "bound of the weight, of its sign"},
		},
		Check: func(p Params) []string {
			r := rules{p: p}
			r.positive(" ms", "tau_plus")
			r.notNegative("", "eta", "x_tar", "mu")
			r.fault(p["additive"] == 0 || p["additive"] == 1, "additive must be 0 or 1, is %g", p["additive"])
			r.notZero("Wmax")
			return r.faults
		},
		Traces: func(p Params) Traces {
			t := Traces{PlusMs: p["tau_plus"], MinusMs: p["tau_plus"], Post: Nearest, PostOnly: true}
			if p["additive"] == 0 {
				t.Pre = Nearest
			}
			return t
		},
		NewRule: func(p Params, rate float64) Rule {
			return &diehlCook{eta: float64(rate * p["eta"]), target: p["x_tar"], mu: p["mu"], wMax: p["Wmax"]}
		},
	}
}

// diehlCook steps w/Wmax by eta (pre - x_tar), scaled by the distance to the bound
// that it moves to.
type diehlCook struct{ eta, target, mu, wMax float64 }

func (r *diehlCook) Post(w, pre, _ float64) float64 {
	u := w / r.wMax
	distance := 1 - u
	if pre < r.target {
		distance = u
	}
	u += float64(float64(r.eta*(pre-r.target)) * power(distance, r.mu))
	return float64(min(max(u, 0), 1) * r.wMax)
}

func (r *diehlCook) Pre(w, _, _ float64) float64 { return w }
