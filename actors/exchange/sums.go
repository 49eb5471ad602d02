package exchange

import (
	"fmt"
	"slices"

	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn/kernel"
)

// sums adds up a node's part of the statistics that are learned from: shares go up
// the plan's trees and their sums come down, with the envelopes of steps, so that
// they are acknowledged and repaired like spikes. In each step begin comes first,
// then heard for each payload.
type sums struct {
	trees []partition.Tree // by measure
	below [][]int          // by measure: the nodes whose shares are added here
	above []int            // by measure: the node that has the sum for this one, or -1

	partial map[sumKey]*partial
	learned []kernel.Share // of this node's partitions in this step

	up, down []messages.Window  // for this step's envelope: shares, sums
	known    []kernel.Aggregate // not taken yet
}

type sumKey struct{ measure, number int64 }

// partial is a window of which not all shares are here.
type partial struct {
	window  messages.Window
	missing int
}

func newSums(self int, trees []partition.Tree) *sums {
	s := &sums{trees: trees, partial: map[sumKey]*partial{}}
	for k := range trees {
		t := &trees[k]
		below, above := t.Below(self), t.Above(self)
		if t.Direct && slices.Contains(t.Members, self) {
			below, above = slices.DeleteFunc(slices.Clone(t.Members), func(m int) bool { return m == self }), -1
		}
		s.below, s.above = append(s.below, below), append(s.above, above)
	}
	return s
}

// begin starts a step: nothing has been said in it yet.
func (s *sums) begin() { s.up, s.down = s.up[:0], s.down[:0] }

// take is the sums that have come together since the last call.
func (s *sums) take() []kernel.Aggregate {
	known := s.known
	s.known = nil
	return known
}

// emitted takes what this node's partitions emitted in the step.
func (s *sums) emitted(outputs []kernel.Output) {
	s.learned = s.learned[:0]
	for k := range outputs {
		for _, sh := range outputs[k].Shares {
			if sh.Measure < len(s.trees) {
				s.learned = append(s.learned, sh)
			}
		}
	}
	for _, a := range kernel.Sum(s.learned) {
		own := kernel.Share(a)
		w := window(&own)
		if s.trees[w.Measure].Direct {
			s.up = append(s.up, w)
		}
		s.contribute(w)
	}
}

// heard takes what another node says. Others than those that the trees name are
// passed over: an envelope goes to whole audiences.
func (s *sums) heard(from int, e *messages.Envelope) error {
	for _, w := range e.Shares {
		if w.Measure < 0 || int(w.Measure) >= len(s.trees) {
			return fmt.Errorf("node %d sends a share of measurement %d of %d", from, w.Measure, len(s.trees))
		}
		if slices.Contains(s.below[w.Measure], from) {
			s.contribute(w)
		}
	}
	for _, w := range e.Aggregates {
		if w.Measure < 0 || int(w.Measure) >= len(s.trees) {
			return fmt.Errorf("node %d sends a sum of measurement %d of %d", from, w.Measure, len(s.trees))
		}
		if s.above[w.Measure] == from {
			s.sum(w)
		}
	}
	return nil
}

// contribute adds a share; the last one that is missing makes the window whole.
func (s *sums) contribute(w messages.Window) {
	key := sumKey{w.Measure, w.Number}
	p := s.partial[key]
	if p == nil {
		p = &partial{w, 1 + len(s.below[w.Measure])}
		p.window.Counts = make([]int64, len(w.Counts))
		s.partial[key] = p
	}
	for k, n := range w.Counts {
		p.window.Counts[k] += n
	}
	if p.missing--; p.missing > 0 {
		return
	}
	delete(s.partial, key)
	if s.above[w.Measure] >= 0 {
		s.up = append(s.up, p.window)
		return
	}
	s.sum(p.window)
}

// sum takes a window's sum, and passes it on to those below.
func (s *sums) sum(w messages.Window) {
	s.known = append(s.known, kernel.Aggregate(share(&w)))
	if len(s.below[w.Measure]) > 0 && !s.trees[w.Measure].Direct {
		s.down = append(s.down, w)
	}
}
