package connect

import (
	"fmt"
	"slices"

	"github.com/volley-snn/volley/snn/random"
)

// Explicit is a list of synapses. A pair that stands several times keeps the
// order of the list.
type Explicit struct {
	rows    []uint32 // rows of the list by target, then source
	starts  []uint32 // rows of target t are rows[starts[t]:starts[t+1]]
	sources []uint32 // source of each of rows
	bad     error
}

// NewExplicit sorts a list: synapse k is from sources[k] to targets[k]. Check says
// where it breaks the switches or leaves the space.
func NewExplicit(s Space, w Switches, sources, targets []uint32) *Explicit {
	e := &Explicit{rows: make([]uint32, len(sources)), starts: make([]uint32, s.Targets+1)}
	for k := range sources {
		if int(sources[k]) >= s.Sources || int(targets[k]) >= s.Targets {
			e.bad = fmt.Errorf("synapse %d of the list is from %d to %d; sources are 0 to %d and targets 0 to %d", k+1, sources[k], targets[k], s.Sources-1, s.Targets-1)
			return e
		}
		if w.excludes(s) && sources[k] == targets[k] {
			e.bad = fmt.Errorf("synapse %d of the list is from %d to itself, and allow_autapses is false", k+1, sources[k])
			return e
		}
		e.rows[k] = uint32(k)
		e.starts[targets[k]+1]++
	}
	slices.SortStableFunc(e.rows, func(a, b uint32) int {
		if targets[a] != targets[b] {
			return int(targets[a]) - int(targets[b])
		}
		return int(sources[a]) - int(sources[b])
	})
	for t := range s.Targets {
		e.starts[t+1] += e.starts[t]
	}
	for k, row := range e.rows {
		e.sources = append(e.sources, sources[row])
		if !w.Multapses && k > 0 && e.sources[k-1] == sources[row] && targets[e.rows[k-1]] == targets[row] {
			e.bad = fmt.Errorf("synapses %d and %d of the list are both from %d to %d, and allow_multapses is false", e.rows[k-1]+1, row+1, sources[row], targets[row])
		}
	}
	return e
}

// Check reports a synapse outside the populations, or that the switches forbid.
func (e *Explicit) Check(Space) []error {
	if e.bad != nil {
		return []error{e.bad}
	}
	return nil
}

// Expected is exact.
func (e *Explicit) Expected(_ Space, lo, hi int) float64 {
	return float64(e.starts[hi] - e.starts[lo])
}

// InDegreeBound is the largest in-degree.
func (e *Explicit) InDegreeBound(Space) int {
	most := uint32(0)
	for t := range len(e.starts) - 1 {
		most = max(most, e.starts[t+1]-e.starts[t])
	}
	return int(most)
}

// Each yields each target's sources.
func (e *Explicit) Each(_ Space, _ random.Key, lo, hi int, yield func(int, []uint32)) {
	for t := lo; t < hi; t++ {
		yield(t, e.sources[e.starts[t]:e.starts[t+1]])
	}
}

// Rows is the rows of the list that target t's synapses come from, in Each's order.
func (e *Explicit) Rows(t int) []uint32 { return e.rows[e.starts[t]:e.starts[t+1]] }
