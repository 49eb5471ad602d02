package spiketrain

import (
	"math"

	"github.com/volley-snn/volley/snn"
)

// Synchronization is SPIKE-synchronization of trains over (from, until]: the
// share of the spikes of two trains that coincide, averaged over pairs of trains
// with the weight of their spikes. Two spikes coincide where they are closer than
// half of the shortest of the intervals before and after either; a train's end
// takes the place of a missing neighbour at the length of the span. It has no time
// scale of its own. 1 for identical trains, 1/4 for independent Poisson trains of
// one rate, whatever that is. NaN where nothing fired, or there is one train.
//
// Cost: trains times spikes. Source: Kreuz, Mulansky and Bozanic 2015, J.
// Neurophysiol. 113, 3432.
func Synchronization(trains []Train, from, until snn.Tick) float64 {
	inside := make([]Train, len(trains))
	for i, t := range trains {
		inside[i] = within(t, from, until)
	}
	var coincident, all int64
	for i, a := range inside {
		for _, b := range inside[:i] {
			coincident += 2 * coincidences(a, b, until-from)
		}
		all += int64(len(a)) * int64(len(trains)-1)
	}
	if all == 0 {
		return math.NaN()
	}
	return float64(coincident) / float64(all)
}

// within is the part of a train in (from, until].
func within(t Train, from, until snn.Tick) Train {
	for len(t) > 0 && t[0] <= from {
		t = t[1:]
	}
	for len(t) > 0 && t[len(t)-1] > until {
		t = t[:len(t)-1]
	}
	return t
}

// coincidences is how many spikes of a coincide with one of b. A spike's only
// candidates are the nearest at or before it and the nearest after it.
func coincidences(a, b Train, longest snn.Tick) (n int64) {
	j := 0
	for i, t := range a {
		for j < len(b) && b[j] <= t {
			j++
		}
		if j > 0 && 2*(t-b[j-1]) < min(shortest(a, i, longest), shortest(b, j-1, longest)) {
			n++
		} else if j < len(b) && 2*(b[j]-t) < min(shortest(a, i, longest), shortest(b, j, longest)) {
			n++
		}
	}
	return n
}

// shortest is the shorter of the intervals before and after spike i.
func shortest(t Train, i int, longest snn.Tick) snn.Tick {
	if i > 0 {
		longest = min(longest, t[i]-t[i-1])
	}
	if i+1 < len(t) {
		longest = min(longest, t[i+1]-t[i])
	}
	return longest
}
