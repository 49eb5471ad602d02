package plasticity

import "math"

func stdpPlSynapseHom() Spec {
	return Spec{
		Name:   "stdp_pl_synapse_hom",
		Doc:    "pair STDP of all pairs whose potentiation grows with a power of the weight, and depression with the weight",
		Source: "Morrison, Aertsen, Diesmann 2007",
		Params: []Param{
			{Name: "tau_plus", Unit: "ms", Default: 20, Doc: "time constant of potentiation"},
			{Name: "tau_minus", Unit: "ms", Default: 20, Doc: "time constant of depression; the target neuron's in NEST"},
			{Name: "lambda", Default: 0.1, Doc: "step of potentiation, at a weight of 1"},
			{Name: "alpha", Default: 1, Doc: "depression over potentiation, at a weight of 1"},
			{Name: "mu", Default: 0.4, Doc: "power of the weight that scales potentiation"},
			{Name: "Wmax", Unit: "weight", Default: math.Inf(1), Doc: "bound, which NEST has not, but sums on a grid need; by default 16 times the largest initial weight"},
		},
		Check: func(p Params) []string {
			r := rules{p: p}
			r.positive(" ms", "tau_plus", "tau_minus")
			r.notNegative("", "lambda", "alpha", "mu")
			r.positive("", "Wmax")
			return r.faults
		},
		Traces: func(p Params) Traces { return Traces{PlusMs: p["tau_plus"], MinusMs: p["tau_minus"]} },
		NewRule: func(p Params, rate float64) Rule {
			lambda := float64(p["lambda"] * rate)
			return &powerLaw{plus: lambda, minus: float64(lambda * p["alpha"]), mu: p["mu"], wMax: p["Wmax"]}
		},
	}
}

// powerLaw steps by lambda w^mu and alpha lambda w, times the traces.
type powerLaw struct{ plus, minus, mu, wMax float64 }

func (r *powerLaw) Post(w, pre, _ float64) float64 {
	return min(w+float64(float64(r.plus*power(w, r.mu))*pre), r.wMax)
}

func (r *powerLaw) Pre(w, post, _ float64) float64 {
	return max(w-float64(float64(r.minus*w)*post), 0)
}
