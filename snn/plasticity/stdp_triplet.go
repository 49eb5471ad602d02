package plasticity

import "math"

func stdpTripletSynapse() Spec {
	return Spec{
		Name:   "stdp_triplet_synapse",
		Doc:    "STDP of pairs and triplets, all to all",
		Source: "Pfister, Gerstner 2006",
		Params: []Param{
			{Name: "tau_plus", Unit: "ms", Default: 16.8, Doc: "time constant of the fast presynaptic trace"},
			{Name: "tau_plus_triplet", Unit: "ms", Default: 101, Doc: "time constant of the slow presynaptic trace"},
			{Name: "tau_minus", Unit: "ms", Default: 20, Doc: "time constant of the fast postsynaptic trace; the target neuron's in NEST"},
			{Name: "tau_minus_triplet", Unit: "ms", Default: 110, Doc: "time constant of the slow postsynaptic trace; the target neuron's in NEST"},
			{Name: "Aplus", Unit: "weight", Default: 5e-10, Doc: "potentiation of a pair"},
			{Name: "Aplus_triplet", Unit: "weight", Default: 6.2e-3, Doc: "potentiation of a triplet"},
			{Name: "Aminus", Unit: "weight", Default: 7e-3, Doc: "depression of a pair"},
			{Name: "Aminus_triplet", Unit: "weight", Default: 2.3e-4, Doc: "depression of a triplet"},
			{Name: "Wmax", Unit: "weight", Default: 100, Doc: "bound of the weight, of its sign"},
		},
		Check: func(p Params) []string {
			r := rules{p: p}
			r.positive(" ms", "tau_plus", "tau_plus_triplet", "tau_minus", "tau_minus_triplet")
			r.notNegative("", "Aplus", "Aplus_triplet", "Aminus", "Aminus_triplet")
			r.notZero("Wmax")
			return r.faults
		},
		Traces: func(p Params) Traces {
			return Traces{PlusMs: p["tau_plus"], SlowPlusMs: p["tau_plus_triplet"], MinusMs: p["tau_minus"], SlowMinusMs: p["tau_minus_triplet"]}
		},
		NewRule: func(p Params, rate float64) Rule {
			return &triplet{
				plus: float64(rate * p["Aplus"]), plus3: float64(rate * p["Aplus_triplet"]),
				minus: float64(rate * p["Aminus"]), minus3: float64(rate * p["Aminus_triplet"]), wMax: p["Wmax"],
			}
		},
	}
}

// triplet steps |w| by the traces times (A2 + A3 slow).
type triplet struct{ plus, plus3, minus, minus3, wMax float64 }

func (r *triplet) Post(w, pre, slow float64) float64 {
	u := math.Abs(w) + float64(pre*(r.plus+float64(r.plus3*slow)))
	return math.Copysign(min(u, math.Abs(r.wMax)), r.wMax)
}

func (r *triplet) Pre(w, post, slow float64) float64 {
	u := math.Abs(w) - float64(post*(r.minus+float64(r.minus3*slow)))
	return math.Copysign(max(u, 0), r.wMax)
}
