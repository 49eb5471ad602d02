package random

import (
	"math"
	"sort"
)

// Rounded draws a distribution in whole steps by looking up which step a word
// falls in: a fifth of the time of drawing and rounding, and the same number.
type Rounded struct {
	d      Distribution
	round  func(x float64) int64
	ends   []uint64 // first value of the upper 52 bits of a word beyond each span
	values []int64  // of each span; below or above where a draw there is refused
	guide  []uint16 // span of the first word of each of the cells
}

const (
	below = math.MinInt64 // draws under the least bound, which are refused
	above = below + 1     // and over the largest: another span

	guideBits = 10 // cells of the guide: a good deal more than there are steps, mostly
)

// NewRounded makes the table of round(d.Draw(...)); round must not fall. Cost:
// about 60 draws a step. There may be 2^16 steps.
func NewRounded(d Distribution, round func(x float64) int64) *Rounded {
	r := &Rounded{d: d, round: round}
	const end = 1 << 52
	for at := uint64(0); at < end; {
		v := r.value(at)
		// d.transform rises or falls throughout, so what equals value(at) is a span.
		n := sort.Search(int(end-at), func(k int) bool { return r.value(at+uint64(k)) != v })
		at += uint64(n)
		r.ends, r.values = append(r.ends, at), append(r.values, v)
	}
	r.guide = make([]uint16, 1<<guideBits)
	span := 0
	for cell := range r.guide {
		for r.ends[span] <= uint64(cell)<<(52-guideBits) {
			span++
		}
		r.guide[cell] = uint16(span)
	}
	return r
}

// value is the number drawn at the words whose upper 52 bits are v.
func (r *Rounded) value(v uint64) int64 {
	x := r.d.transform(v << 12)
	if d := &r.d; d.Bounded && !(x >= d.Min && x <= d.Max) {
		switch {
		case d.Bounds == Clip:
			x = min(max(x, d.Min), d.Max)
		case x < d.Min:
			return below
		default:
			return above
		}
	}
	return r.round(x)
}

// Draw is round(d.Draw(key, n)).
func (r *Rounded) Draw(key Key, n uint64) int64 {
	v := key.At(n) >> 12
	span := r.guide[v>>(52-guideBits)]
	for r.ends[span] <= v {
		span++
	}
	if x := r.values[span]; x > above {
		return x
	}
	return r.round(r.d.Draw(key, n))
}
