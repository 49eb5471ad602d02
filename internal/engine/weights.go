package engine

import (
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
)

// EachWeight yields the weights of a plastic projection onto the engine's partitions.
func (e *Engine) EachWeight(p *kernel.Projection, yield func(target int, sources []uint32, weights []float64)) error {
	for _, part := range e.Partitions {
		part.Weights(p, yield)
	}
	return nil
}

// HashWeights is the hash of all plastic weights as they are now.
func HashWeights(s Simulation) (*record.WeightHash, error) {
	h := record.NewWeightHash()
	for _, p := range s.Compiled().Projections {
		if !p.Plastic() {
			continue
		}
		if err := s.EachWeight(p, func(_ int, _ []uint32, weights []float64) { h.Append(weights) }); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// histogramBins is the bins of a weight histogram.
const histogramBins = 50

// Histograms counts the weights of each plastic projection, between its bounds.
func Histograms(s Simulation) ([]record.WeightHistogram, error) {
	var all []record.WeightHistogram
	for _, p := range s.Compiled().Projections {
		if !p.Plastic() {
			continue
		}
		low, high, unit := p.WeightSpan()
		h := record.WeightHistogram{Projection: p.Name, Unit: unit, After: make([]int64, histogramBins)}
		width := (high - low) / histogramBins
		for k := range histogramBins + 1 {
			h.Edges = append(h.Edges, low+width*float64(k))
		}
		err := s.EachWeight(p, func(_ int, _ []uint32, weights []float64) {
			for _, w := range weights {
				h.After[min(max(int((w-low)/width), 0), histogramBins-1)]++
			}
		})
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, nil
}

// Compare puts the histograms of before a run beside those of after it.
func Compare(before, after []record.WeightHistogram) []record.WeightHistogram {
	for k := range after {
		after[k].Before = before[k].After
	}
	return after
}
