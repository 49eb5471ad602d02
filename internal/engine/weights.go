package engine

import (
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
)

// EachWeight yields the weights of a plastic projection, by target, then source;
// target and sources count in their populations. Slices are used again.
func (e *Engine) EachWeight(p *kernel.Projection, yield func(target int, sources []uint32, weights []float64)) {
	for _, part := range e.Partitions {
		part.Weights(p, yield)
	}
}

// HashWeights is the hash of all plastic weights as they are now.
func (e *Engine) HashWeights() *record.WeightHash {
	h := record.NewWeightHash()
	for _, p := range e.Network.Projections {
		if p.Plastic() {
			e.EachWeight(p, func(_ int, _ []uint32, weights []float64) { h.Append(weights) })
		}
	}
	return h
}

// histogramBins is the bins of a weight histogram.
const histogramBins = 50

// Histograms counts the weights of each plastic projection, between its bounds.
func (e *Engine) Histograms() []record.WeightHistogram {
	var all []record.WeightHistogram
	for _, p := range e.Network.Projections {
		if !p.Plastic() {
			continue
		}
		low, high, unit := p.WeightSpan()
		h := record.WeightHistogram{Projection: p.Name, Unit: unit, After: make([]int64, histogramBins)}
		width := (high - low) / histogramBins
		for k := range histogramBins + 1 {
			h.Edges = append(h.Edges, low+width*float64(k))
		}
		e.EachWeight(p, func(_ int, _ []uint32, weights []float64) {
			for _, w := range weights {
				h.After[min(max(int((w-low)/width), 0), histogramBins-1)]++
			}
		})
		all = append(all, h)
	}
	return all
}

// Compare puts the histograms of before a run beside those of after it.
func Compare(before, after []record.WeightHistogram) []record.WeightHistogram {
	for k := range after {
		after[k].Before = before[k].After
	}
	return after
}
