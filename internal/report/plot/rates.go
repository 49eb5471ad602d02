package plot

import (
	"math"

	"github.com/volley-snn/volley/internal/record"
)

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

// Variation is the mean ISI CV of each population, window by window, over the
// neurons with at least 3 spikes in the window.
type Variation struct {
	WindowMs float64           `json:"window"`
	Values   [][]record.Number `json:"values"`
}

// maxNeurons is the most neurons whose intervals are looked at; more would take
// too much memory.
const maxNeurons = 8 << 20

// variation makes a Variation of spikes as they come.
type variation struct {
	populations []record.Population
	dtMs        float64
	out         Variation
	window      int
	statistics  *record.Statistics
	any         bool
}

// newVariation has about 40 windows, of at least half a second where the run is
// long enough.
func newVariation(run *record.Run, endMs float64) *variation {
	v := &variation{populations: run.Populations, dtMs: run.DtMs, statistics: record.NewStatistics(run.Populations, run.DtMs, 0)}
	v.out.WindowMs = max(nice(endMs/40), min(500, nice(endMs/5)), run.DtMs)
	v.out.Values = make([][]record.Number, len(run.Populations))
	return v
}

// before ends the windows that a spike at ms comes after.
func (v *variation) before(ms float64) {
	if window := int(max(math.Ceil(ms/v.out.WindowMs-1e-9)-1, 0)); window > v.window {
		v.end(min(window, 1000))
	}
}

// end takes the CVs of the window that ended and goes on to window next.
func (v *variation) end(next int) {
	for ; v.window < next; v.window++ {
		for k := range v.populations {
			cv := float64(v.statistics.Population(k, v.out.WindowMs).CVISI)
			v.any = v.any || !math.IsNaN(cv)
			v.out.Values[k] = append(v.out.Values[k], short(cv, 4))
		}
		v.statistics = record.NewStatistics(v.populations, v.dtMs, 0)
	}
}

// finish is nil where no window has a CV.
func (v *variation) finish() *Variation {
	v.end(v.window + 1)
	if !v.any {
		return nil
	}
	return &v.out
}
