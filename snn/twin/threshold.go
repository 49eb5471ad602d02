package twin

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/pinned"
)

// threshold is what is added to the thresholds of a population's neurons, in mV: it
// rises with each spike and decays; and it is settled, by how many spikes more or
// less than a target there were, at the end of each trial, or of each span.
type threshold struct {
	*model.AdaptiveThreshold
	theta []float64
	count []int // spikes since it was settled
}

func newThreshold(m *model.AdaptiveThreshold, size int) *threshold {
	h := &threshold{m, make([]float64, size), make([]int, size)}
	for i := range h.theta {
		h.theta[i] = m.Initial
	}
	return h
}

// after takes the spikes of tick t.
func (h *threshold) after(t snn.Tick, spikes []int, n *Network) {
	rate := n.homeostasis()
	for i, k := range spikes {
		if h.Tau > 0 && rate > 0 {
			h.theta[i] *= pinned.Exp(-n.m.Dt / h.Tau)
		}
		for range k {
			h.theta[i] = min(h.theta[i]+float64(rate*h.Increment), h.Max)
		}
		h.count[i] += k
	}
	if n.m.Protocol == nil && h.Every > 0 && t%n.ticks(h.Every) == 0 {
		h.settle(rate)
	}
}

func (h *threshold) settle(rate float64) {
	for i, k := range h.count {
		if h.Eta > 0 && rate > 0 {
			h.theta[i] = min(max(h.theta[i]+float64(float64(rate*h.Eta)*(float64(k)-h.TargetSpikes)), h.Min), h.Max)
		}
		h.count[i] = 0
	}
}
