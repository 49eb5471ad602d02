package plot

import (
	"math"
	"slices"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
)

// Intervals is the distribution of interspike intervals of each population after
// the discard. Bins are whole ticks, about 30 a decade: bin k holds intervals from
// EdgesMs[k] to EdgesMs[k+1], which lie half a tick below the ticks that they
// bound. Two spikes of a neuron in one tick have no place on a logarithmic axis
// and are left out.
type Intervals struct {
	EdgesMs []float64 `json:"edges"`
	Counts  [][]int64 `json:"counts"`
}

// Firing is how often the recorded neurons of each population fired after the
// discard.
type Firing struct {
	Groups []FiringGroup `json:"groups"`
}

// FiringGroup counts the neurons of a population by rate: bin k is rates from
// k*WidthHz to below (k+1)*WidthHz. Counts is absent where the neurons were not
// recorded for the same time.
type FiringGroup struct {
	WidthHz float64 `json:"width"`
	Counts  []int64 `json:"counts"`
	Silent  int64   `json:"silent"` // neurons that never fired
}

const intervalsADecade = 30

// intervals follows every neuron: 12 bytes each.
type intervals struct {
	clock        record.Clock
	discardTicks snn.Tick
	edges        []snn.Tick // bin k is [edges[k], edges[k+1])
	counts       [][]int64  // population, bin
	last         [][]snn.Tick
	spikes       [][]uint32 // population, recorded neuron
}

func newIntervals(run *record.Run, covers []coverage, endMs float64) *intervals {
	v := &intervals{clock: record.NewClock(run.DtMs)}
	v.discardTicks = v.clock.Tick(run.DiscardMs)
	end := v.clock.Tick(endMs) + 1
	for k := 0; len(v.edges) == 0 || v.edges[len(v.edges)-1] <= end && k < 20*intervalsADecade; k++ {
		if edge := snn.Tick(math.Round(math.Pow(10, float64(k)/intervalsADecade))); len(v.edges) == 0 || edge > v.edges[len(v.edges)-1] {
			v.edges = append(v.edges, edge)
		}
	}
	for k := range covers {
		v.counts = append(v.counts, make([]int64, len(v.edges)))
		v.last = append(v.last, make([]snn.Tick, covers[k].neurons))
		v.spikes = append(v.spikes, make([]uint32, covers[k].neurons))
	}
	return v
}

func (v *intervals) add(group int, neuron int64, tick snn.Tick) {
	if tick <= v.discardTicks && v.discardTicks > 0 {
		return // the step that ends at the discard belongs to it
	}
	if last := v.last[group][neuron]; v.spikes[group][neuron] > 0 && tick > last {
		k, found := slices.BinarySearch(v.edges, tick-last)
		if !found {
			k--
		}
		v.counts[group][min(k, len(v.edges)-2)]++
	}
	v.last[group][neuron] = tick
	v.spikes[group][neuron]++
}

// finish is nil where no neuron fired twice.
func (v *intervals) finish() *Intervals {
	first, end := len(v.edges), 0
	for _, counts := range v.counts {
		for k, n := range counts {
			if n > 0 {
				first, end = min(first, k), max(end, k+1)
			}
		}
	}
	if end == 0 {
		return nil
	}
	out := &Intervals{}
	half := v.clock.Ms(1) / 2
	for _, edge := range v.edges[first : end+1] {
		out.EdgesMs = append(out.EdgesMs, float64(short(v.clock.Ms(edge)-half, 6)))
	}
	for _, counts := range v.counts {
		out.Counts = append(out.Counts, counts[first:end])
	}
	return out
}

// firing has about 50 bins up to the highest rate.
func (v *intervals) firing(covers []coverage, discardMs float64) *Firing {
	seconds, highest := make([]float64, len(covers)), 0.0
	for k := range covers {
		from, to, ok := covers[k].sameTime()
		if seconds[k] = (to - max(from, discardMs)) / 1000; !ok || !(seconds[k] > 0) {
			seconds[k] = 0
			continue
		}
		for _, n := range v.spikes[k] {
			highest = max(highest, float64(n)/seconds[k])
		}
	}
	out := &Firing{}
	for k := range covers {
		g := FiringGroup{}
		for _, n := range v.spikes[k] {
			if n == 0 {
				g.Silent++
			}
		}
		if seconds[k] > 0 && len(v.spikes[k]) > 0 {
			each := uint32(max(math.Round(nice(highest/50)*seconds[k]), 1)) // spikes a bin
			g.WidthHz = float64(each) / seconds[k]
			for _, n := range v.spikes[k] {
				bin := int(n / each)
				for len(g.Counts) <= bin {
					g.Counts = append(g.Counts, 0)
				}
				g.Counts[bin]++
			}
		}
		out.Groups = append(out.Groups, g)
	}
	return out
}
