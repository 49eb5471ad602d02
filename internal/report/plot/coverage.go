package plot

import (
	"slices"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
)

// coverage is the part of a population whose spikes were written.
type coverage struct {
	ranges  []snn.Range // of recorded neurons, disjoint and rising
	neurons int64       // in ranges
	spans   []span      // as the model asks, clipped to the population
	whole   bool        // every recorded neuron from the start to the end
}

// span is some neurons for some time.
type span struct {
	gids         snn.Range
	fromMs, toMs float64
}

// coverages is the coverage of each population.
func coverages(run *record.Run, endMs float64) []coverage {
	all := make([]coverage, len(run.Populations))
	for k, p := range run.Populations {
		own := snn.Range{First: p.First, End: p.End}
		c := &all[k]
		if run.Recorded == nil {
			c.spans = []span{{own, 0, endMs}}
		}
		for _, r := range run.Recorded {
			part := snn.Range{First: r.First, End: r.End}.Intersect(own)
			from, to := max(r.StartMs, 0), min(r.StopMs, endMs)
			if part.Len() > 0 && from < to {
				c.spans = append(c.spans, span{part, from, to})
			}
		}
		var parts []snn.Range
		c.whole = true
		for _, s := range c.spans {
			parts = append(parts, s.gids)
			c.whole = c.whole && s.fromMs == 0 && s.toMs == endMs
		}
		c.ranges = union(parts)
		for _, r := range c.ranges {
			c.neurons += int64(r.Len())
		}
	}
	return all
}

// union is the GIDs of any of the ranges, as disjoint ranges in rising order.
func union(parts []snn.Range) (out []snn.Range) {
	slices.SortFunc(parts, func(a, b snn.Range) int { return int(a.First) - int(b.First) })
	for _, r := range parts {
		switch last := len(out) - 1; {
		case r.Len() <= 0:
		case last >= 0 && r.First <= out[last].End:
			out[last].End = max(out[last].End, r.End)
		default:
			out = append(out, r)
		}
	}
	return out
}

// index counts a GID among the recorded neurons, from 0; -1 where it is not one.
func (c *coverage) index(gid snn.GID) int64 {
	before := int64(0)
	for _, r := range c.ranges {
		if r.Contains(gid) {
			return before + int64(gid-r.First)
		}
		before += int64(r.Len())
	}
	return -1
}

// at is the mean number of neurons that were recorded between two times.
func (c *coverage) at(fromMs, toMs float64) float64 {
	cuts := []float64{fromMs, toMs}
	for _, s := range c.spans {
		for _, cut := range []float64{s.fromMs, s.toMs} {
			if cut > fromMs && cut < toMs {
				cuts = append(cuts, cut)
			}
		}
	}
	slices.Sort(cuts)
	sum := 0.0
	for k := range cuts[1:] {
		middle := (cuts[k] + cuts[k+1]) / 2
		var parts []snn.Range
		for _, s := range c.spans {
			if s.fromMs <= middle && middle < s.toMs {
				parts = append(parts, s.gids)
			}
		}
		for _, r := range union(parts) {
			sum += float64(r.Len()) * (cuts[k+1] - cuts[k])
		}
	}
	return sum / (toMs - fromMs)
}

// sameTime is the time for which all recorded neurons were recorded, where they
// all were for the same.
func (c *coverage) sameTime() (fromMs, toMs float64, ok bool) {
	for k, s := range c.spans {
		if k > 0 && (s.fromMs != fromMs || s.toMs != toMs) {
			return 0, 0, false
		}
		fromMs, toMs = s.fromMs, s.toMs
	}
	return fromMs, toMs, len(c.spans) > 0
}
