package connect

import "github.com/volley-snn/volley/snn/random"

// BySource is a rule whose synapses can also be made source by source, so that
// none need be stored.
type BySource interface {
	Rule
	// Rows makes the synapses of Each onto the targets [lo, hi).
	Rows(s Space, key random.Key, lo, hi int) Rows
}

// Rows makes the synapses of one source at a time, each time the same ones.
type Rows interface {
	// Append appends the targets of a source to targets, several synapses of a
	// pair side by side.
	Append(source int, targets []uint32) []uint32
}

// Rows makes the targets' own numbers.
func (OneToOne) Rows(_ Space, _ random.Key, lo, hi int) Rows { return oneToOneRows{lo, hi} }

type oneToOneRows struct{ lo, hi int }

// Append appends the source's own number, where it lies in the range.
func (r oneToOneRows) Append(source int, targets []uint32) []uint32 {
	if source >= r.lo && source < r.hi {
		targets = append(targets, uint32(source))
	}
	return targets
}

// Rows makes all targets.
func (r AllToAll) Rows(s Space, _ random.Key, lo, hi int) Rows {
	return allToAllRows{r.excludes(s), lo, hi}
}

type allToAllRows struct {
	excludes bool
	lo, hi   int
}

// Append appends all targets, but the source where it may not be its own.
func (r allToAllRows) Append(source int, targets []uint32) []uint32 {
	for t := r.lo; t < r.hi; t++ {
		if t != source || !r.excludes {
			targets = append(targets, uint32(t))
		}
	}
	return targets
}
