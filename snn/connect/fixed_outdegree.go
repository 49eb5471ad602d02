package connect

import (
	"fmt"

	"github.com/volley-snn/volley/snn/random"
)

// FixedOutdegree gives each source the same number of targets, drawn uniformly.
//
// A part that knows only some targets may not draw every source's list to find what
// lands on its own, so the draws are turned around. With multapses, the number of
// synapses of each target is dealt out by halves, and a permutation of all synapses
// says which of them these are: cost follows the part's own synapses. Without, see
// subsets: a part also splits every source's number about 2 log2(parts) times.
type FixedOutdegree struct {
	Outdegree int
	Switches
}

// Check refuses a degree that the targets cannot take.
func (r FixedOutdegree) Check(s Space) []error {
	switch c := r.places(s); {
	case r.Outdegree < 0:
		return []error{fmt.Errorf("outdegree must be >= 0, is %d", r.Outdegree)}
	case r.Outdegree > 0 && s.Sources > 0 && c < 1, !r.Multapses && r.Outdegree > c:
		return []error{fmt.Errorf("outdegree %d is more than the %d targets that a source may have", r.Outdegree, max(c, 0))}
	}
	return nil
}

// places is the number of targets that a source may have.
func (r FixedOutdegree) places(s Space) int {
	if r.excludes(s) {
		return s.Targets - 1
	}
	return s.Targets
}

// Expected is the targets' share of all.
func (r FixedOutdegree) Expected(s Space, lo, hi int) float64 {
	return float64(r.Outdegree) * float64(s.Sources) * float64(hi-lo) / float64(max(s.Targets, 1))
}

// InDegreeBound is far above the mean.
func (r FixedOutdegree) InDegreeBound(s Space) int {
	most := unlikely(r.Expected(s, 0, s.Targets)/float64(max(s.Targets, 1)), s.Targets)
	if !r.Multapses {
		most = min(most, r.choices(s))
	}
	return most
}

// Each draws places, which are the targets, or where a neuron may not be its own
// target, the targets but the source: place i of source s is then target i, or i+1
// from s on. So target t has the sources below it from place t-1, those above from t.
func (r FixedOutdegree) Each(s Space, key random.Key, lo, hi int, yield func(int, []uint32)) {
	r.each(s, key, lo, hi, true, yield)
}

// EachUnsorted yields the sources of Each as they come.
func (r FixedOutdegree) EachUnsorted(s Space, key random.Key, lo, hi int, yield func(int, []uint32)) {
	r.each(s, key, lo, hi, false, yield)
}

func (r FixedOutdegree) each(s Space, key random.Key, lo, hi int, sorted bool, yield func(int, []uint32)) {
	places := r.places(s)
	if !r.excludes(s) {
		r.onto(s.Sources, places, key, lo, hi, sorted, yield)
		return
	}
	var below, sources []uint32 // of place t-1; of target t
	r.onto(s.Sources, places, key, max(lo-1, 0), min(hi, places), sorted, func(place int, from []uint32) {
		if place >= lo {
			sources = append(sources[:0], below...)
			for _, src := range from {
				if int(src) > place {
					sources = append(sources, src)
				}
			}
			yield(place, sources)
		}
		below = below[:0]
		for _, src := range from {
			if int(src) < place+1 {
				below = append(below, src)
			}
		}
	})
	if hi > places && hi > lo {
		yield(places, below)
	}
}

// onto yields the sources of the places [lo, hi).
func (r FixedOutdegree) onto(sources, places int, key random.Key, lo, hi int, sorted bool, yield func(int, []uint32)) {
	if !r.Multapses {
		newSubsets(sources, places, r.Outdegree, key, lo, hi, yield).all()
		return
	}
	p, degree := newPicker(sources), uint64(r.Outdegree)
	synapses := uint64(sources) * degree
	which := key.Sub(1).Permutation(synapses)
	t := tree{key: key.Sub(0), split: independent, lo: lo, hi: hi}
	t.leaf = func(place int, n, before uint64) {
		p.reset()
		for i := range n {
			p.add(uint32(which.At(before+i) / degree))
		}
		if sorted {
			yield(place, p.ascending(sources))
			return
		}
		yield(place, p.drawn)
	}
	t.deal(0, places, synapses, 0)
}
