package spiketrain

import (
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/pinned"
)

// Kuramoto is the order parameter of trains: the length of the mean of
// exp(i phi_j), averaged over the ticks from+every, from+2 every, ... to until. The
// phase phi_j of a neuron rises from 0 to 2 pi between two of its spikes; before
// the first and after the last it has none. Ticks at which fewer than two neurons
// have a phase are left out; NaN where all are. 1 where all have one phase, about
// sqrt(pi/4n) for n independent neurons.
//
// Cost: trains times ticks looked at.
func Kuramoto(trains []Train, every, from, until snn.Tick) float64 {
	next := make([]int, len(trains)) // first spike after the tick looked at
	sum, seen := 0.0, 0.0
	for t := from + every; t <= until; t += every {
		var sin, cos, n float64
		for j, train := range trains {
			for next[j] < len(train) && train[next[j]] <= t {
				next[j]++
			}
			k := next[j]
			if k == 0 || k == len(train) {
				continue
			}
			turn := float64(t-train[k-1]) / float64(train[k]-train[k-1])
			sin += pinned.SinTurns(turn)
			cos += pinned.CosTurns(turn)
			n++
		}
		if n < 2 {
			continue
		}
		sum += math.Sqrt(float64(sin*sin)+float64(cos*cos)) / n
		seen++
	}
	return sum / seen
}
