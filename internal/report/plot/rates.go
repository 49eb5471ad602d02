package plot

import "math"

// Bounds of the rates.
const (
	maxRateBins   = 4000    // a population
	maxRateCounts = 120_000 // all populations
)

// Rates counts the spikes of each population, bin by bin. Bin k is
// (k*BinMs, (k+1)*BinMs]: a spike of a tick belongs to the step that ends at it.
type Rates struct {
	BinMs  float64   `json:"bin"`
	Counts [][]int64 `json:"counts"`

	// Neurons is the mean number of recorded neurons in each bin; null for a
	// population where that is always Group.Recorded.
	Neurons [][]float64 `json:"neurons"`
}

// newRates has bins of at least a millisecond.
func newRates(covers []coverage, dtMs, endMs float64) *Rates {
	bins := min(maxRateBins, maxRateCounts/max(len(covers), 1))
	r := &Rates{BinMs: max(nice(endMs/float64(max(bins, 1))), 1, dtMs)}
	n := max(int(math.Ceil(endMs/r.BinMs-1e-9)), 1)
	for k := range covers {
		r.Counts = append(r.Counts, make([]int64, n))
		var neurons []float64
		if !covers[k].whole {
			for bin := range n {
				from := float64(bin) * r.BinMs
				neurons = append(neurons, float64(short(covers[k].at(from, min(from+r.BinMs, max(endMs, from+dtMs))), 6)))
			}
		}
		r.Neurons = append(r.Neurons, neurons)
	}
	return r
}

func (r *Rates) add(group int, ms float64) {
	bins := r.Counts[group]
	k := int(math.Ceil(ms/r.BinMs-1e-9)) - 1
	bins[min(max(k, 0), len(bins)-1)]++
}
