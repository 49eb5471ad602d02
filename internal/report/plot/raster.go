package plot

import (
	"encoding/base64"
	"encoding/binary"
	"math"

	"github.com/volley-snn/volley/snn"
)

// Bounds of the raster.
const (
	maxRasterSpikes = 250_000
	minShown        = 12 // neurons of a population in a raster that is a sample
)

// Raster is the spikes of all recorded neurons, or of evenly spaced ones of each
// population.
//
// Spikes is base64 of pairs of unsigned varints, sorted by time: ticks since the
// spike before, and the row. Rows are the shown neurons, population by population:
// row k of a population that shows Rows of n recorded neurons is number
// ceil(k*n/Rows) of them.
type Raster struct {
	Rows   []int64 `json:"rows"` // shown neurons, by population
	Spikes string  `json:"spikes"`
	Shown  int64   `json:"shown"`
	Total  int64   `json:"total"`
	Thin   int64   `json:"thin"` // every Thin-th spike of a shown neuron; mostly 1
}

// sampler picks the spikes of a raster.
type sampler struct {
	sizes      []int64 // recorded neurons, by population
	shown      []int64 // those of them that are shown
	firstRow   []int64
	thin, seen int64
	spikes     int64
	last       snn.Tick
	out        []byte
}

// newSampler shows the same fraction of each population, but at least minShown
// neurons: whole trains of some neurons keep rates, bursts and synchrony as they
// are, which a sample of spikes would not. Only where even those fire too often is
// a spike left out.
func newSampler(covers []coverage, total int64, perGroup []int64) *sampler {
	s := &sampler{thin: 1}
	fraction := min(1, float64(maxRasterSpikes)/float64(max(total, 1)))
	var row int64
	var expected float64
	for k := range covers {
		n := covers[k].neurons
		shown := min(n, max(int64(float64(n)*fraction), minShown))
		s.sizes, s.shown, s.firstRow = append(s.sizes, n), append(s.shown, shown), append(s.firstRow, row)
		row += shown
		if n > 0 {
			expected += float64(perGroup[k]) * float64(shown) / float64(n)
		}
	}
	if expected > 1.5*maxRasterSpikes {
		s.thin = int64(math.Ceil(expected / maxRasterSpikes))
	}
	return s
}

// add takes a spike of a recorded neuron, counted in its population.
func (s *sampler) add(group int, neuron int64, tick snn.Tick) {
	n, shown := s.sizes[group], s.shown[group]
	k := neuron * shown / n
	if (k*n+shown-1)/shown != neuron {
		return
	}
	if s.seen++; s.seen%s.thin != 0 || s.spikes >= 2*maxRasterSpikes {
		return
	}
	s.out = binary.AppendUvarint(s.out, uint64(tick-s.last))
	s.out = binary.AppendUvarint(s.out, uint64(s.firstRow[group]+k))
	s.last = tick
	s.spikes++
}

func (s *sampler) raster(total int64) *Raster {
	return &Raster{Rows: s.shown, Spikes: base64.StdEncoding.EncodeToString(s.out), Shown: s.spikes, Total: total, Thin: s.thin}
}
