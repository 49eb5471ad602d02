package neuron

// aeifPscExp takes input as currents that jump by |weight| and decay exponentially:
// I_syn = I_syn_ex - I_syn_in.
func aeifPscExp() Spec {
	s := aeif(Spec{
		Name:   "aeif_psc_exp",
		Doc:    "adaptive exponential integrate-and-fire neuron with exponential synaptic currents, in adaptive steps",
		Source: "Brette and Gerstner 2005; NEST, aeif_psc_exp",
		State: []Var{
			{Name: "V_m", Unit: "mV", Default: -70.6, Doc: "membrane potential"},
			{Name: "I_syn_ex", Unit: "pA", Doc: "excitatory current"},
			{Name: "I_syn_in", Unit: "pA", Doc: "inhibitory current, as a positive number"},
			{Name: "w", Unit: "pA", Doc: "adaptation current"},
		},
		Receptors: func(Params) []Receptor {
			return []Receptor{{Name: "excitatory", Unit: "pA", Sign: +1}, {Name: "inhibitory", Unit: "pA", Sign: -1}}
		},
	})
	s.New = func(c Config) Group { return newAeif(c, s, false, "I_syn_ex", "I_syn_in") }
	return s
}
