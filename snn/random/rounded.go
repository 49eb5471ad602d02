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
	cells  []int32  // of the first upper bits of a word: its value, or -1 less the first of its spans
}

const (
	below = math.MinInt64 // draws under the least bound, which are refused
	above = below + 1     // and over the largest: another span

	cellBits = 11 // of the cells: few hold the end of a span
)

// NewRounded makes the table of round(d.Draw(...)); round must not fall, nor give numbers
// outside 0 to 2^31. Cost: about 60 draws a step.
func NewRounded(d Distribution, round func(x float64) int64) *Rounded {
	r := &Rounded{d: d, round: round, cells: make([]int32, 1<<cellBits)}
	const end = 1 << 52
	for at := uint64(0); at < end; {
		v := r.value(at)
		// d.transform rises or falls throughout, so what equals value(at) is a span.
		n := sort.Search(int(end-at), func(k int) bool { return r.value(at+uint64(k)) != v })
		at += uint64(n)
		r.ends, r.values = append(r.ends, at), append(r.values, v)
	}
	span := 0
	for cell := range r.cells {
		for r.ends[span] <= uint64(cell)<<(52-cellBits) {
			span++
		}
		r.cells[cell] = -1 - int32(span)
		if r.ends[span] >= uint64(cell+1)<<(52-cellBits) && r.values[span] > above {
			r.cells[cell] = int32(r.values[span])
		}
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
	if x, ok := r.look(key.At(n)); ok {
		return x
	}
	for s, try := key.Sub(n), uint64(0); try < redraws; try++ {
		if x, ok := r.look(s.At(try)); ok {
			return x
		}
	}
	return r.round(r.d.Draw(key, n))
}

// look is the number drawn at a word; not ok where it is refused.
func (r *Rounded) look(w uint64) (x int64, ok bool) {
	if x = int64(r.cells[w>>(64-cellBits)]); x >= 0 {
		return x, true
	}
	span := int(-1 - x)
	for r.ends[span] <= w>>12 {
		span++
	}
	x = r.values[span]
	return x, x > above
}

// Fill sets out[n] to Draw(key, n) less least, which must fit.
func (r *Rounded) Fill(key Key, least int64, out []uint16) {
	cells, counter := (*[1 << cellBits]int32)(r.cells), uint64(key)
	for n := range out {
		x := int64(cells[mix(counter)>>(64-cellBits)])
		counter += golden
		if x < 0 {
			x = r.Draw(key, uint64(n))
		}
		out[n] = uint16(x - least)
	}
}
