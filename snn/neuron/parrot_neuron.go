package neuron

// parrotNeuron has no potential: currents and thresholds mean nothing to it.
func parrotNeuron() Spec {
	return Spec{
		Name:   "parrot_neuron",
		Doc:    "repeats every spike that it receives; weights count spikes",
		Source: "NEST, parrot_neuron",
		Receptors: func(Params) []Receptor {
			return []Receptor{{Name: "input", Sign: +1}}
		},
		Check: func(Params) []string { return nil },
		New:   func(Config) Group { return parrotGroup{} },
	}
}

type parrotGroup struct{}

func (parrotGroup) Update(in *Input, fired []uint32) []uint32 {
	quantum := in.quantum(0)
	for i, sum := range in.sums(0) {
		for n := int(float64(sum) * quantum); n > 0; n-- {
			fired = append(fired, uint32(i))
		}
	}
	return fired
}

func (parrotGroup) Fields() []Field                    { return nil }
func (parrotGroup) Record(string, []uint32, []float64) {}
func (parrotGroup) Reset()                             {}
