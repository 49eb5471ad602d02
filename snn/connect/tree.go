package connect

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/random"
)

// tree deals out a number of items over [0, size) by halves. Each split has a
// stream of its own, named by its span, so whoever needs the numbers of a range
// makes only the splits that lead to it, about 2 log2(size) beside the range's own.
type tree struct {
	key random.Key
	// split is how many of n items over left+right places lie in the left ones.
	split func(s *random.Stream, n uint64, left, right int) uint64
	// leaf takes each place of the range, ascending, with its items and how many
	// lie in the places before it.
	leaf func(place int, n, before uint64)

	lo, hi int // the range
}

func (t *tree) deal(first, end int, n, before uint64) {
	switch {
	case end <= t.lo || first >= t.hi:
		return
	case n == 0:
		for place := max(first, t.lo); place < min(end, t.hi); place++ {
			t.leaf(place, 0, before)
		}
		return
	case end-first == 1:
		t.leaf(first, n, before)
		return
	}
	middle := (first + end) / 2
	s := t.key.Sub(span(first, end)).Stream()
	left := t.split(&s, n, middle-first, end-middle)
	t.deal(first, middle, left, before)
	t.deal(middle, end, n-left, before+left)
}

// span names [first, end) among the spans of one tree.
func span(first, end int) uint64 { return uint64(first)<<32 | uint64(end) }

// independent splits items that each fall anywhere with the same chance.
func independent(s *random.Stream, n uint64, left, right int) uint64 {
	return s.Binomial(n, float64(left)/float64(left+right))
}

// unlikely is a count that no sum of independent chances of that mean exceeds at any
// of the targets, but for a chance under 1e-12. Source: Bernstein's inequality.
func unlikely(mean float64, targets int) int {
	l := 27.64 + pinned.Log(float64(max(targets, 1))) // ln 1e12
	return int(min(math.Ceil(mean+l/3+math.Sqrt(float64(l*l)/9+float64(2*mean*l))), 1<<52))
}
