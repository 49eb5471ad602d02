package input

import (
	"fmt"
	"math"
)

// SpikeTimes is a population whose spikes are given: spike k is of neuron
// Neuron[k] at TimeMs[k], in any order. A time is rounded to the nearest tick
// and must reach tick 1.
type SpikeTimes struct {
	N      int
	Neuron []uint32
	TimeMs []float64
}

// SpikeTrains is the recipe of a population of which neuron i spikes at times[i], in ms.
func SpikeTrains(times [][]float64) SpikeTimes {
	s := SpikeTimes{N: len(times)}
	for i, train := range times {
		for _, t := range train {
			s.Neuron = append(s.Neuron, uint32(i))
			s.TimeMs = append(s.TimeMs, t)
		}
	}
	return s
}

// Size is N.
func (r SpikeTimes) Size() int { return r.N }

// Check returns what is wrong with the recipe: the first fault of each sort.
func (r SpikeTimes) Check(dtMs float64) []string {
	faults := checkSize(r.N, dtMs)
	if len(r.Neuron) != len(r.TimeMs) {
		return append(faults, fmt.Sprintf("there are %d neurons and %d times: each spike needs both", len(r.Neuron), len(r.TimeMs)))
	}
	for k, n := range r.Neuron {
		if int(n) >= r.N {
			faults = append(faults, fmt.Sprintf("spike %d is of neuron %d, and the population has neurons 0 to %d", k, n, r.N-1))
			break
		}
	}
	for k, t := range r.TimeMs {
		if !(math.Floor(t/dtMs+0.5) >= 1) || math.IsInf(t, 0) {
			return append(faults, fmt.Sprintf("spike %d is at %g ms: the first possible time is one tick, %g ms", k, t, dtMs))
		}
	}
	return faults
}

// New makes the source of a slice. Cost: 16 bytes a spike.
func (r SpikeTimes) New(s Slice) Source {
	var spikes []event
	for k, n := range r.Neuron {
		if i := int(n); i >= s.Lo && i < s.Hi {
			spikes = append(spikes, event{ticksOf(r.TimeMs[k], s.DtMs), uint32(i - s.Lo)})
		}
	}
	return newTimeline(spikes)
}
