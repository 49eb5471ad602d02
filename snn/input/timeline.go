package input

import (
	"cmp"
	"slices"
	"sort"

	"github.com/volley-snn/volley/snn"
)

// timeline is a source whose spikes are known beforehand.
type timeline struct {
	noTrials
	spikes []event // by tick, then neuron; no two equal
	next   int     // where the last call ended: saves the search
}

// event is one spike of a neuron, counted from the slice's first.
type event struct {
	tick   snn.Tick
	neuron uint32
}

// newTimeline takes the spikes in any order; ticks below 1 are dropped.
func newTimeline(spikes []event) *timeline {
	spikes = slices.DeleteFunc(spikes, func(e event) bool { return e.tick < 1 })
	slices.SortFunc(spikes, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.tick, b.tick), cmp.Compare(a.neuron, b.neuron))
	})
	return &timeline{spikes: slices.Compact(spikes)}
}

func (l *timeline) Spikes(t snn.Tick, dst []uint32) []uint32 {
	k := l.next
	here := (k == 0 || l.spikes[k-1].tick < t) && (k == len(l.spikes) || l.spikes[k].tick >= t)
	if !here {
		k = sort.Search(len(l.spikes), func(i int) bool { return l.spikes[i].tick >= t })
	}
	for ; k < len(l.spikes) && l.spikes[k].tick == t; k++ {
		dst = append(dst, l.spikes[k].neuron)
	}
	l.next = k
	return dst
}
