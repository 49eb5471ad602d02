package neuron

// iafCondExp has conductances that jump by the weight and decay exponentially:
// dg/dt = -g/tau_syn.
func iafCondExp() Spec {
	s := iafCond(Spec{
		Name:   "iaf_cond_exp",
		Doc:    "leaky integrate-and-fire neuron with exponential conductances, in adaptive steps",
		Source: "Meffin, Burkitt, Grayden 2004; NEST, iaf_cond_exp",
	})
	s.New = func(c Config) Group { return newIafCond(c, s, false) }
	return s
}
