package plasticity

// Models lists every spike-driven synapse model, in the order of the documentation.
func Models() []Spec {
	return []Spec{
		stdpSynapse(), stdpPlSynapseHom(), stdpNNSymmSynapse(), stdpNNPreCenteredSynapse(), stdpNNRestrSynapse(),
		stdpTripletSynapse(), vogelsSprekelerSynapse(), diehlCookSynapse(), tsodyksSynapse(), tsodyks2Synapse(),
	}
}

// Lookup finds a model by NEST's name.
func Lookup(name string) (Spec, bool) {
	for _, s := range Models() {
		if s.Name == name {
			return s, true
		}
	}
	return Spec{}, false
}
