package neuron

// iafCondAlpha has conductances that are alpha functions, w e t/tau_syn
// exp(-t/tau_syn), which peak at the weight: dg/dt = dg - g/tau_syn, where the
// slope variable dg decays with tau_syn too.
func iafCondAlpha() Spec {
	s := iafCond(Spec{
		Name:   "iaf_cond_alpha",
		Doc:    "leaky integrate-and-fire neuron with alpha-shaped conductances, in adaptive steps",
		Source: "Meffin, Burkitt, Grayden 2004; Bernander et al. 1991; NEST, iaf_cond_alpha",
	})
	s.State = append(s.State,
		Var{Name: "dg_ex", Doc: "slope variable of the excitatory conductance, in nS/ms"},
		Var{Name: "dg_in", Doc: "slope variable of the inhibitory conductance, in nS/ms"})
	s.Recorded = append(s.Recorded, Var{Name: "t_ref_remaining", Unit: "ms", Doc: "refractory time left"})
	s.New = func(c Config) Group { return newIafCond(c, s, true) }
	return s
}
