package plasticity

func stdpNNRestrSynapse() Spec {
	return Spec{
		Name:   "stdp_nn_restr_synapse",
		Doc:    "pair STDP of immediate pairs: nearest spikes, with no other spike of either side between them",
		Source: "Morrison, Diesmann, Gerstner 2008, figure 7C",
		Params: guetigParams(), Check: checkGuetig, NewRule: newGuetig,
		Traces: func(p Params) Traces {
			return Traces{PlusMs: p["tau_plus"], MinusMs: p["tau_minus"], Pre: Nearest, Post: Nearest, First: true, Start: nestStart}
		},
	}
}
