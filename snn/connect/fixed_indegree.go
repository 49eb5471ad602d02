package connect

import (
	"fmt"

	"github.com/volley-snn/volley/snn/random"
)

// FixedIndegree gives each target the same number of sources, drawn uniformly.
type FixedIndegree struct {
	Indegree int
	Switches
}

// Check refuses a degree that the sources cannot give.
func (r FixedIndegree) Check(s Space) []error {
	switch c := r.choices(s); {
	case r.Indegree < 0:
		return []error{fmt.Errorf("indegree must be >= 0, is %d", r.Indegree)}
	case r.Indegree > 0 && c < 1, !r.Multapses && r.Indegree > c:
		return []error{fmt.Errorf("indegree %d is more than the %d sources that a target may have", r.Indegree, max(c, 0))}
	}
	return nil
}

// Expected is exact.
func (r FixedIndegree) Expected(_ Space, lo, hi int) float64 {
	return float64(hi-lo) * float64(r.Indegree)
}

// InDegreeBound is the degree.
func (r FixedIndegree) InDegreeBound(Space) int { return r.Indegree }

// Each draws each target's sources from a stream of its own, and sorts them.
func (r FixedIndegree) Each(s Space, key random.Key, lo, hi int, yield func(int, []uint32)) {
	r.each(s, key, lo, hi, true, yield)
}

// EachUnsorted yields the sources of Each as they were drawn.
func (r FixedIndegree) EachUnsorted(s Space, key random.Key, lo, hi int, yield func(int, []uint32)) {
	r.each(s, key, lo, hi, false, yield)
}

func (r FixedIndegree) each(s Space, key random.Key, lo, hi int, sorted bool, yield func(int, []uint32)) {
	p := newPicker(s.Sources)
	c := choice{n: r.Indegree, among: s.Sources, exclude: r.excludes(s), multapses: r.Multapses, sorted: sorted}
	for c.self = lo; c.self < hi; c.self++ {
		stream := key.Sub(uint64(c.self)).Stream()
		yield(c.self, p.pick(&stream, c))
	}
}
