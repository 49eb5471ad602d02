package neuron

// Models lists every neuron model, in the order of the documentation.
func Models() []Spec {
	models := []Spec{
		iafPscDelta(), iafPscExp(), iafPscAlpha(), iafPscExpMultisynapse(),
		iafCondExp(), iafCondAlpha(), aeifPscExp(), aeifCondExp(),
		izhikevich(), gifPscExp(), glifPsc(), hhPscAlpha(), parrotNeuron(),
	}
	for i := range models {
		models[i] = strict(models[i])
	}
	return models
}

// Lookup finds a model by NEST's name; parrot is short for parrot_neuron.
func Lookup(name string) (Spec, bool) {
	if name == "parrot" {
		name = "parrot_neuron"
	}
	for _, s := range Models() {
		if s.Name == name {
			return s, true
		}
	}
	return Spec{}, false
}
