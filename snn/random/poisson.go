package random

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
)

// columns is the number of outcomes of an alias table; the last stands for
// columns-1 counts or more.
const columns = 16

// mostCounts bounds the counts of one draw.
const mostCounts = 63

// PoissonTable draws Poisson counts of one mean by Walker's alias method. A draw
// takes 16 bits: 4 choose a column, 12 are the start of the fraction that decides
// between its outcome and its alias. In the one case of 4,096 where they do not
// decide, 48 more bits do, and 64 others in the tail; so chances are rounded to
// 2^-64, and counts whose mass beyond is below 1e-20 are left out.
//
// Means above 3.5 are the sum of several draws of a smaller mean: the tail's
// chance then is below what 16 bits resolve, so that it lies in doubtful cases only.
type PoissonTable struct {
	entry     [columns]int16  // (start of the threshold - 2048)<<4 | alias
	threshold [columns]uint64 // of the fraction, in units of 2^-60
	alias     [columns]uint8
	tail      []uint64 // tail[k]: chance of at most columns-1+k counts, given the tail, in units of 2^-64
	parts     int
	bound     int // largest count of a part
}

// NewPoissonTable makes the table of mean lambda >= 0.
func NewPoissonTable(lambda float64) *PoissonTable {
	t := &PoissonTable{parts: max(1, -int(math.Floor(-lambda/3.5)))}
	lambda /= float64(t.parts)
	var mass [mostCounts + 1]float64
	p := pinned.Exp(-lambda)
	for k := range mass {
		mass[k] = p
		p *= lambda / float64(k+1)
	}
	beyond := 0.0 // summed from the smallest up, so that little is lost
	for t.bound = mostCounts; t.bound > 0 && beyond+mass[t.bound] < 1e-20; t.bound-- {
		beyond += mass[t.bound]
	}
	tail := 0.0
	for k := t.bound; k >= columns-1; k-- {
		tail += mass[k]
	}
	scaled := [columns]float64{columns - 1: tail * columns}
	for k := range columns - 1 {
		scaled[k] = mass[k] * columns
	}
	t.fill(&scaled)
	t.setTail(mass[:], tail)
	return t
}

// fill pairs each outcome below average with one above it.
func (t *PoissonTable) fill(scaled *[columns]float64) {
	var small, large []int
	for k, q := range scaled {
		t.alias[k] = uint8(k)
		if q < 1 {
			small = append(small, k)
		} else {
			large = append(large, k)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small, large = small[:len(small)-1], large[:len(large)-1]
		t.alias[s] = uint8(l)
		t.threshold[s] = uint64(scaled[s] * (1 << 60))
		if scaled[l] -= 1 - scaled[s]; scaled[l] < 1 {
			small = append(small, l)
		} else {
			large = append(large, l)
		}
	}
	for _, k := range append(small, large...) {
		t.threshold[k] = 1 << 60
	}
	for k, threshold := range t.threshold {
		// A column that is always its own outcome has the largest start that there
		// is: its doubtful case is decided for it.
		start := min(threshold>>48, 1<<12-1)
		t.entry[k] = int16(start)<<4 ^ -1<<15 | int16(t.alias[k])
	}
}

func (t *PoissonTable) setTail(mass []float64, total float64) {
	sum := 0.0
	for k := columns - 1; k < t.bound; k++ {
		sum += mass[k]
		t.tail = append(t.tail, uint64(min(sum/total, 1-0x1p-53)*0x1p64))
	}
}

// Bound is a count that no draw exceeds.
func (t *PoissonTable) Bound() int { return t.bound * t.parts }

// Draw is the count of target i under a key, which stands for a generator's part
// in one tick: a pure function of both.
func (t *PoissonTable) Draw(key Key, i int) int { return t.draw(key, i) + t.further(key, i) }

// further is the sum of the parts after the first.
func (t *PoissonTable) further(key Key, i int) int {
	n := 0
	for part := 1; part < t.parts; part++ {
		n += t.draw(partKey(key, part), i)
	}
	return n
}

// partKey is the key of a part; targets are numbered below 2^32.
func partKey(key Key, part int) Key {
	if part == 0 {
		return key
	}
	return key.Sub(uint64(part) << 32)
}

// draw is one part. Four neighbours of a group of 16 share a word; the order
// within is what costs vector code least.
func (t *PoissonTable) draw(key Key, i int) int {
	w := int16(key.At(wordOf(i)) >> shiftOf(i))
	n, doubtful := t.decide(w)
	if doubtful {
		n = t.settle(w, key, i)
	}
	return n
}

func wordOf(i int) uint64 { return uint64(i>>4<<2 | i&7>>1) }

func shiftOf(i int) int { return i&1*32 + i>>3&1*16 }

// decide reads a draw from its 16 bits. The fraction counts from -2048 up, so that
// comparing the whole word compares it.
func (t *PoissonTable) decide(w int16) (outcome int, doubtful bool) {
	entry := t.entry[w&(columns-1)]
	n := entry
	if w < entry {
		n = w
	}
	return int(n & (columns - 1)), uint16(w^entry) < columns
}

// settle draws what 16 bits leave in doubt.
func (t *PoissonTable) settle(w int16, key Key, i int) int {
	column := w & (columns - 1)
	fraction := uint64(uint16(w)>>4^1<<11)<<48 | key.Sub(uint64(i)).At(0)>>16
	outcome := int(column)
	if fraction >= t.threshold[column] {
		outcome = int(t.alias[column])
	}
	if outcome == columns-1 {
		u := key.Sub(uint64(i)).At(1)
		for _, chance := range t.tail {
			if u < chance {
				break
			}
			outcome++
		}
	}
	return outcome
}
