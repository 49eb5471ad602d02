package connect

import (
	"fmt"

	"github.com/volley-snn/volley/snn/random"
)

// FixedTotalNumber makes N synapses between pairs drawn uniformly: independently
// with multapses, all different without.
type FixedTotalNumber struct {
	N int
	Switches
}

// Check refuses more synapses than there are pairs.
func (r FixedTotalNumber) Check(s Space) []error {
	pairs := float64(r.choices(s)) * float64(s.Targets)
	switch {
	case r.N < 0:
		return []error{fmt.Errorf("total number N must be >= 0, is %d", r.N)}
	case r.N > 0 && pairs < 1, !r.Multapses && float64(r.N) > pairs:
		return []error{fmt.Errorf("total number N = %d is more than the %.0f pairs that there are", r.N, max(pairs, 0))}
	}
	return nil
}

// Expected is the targets' share of N.
func (r FixedTotalNumber) Expected(s Space, lo, hi int) float64 {
	return float64(r.N) * float64(hi-lo) / float64(max(s.Targets, 1))
}

// InDegreeBound is far above the mean.
func (r FixedTotalNumber) InDegreeBound(s Space) int {
	most := min(r.N, unlikely(float64(r.N)/float64(max(s.Targets, 1)), s.Targets))
	if !r.Multapses {
		most = min(most, r.choices(s))
	}
	return most
}

// Each deals N out to the targets by halves, and draws each target's sources from a
// stream of its own.
func (r FixedTotalNumber) Each(s Space, key random.Key, lo, hi int, yield func(int, []uint32)) {
	r.each(s, key, lo, hi, true, yield)
}

// EachUnsorted yields the sources of Each as they were drawn.
func (r FixedTotalNumber) EachUnsorted(s Space, key random.Key, lo, hi int, yield func(int, []uint32)) {
	r.each(s, key, lo, hi, false, yield)
}

func (r FixedTotalNumber) each(s Space, key random.Key, lo, hi int, sorted bool, yield func(int, []uint32)) {
	p, own, each := newPicker(s.Sources), key.Sub(1), uint64(r.choices(s))
	t := tree{key: key.Sub(0), split: independent, lo: lo, hi: hi}
	if !r.Multapses {
		t.split = func(s *random.Stream, n uint64, left, right int) uint64 {
			return s.Hypergeometric(n, uint64(left)*each, uint64(right)*each)
		}
	}
	c := choice{among: s.Sources, exclude: r.excludes(s), multapses: r.Multapses, sorted: sorted}
	t.leaf = func(target int, n, _ uint64) {
		stream := own.Sub(uint64(target)).Stream()
		c.n, c.self = int(n), target
		yield(target, p.pick(&stream, c))
	}
	t.deal(0, s.Targets, uint64(r.N), 0)
}
