package connect

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/pinned"
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

// PairwiseBernoulli connects each pair with chance P, independently. A pair is asked
// once, as in NEST, so Multapses changes nothing; P = 1 is all to all.
type PairwiseBernoulli struct {
	P float64
	Switches
}

// Check refuses what is not a probability.
func (r PairwiseBernoulli) Check(Space) []error {
	if !(r.P >= 0 && r.P <= 1) {
		return []error{fmt.Errorf("p must be 0 to 1, is %g", r.P)}
	}
	return nil
}

// Expected is P times the pairs.
func (r PairwiseBernoulli) Expected(s Space, lo, hi int) float64 {
	return float64(hi-lo) * float64(r.choices(s)) * r.P
}

// InDegreeBound is far above the mean.
func (r PairwiseBernoulli) InDegreeBound(s Space) int {
	return min(s.Sources, unlikely(float64(s.Sources)*r.P, s.Targets))
}

// Each skips geometrically from one source to the next: cost follows the synapses.
func (r PairwiseBernoulli) Each(s Space, key random.Key, lo, hi int, yield func(int, []uint32)) {
	var sources []uint32
	perLog := 1 / pinned.Log1p(-r.P)
	for t := lo; t < hi; t++ {
		sources = sources[:0]
		stream := key.Sub(uint64(t)).Stream()
		for i := -1.0; r.P > 0; { // 1/ln(1-P) is 0 for P = 1: every step is one
			if i += 1 + math.Floor(float64(pinned.Log(stream.Float64())*perLog)); !(i < float64(s.Sources)) {
				break
			}
			if int(i) != t || !r.excludes(s) {
				sources = append(sources, uint32(i))
			}
		}
		yield(t, sources)
	}
}
