package plasticity

func stdpNNSymmSynapse() Spec {
	return Spec{
		Name:   "stdp_nn_symm_synapse",
		Doc:    "pair STDP of nearest spikes: each pre- or postsynaptic spike pairs with the last of the other side",
		Source: "Morrison, Aertsen, Diesmann 2007; Morrison, Diesmann, Gerstner 2008, figure 7A",
		Params: guetigParams(), Check: checkGuetig, NewRule: newGuetig,
		Traces: func(p Params) Traces {
			return Traces{PlusMs: p["tau_plus"], MinusMs: p["tau_minus"], Pre: Nearest, Post: Nearest, Start: nestStart}
		},
	}
}

// nestStart is the presynaptic trace at time 0 of the rules that pair with the
// nearest presynaptic spike: NEST's behave as if one had come at time 0.
const nestStart = 1
