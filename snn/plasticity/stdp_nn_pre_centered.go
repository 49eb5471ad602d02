package plasticity

func stdpNNPreCenteredSynapse() Spec {
	return Spec{
		Name:   "stdp_nn_pre_centered_synapse",
		Doc:    "pair STDP around presynaptic spikes: each pairs with the nearest postsynaptic one before it and after it",
		Source: "Izhikevich, Desai 2003; Morrison, Diesmann, Gerstner 2008, figure 7B",
		Params: guetigParams(), Check: checkGuetig, NewRule: newGuetig,
		Traces: func(p Params) Traces {
			return Traces{PlusMs: p["tau_plus"], MinusMs: p["tau_minus"], Pre: SincePost, Post: Nearest}
		},
	}
}
