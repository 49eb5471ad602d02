package plot

import "github.com/volley-snn/volley/internal/record"

// Bounds of what is drawn of run.json.
const (
	maxHistograms = 48
	maxBins       = 200 // more are merged
	maxPhases     = 100
	maxBlocks     = 1000 // a phase
)

// weights is the histograms that are whole, with at most maxBins bins.
func weights(all []record.WeightHistogram) (out []record.WeightHistogram) {
	for _, h := range all {
		if len(out) == maxHistograms {
			break
		}
		if len(h.After) == 0 || len(h.Edges) != len(h.After)+1 || len(h.Before) != 0 && len(h.Before) != len(h.After) {
			continue
		}
		per := (len(h.After) + maxBins - 1) / maxBins
		merged := record.WeightHistogram{Projection: h.Projection, Unit: h.Unit}
		for k := 0; k < len(h.After); k += per {
			to := min(k+per, len(h.After))
			merged.Edges = append(merged.Edges, h.Edges[k])
			merged.After = append(merged.After, sum(h.After[k:to]))
			if len(h.Before) > 0 {
				merged.Before = append(merged.Before, sum(h.Before[k:to]))
			}
		}
		merged.Edges = append(merged.Edges, h.Edges[len(h.Edges)-1])
		out = append(out, merged)
	}
	return out
}

func sum(counts []int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// phases bounds the number of phases and blocks.
func phases(all []record.Phase) (out []record.Phase) {
	for _, phase := range all[:min(len(all), maxPhases)] {
		phase.Blocks = phase.Blocks[:min(len(phase.Blocks), maxBlocks)]
		out = append(out, phase)
	}
	return out
}
