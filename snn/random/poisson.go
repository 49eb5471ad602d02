package random

import "github.com/volley-snn/volley/snn/pinned"

// columns is the number of outcomes of one alias table.
const columns = 64

// PoissonTable draws Poisson counts of one mean, a 64-bit word each, by Walker's
// alias method: the low 6 bits of the word choose a column, the upper 58 whether
// its own outcome or its alias is drawn. Probabilities are rounded to 2^-58.
//
// Means above 12 are the sum of Parts draws of a smaller mean, each from a word
// mixed from the first, so that the mass beyond 63 counts stays below 1e-20.
type PoissonTable struct {
	Threshold [columns]uint64 // in units of 2^-58
	Alias     [columns]uint8
	Parts     int
}

// NewPoissonTable makes the table of mean lambda >= 0.
func NewPoissonTable(lambda float64) *PoissonTable {
	t := &PoissonTable{Parts: 1}
	for lambda/float64(t.Parts) > 12 {
		t.Parts *= 2
	}
	lambda /= float64(t.Parts)
	var scaled [columns]float64
	p := pinned.Exp(-lambda)
	for k := range scaled {
		scaled[k] = p * columns
		p *= lambda / float64(k+1)
	}
	t.fill(&scaled)
	return t
}

// fill pairs each outcome below average with one above it.
func (t *PoissonTable) fill(scaled *[columns]float64) {
	var small, large []int
	for k, q := range scaled {
		t.Alias[k] = uint8(k)
		if q < 1 {
			small = append(small, k)
		} else {
			large = append(large, k)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small, large = small[:len(small)-1], large[:len(large)-1]
		t.Alias[s] = uint8(l)
		t.Threshold[s] = uint64(scaled[s] * (1 << 58))
		if scaled[l] -= 1 - scaled[s]; scaled[l] < 1 {
			small = append(small, l)
		} else {
			large = append(large, l)
		}
	}
	for _, k := range append(small, large...) {
		t.Threshold[k] = 1 << 58
	}
}

// Draw is the count that the word stands for.
func (t *PoissonTable) Draw(word uint64) int {
	n := t.one(word)
	for part := 1; part < t.Parts; part++ {
		n += t.one(Key(word).At(uint64(part)))
	}
	return n
}

func (t *PoissonTable) one(word uint64) int {
	k := word % columns
	if word>>6 < t.Threshold[k] {
		return int(k)
	}
	return int(t.Alias[k])
}

// Bound is a count that no draw exceeds.
func (t *PoissonTable) Bound() int { return (columns - 1) * t.Parts }
