package plasticity

import "math"

func vogelsSprekelerSynapse() Spec {
	return Spec{
		Name:   "vogels_sprekeler_synapse",
		Doc:    "symmetric STDP with a constant depression at each presynaptic spike, which holds the target's rate",
		Source: "Vogels, Sprekeler, Zenke, Clopath, Gerstner 2011",
		Params: []Param{
			{Name: "tau", Unit: "ms", Default: 20, Doc: "time constant of the presynaptic trace"},
			{Name: "tau_minus", Unit: "ms", Default: 20, Doc: "time constant of the postsynaptic trace; the target neuron's in NEST"},
			{Name: "eta", Unit: "weight", Default: 0.001, Doc: "step"},
			{Name: "alpha", Default: 0.12, Doc: "depression at a presynaptic spike, in steps: twice tau times the target rate"},
			{Name: "Wmax", Unit: "weight", Default: 1, Doc: "bound of the weight, of its sign: negative for inhibition"},
		},
		Check: func(p Params) []string {
			r := rules{p: p}
			r.positive(" ms", "tau", "tau_minus")
			r.notNegative("", "eta", "alpha")
			r.notZero("Wmax")
			return r.faults
		},
		Traces: func(p Params) Traces { return Traces{PlusMs: p["tau"], MinusMs: p["tau_minus"]} },
		NewRule: func(p Params, rate float64) Rule {
			eta := float64(rate * p["eta"])
			return &vogels{eta: eta, constant: float64(p["alpha"] * eta), wMax: p["Wmax"]}
		},
	}
}

// vogels steps |w| by eta times either trace, less alpha eta at a presynaptic spike.
type vogels struct{ eta, constant, wMax float64 }

func (r *vogels) Post(w, pre, _ float64) float64 {
	return math.Copysign(min(math.Abs(w)+float64(r.eta*pre), math.Abs(r.wMax)), r.wMax)
}

func (r *vogels) Pre(w, post, _ float64) float64 {
	u := math.Abs(r.Post(w, post, 0))
	return math.Copysign(max(u-r.constant, 0), r.wMax)
}
