package train

import (
	"fmt"

	"github.com/volley-snn/volley/snn/ssdp/batch"
	"github.com/volley-snn/volley/snn/train/optimize"
	"github.com/volley-snn/volley/snn/train/plastic"
	"github.com/volley-snn/volley/snn/train/recurrent"
)

// clip limits the gradient's norm and returns what it was.
func (t *Trainer) clip(grad []float32) float64 {
	if t.ClipNorm == 0 {
		return optimize.Norm(grad)
	}
	return optimize.Clip(grad, t.ClipNorm)
}

// plasticity applies the rules that go before the optimizer's step, or after it.
func (t *Trainer) plasticity(before bool) error {
	for k, r := range t.Rules {
		if r.Before != before {
			continue
		}
		of := &t.Config.Rules[k]
		b := plastic.Batch{
			Epoch: int(t.epoch), Samples: len(t.index), Ticks: t.Net.Ticks, Windows: 1, Kappa: t.kappas(), Loss: t.loss,
			Key: ruleKey(t.Seed, t.epoch, t.batch, k),
		}
		switch {
		case r.Exponential:
			b.Ticks = 1
		case of.Window > 0:
			b.Windows, b.Ticks = t.Net.Windows(of.Window), of.Window
			b.Kappa = repeated(b.Kappa, b.Windows)
			b.Samples *= b.Windows
		}
		b.Targets = t.layer(recurrent.RecurrentWeight, r, of.Window)
		b.Sources = b.Targets
		if of.Weight == recurrent.InputWeight {
			b.Sources = t.layer(of.Weight, r, of.Window)
		}
		s, err := r.Add(t.Net.Layout.Of(t.Net.Values, of.Weight), &b)
		if err != nil {
			return fmt.Errorf("epoch %d, batch %d: %w", t.epoch+1, t.batch+1, err)
		}
		t.tally.synchrony(k, s, len(t.index))
	}
	return nil
}

// layer is what the sources of a weight did in the batch, all shards' samples in
// order.
func (t *Trainer) layer(weight int, r *plastic.Rule, window int) batch.Layer {
	hidden := weight == recurrent.RecurrentWeight
	n, times, fired := t.Net.Inputs, &t.inputTimes, &t.inputFired
	if hidden {
		n, times, fired = t.Net.Hidden, &t.sourceTimes, &t.sourceFired
	}
	if r.Exponential {
		*fired = grow(*fired, len(t.index)*n)
		clear(*fired)
		for k, s := range t.shards {
			from, to := t.span(k)
			for b := range to - from {
				for _, i := range s.Last(hidden, b) {
					(*fired)[(from+b)*n+int(i)] = 1
				}
			}
		}
		return batch.Layer{Neurons: n, Fired: *fired}
	}
	*times = (*times)[:0]
	for k, s := range t.shards {
		switch from, to := t.span(k); {
		case to == from:
		case window > 0:
			*times = s.AppendWindows(*times, hidden, window, r.Params.Quirks.LastSpike)
		case hidden:
			*times = append(*times, s.Times...)
		default:
			*times = append(*times, s.InputTimes...)
		}
	}
	return batch.Layer{Neurons: n, First: *times}
}

func (t *Trainer) kappas() []float64 {
	t.kappa = t.kappa[:0]
	for k, s := range t.shards {
		if from, to := t.span(k); to > from {
			t.kappa = append(t.kappa, s.Kappa...)
		}
	}
	return t.kappa
}

// repeated has each number so many times.
func repeated(x []float64, times int) []float64 {
	out := make([]float64, 0, len(x)*times)
	for _, y := range x {
		for range times {
			out = append(out, y)
		}
	}
	return out
}
