package random

import (
	"slices"

	"github.com/volley-snn/volley/snn/pinned"
)

// Gaps draws how many of a row of independent trials of chance p fail before one
// succeeds: the geometric distribution, by Walker's alias method. A gap is unit
// times a whole number and a rest below unit, which are independent; where p is
// not small, unit is 1. Chances are exact to 2^-32.
type Gaps struct {
	unit        uint32
	whole, rest *aliases
}

// gapOutcomes is the number of outcomes of a table; the last of a whole number
// stands for gapOutcomes-1 and more to come.
const gapOutcomes = 256

// NewGaps makes the tables of chance p, 0 < p <= 1.
func NewGaps(p float64) *Gaps {
	g := &Gaps{unit: 1}
	for float64(g.unit)*p < 1./128 && g.unit < gapOutcomes {
		g.unit *= 2
	}
	fail := 0.0 // of unit trials in a row
	if p < 1 {
		fail = pinned.Exp(float64(g.unit) * pinned.Log1p(-p))
	}
	g.whole = newAliases(geometric(fail, gapOutcomes, true))
	if g.unit > 1 {
		g.rest = newAliases(geometric(1-p, int(g.unit), false))
	}
	return g
}

// geometric is the chances of 0 to n-1 failures: the last one of n-1 or more, or,
// closed, given that there are fewer than n.
func geometric(fail float64, n int, open bool) []float64 {
	chance := make([]float64, n)
	p, sum := 1-fail, 0.0
	for k := range chance {
		chance[k] = p
		if sum += p; k < n-1 || !open {
			p *= fail
		}
	}
	if open {
		sum -= chance[n-1]
		chance[n-1] = 1 - sum
		return chance
	}
	for k := range chance {
		chance[k] /= sum
	}
	return chance
}

// Row appends to hits the trials that succeed of the n first ones, as the stream of
// key gives them, with shift added. Cost: about 2 ns a success, and 10 a row.
func (g *Gaps) Row(key Key, n, shift uint32, hits []uint32) []uint32 {
	hits = slices.Grow(hits, int(n)+1)
	out := hits[len(hits) : len(hits)+int(n)+1]
	have := 0
	if g.unit > 1 {
		have = g.coarse(key, n, shift, out)
	} else {
		have = g.fine(key, n, shift, out)
	}
	return hits[:len(hits)+have]
}

// fine draws two gaps from each word.
func (g *Gaps) fine(key Key, n, shift uint32, out []uint32) (have int) {
	table, at, counter := g.whole, uint32(0), uint64(key)
	for {
		w := mix(counter)
		counter += golden
		gap := table.at(uint32(w))
		if at += gap; at >= n {
			return have
		}
		if gap < gapOutcomes-1 {
			out[have] = at + shift
			at++
			have++
		}
		gap = table.at(uint32(w >> 32))
		if at += gap; at >= n {
			return have
		}
		if gap < gapOutcomes-1 {
			out[have] = at + shift
			at++
			have++
		}
	}
}

// coarse draws a gap from each word, or what there is of one in units.
func (g *Gaps) coarse(key Key, n, shift uint32, out []uint32) (have int) {
	at := uint32(0)
	for counter := uint64(key); ; counter += golden {
		w := mix(counter)
		gap := g.whole.at(uint32(w))
		hit := 1 - (gap+1)/gapOutcomes
		gap = gap*g.unit + g.rest.at(uint32(w>>32))*hit
		if at += gap; at >= n {
			return have
		}
		out[have] = at + shift
		at += hit
		have += int(hit)
	}
}

// aliases is an alias table of gapOutcomes outcomes. Outcome k holds its alias in
// 8 bits, and above them the threshold, of 2^24, below which it is k itself.
type aliases [gapOutcomes]uint32

func newAliases(chances []float64) *aliases {
	t := new(aliases)
	var scaled [gapOutcomes]float64
	var small, large []int
	for k := range t {
		if k < len(chances) {
			scaled[k] = chances[k] * gapOutcomes
		}
		t[k] = uint32(k) // itself either way
		if scaled[k] < 1 {
			small = append(small, k)
		} else {
			large = append(large, k)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		t[s] = uint32(l) | min(uint32(float64(scaled[s]*(1<<24))+0.5), 1<<24-1)<<8
		if scaled[l] -= 1 - scaled[s]; scaled[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	return t
}

// at is the outcome of 32 random bits.
func (t *aliases) at(w uint32) uint32 {
	k := w >> 24
	outcome := t[k] & (gapOutcomes - 1)
	if w&(1<<24-1) < t[k]>>8 {
		outcome = k
	}
	return outcome
}
