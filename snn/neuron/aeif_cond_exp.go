package neuron

// aeifCondExp takes input as conductances that jump by |weight| and decay
// exponentially: I_syn = -g_ex (V - E_ex) - g_in (V - E_in).
func aeifCondExp() Spec {
	s := aeif(Spec{
		Name:   "aeif_cond_exp",
		Doc:    "adaptive exponential integrate-and-fire neuron with exponential conductances, in adaptive steps",
		Source: "Brette and Gerstner 2005; NEST, aeif_cond_exp",
		State: []Var{
			{Name: "V_m", Unit: "mV", Default: -70.6, Doc: "membrane potential"},
			{Name: "g_ex", Unit: "nS", Doc: "excitatory conductance"},
			{Name: "g_in", Unit: "nS", Doc: "inhibitory conductance"},
			{Name: "w", Unit: "pA", Doc: "adaptation current"},
		},
		Receptors: conductances,
	},
		Var{Name: "E_ex", Unit: "mV", Doc: "excitatory reversal potential"},
		Var{Name: "E_in", Unit: "mV", Default: -85, Doc: "inhibitory reversal potential"},
	)
	s.New = func(c Config) Group { return newAeif(c, s, true, "g_ex", "g_in") }
	return s
}
