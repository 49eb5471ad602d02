package neuron

import "github.com/volley-snn/volley/snn"

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
		New:   func(c Config) Group { return parrotGroup{c.First} },

		MostSpikes: parrotMostSpikes,
	}
}

// parrotMostSpikes is the most spikes that a parrot repeats in a tick.
const parrotMostSpikes = 64

type parrotGroup struct{ first snn.GID }

func (g parrotGroup) Update(in *Input, fired []uint32) []uint32 {
	quantum := in.quantum(0)
	for i, sum := range in.sums(0) {
		n := int(float64(sum) * quantum)
		if n > parrotMostSpikes {
			panic(&Instability{Model: "parrot_neuron", GID: g.first + snn.GID(i), Tick: in.Tick, Spikes: n})
		}
		for range max(n, 0) {
			fired = append(fired, uint32(i))
		}
	}
	return fired
}

func (parrotGroup) Fields() []Field                    { return nil }
func (parrotGroup) Record(string, []uint32, []float64) {}
func (parrotGroup) Reset()                             {}
