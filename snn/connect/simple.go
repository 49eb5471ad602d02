package connect

import (
	"fmt"

	"github.com/volley-snn/volley/snn/random"
)

// OneToOne connects source i to target i.
type OneToOne struct{ Switches }

// Check refuses populations of different sizes, and one onto itself where autapses
// are forbidden.
func (r OneToOne) Check(s Space) []error {
	switch {
	case s.Sources != s.Targets:
		return []error{fmt.Errorf("one_to_one needs as many sources as targets, there are %d and %d", s.Sources, s.Targets)}
	case r.excludes(s):
		return []error{fmt.Errorf("one_to_one of a population onto itself is autapses, which allow_autapses: false forbids")}
	}
	return nil
}

// Expected is the number of targets.
func (OneToOne) Expected(_ Space, lo, hi int) float64 { return float64(hi - lo) }

// InDegreeBound is 1.
func (OneToOne) InDegreeBound(Space) int { return 1 }

// Each yields the target's own number.
func (OneToOne) Each(_ Space, _ random.Key, lo, hi int, yield func(int, []uint32)) {
	var one [1]uint32
	for t := lo; t < hi; t++ {
		one[0] = uint32(t)
		yield(t, one[:])
	}
}

// AllToAll connects every source to every target once; Multapses changes nothing.
type AllToAll struct{ Switches }

// Check finds nothing: every space has its all-to-all.
func (AllToAll) Check(Space) []error { return nil }

// Expected is exact.
func (r AllToAll) Expected(s Space, lo, hi int) float64 {
	return float64(hi-lo) * float64(r.choices(s))
}

// InDegreeBound is the number of sources.
func (r AllToAll) InDegreeBound(s Space) int { return s.Sources }

// Each yields all sources.
func (r AllToAll) Each(s Space, _ random.Key, lo, hi int, yield func(int, []uint32)) {
	sources := make([]uint32, 0, s.Sources)
	for t := lo; t < hi; t++ {
		sources = sources[:0]
		for i := range s.Sources {
			if i != t || !r.excludes(s) {
				sources = append(sources, uint32(i))
			}
		}
		yield(t, sources)
	}
}
