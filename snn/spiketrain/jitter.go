package spiketrain

import (
	"slices"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/random"
)

// Jitter is a surrogate of trains over (from, until]: each spike is moved by a
// whole number of ticks, uniform in -width to width, and reflected at the ends of
// the span. Rates that change slowly against width stay, coincidences go: kappa
// beyond that of the surrogate is synchrony that a common rate does not explain.
//
// Where spike k of neuron i goes is a pure function of key, i and k.
func Jitter(trains []Train, width, from, until snn.Tick, key random.Key) []Train {
	moved := make([]Train, len(trains))
	for i, t := range trains {
		own := key.Sub(uint64(i))
		for k, x := range within(t, from, until) {
			x += snn.Tick(own.Uniform(uint64(k))*float64(2*width+1)) - width
			for x <= from || x > until {
				if x <= from {
					x = 2*from + 1 - x
				} else {
					x = 2*until + 1 - x
				}
			}
			moved[i] = append(moved[i], x)
		}
		slices.Sort(moved[i])
	}
	return moved
}
