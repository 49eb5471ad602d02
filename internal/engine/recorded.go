package engine

import (
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
)

// Recorded says whose spikes have been written up to now. It is empty, and not
// nil, where none are.
func (r *Recorder) Recorded(now snn.Tick) []record.Recording {
	out := []record.Recording{}
	for _, s := range r.keep {
		if from, until := max(s.from, 0), min(s.until, now); from < until {
			out = append(out, record.Recording{First: s.gids.First, End: s.gids.End, StartMs: r.clock.Ms(from), StopMs: r.clock.Ms(until)})
		}
	}
	return out
}
