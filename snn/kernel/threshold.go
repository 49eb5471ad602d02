package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/pinned"
)

// threshold is the adaptive threshold of a slice's neurons, in mV on top of V_th.
// Each spike raises it by Increment, and it decays with Tau (Diehl and Cook
// 2015); and at the end of each trial, or span, it moves by Eta times the spikes
// more or less than the target.
type threshold struct {
	model.AdaptiveThreshold
	theta  []float64
	counts []int32 // spikes since the last settling
	decay  float64 // a tick
	every  snn.Tick
	rate   float64 // factor on Increment and Eta; 0 while homeostasis is off
}

func newThreshold(m *model.AdaptiveThreshold, n int, dtMs float64, trials bool) *threshold {
	h := &threshold{AdaptiveThreshold: *m, theta: make([]float64, n), counts: make([]int32, n), decay: 1, rate: 1}
	if m.Tau > 0 {
		h.decay = pinned.Exp(-dtMs / m.Tau)
	}
	if !trials {
		h.every = ticks(m.Every, dtMs)
	}
	for i := range h.theta {
		h.theta[i] = m.Initial
	}
	return h
}

// after takes the spikes of tick t.
func (h *threshold) after(t snn.Tick, fired []uint32) {
	if h.rate > 0 && h.decay != 1 {
		for i := range h.theta {
			h.theta[i] *= h.decay
		}
	}
	for _, i := range fired {
		h.counts[i]++
		h.theta[i] = min(h.theta[i]+float64(h.rate*h.Increment), h.Max)
	}
	if h.every > 0 && t%h.every == 0 {
		h.settle()
	}
}

// settle ends a span of counting.
func (h *threshold) settle() {
	if h.Eta > 0 && h.rate > 0 {
		for i, n := range h.counts {
			h.theta[i] = min(max(h.theta[i]+float64(h.rate*h.Eta*(float64(n)-h.TargetSpikes)), h.Min), h.Max)
		}
	}
	clear(h.counts)
}
