package plot

import (
	"math"

	"github.com/volley-snn/volley/internal/record"
)

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
