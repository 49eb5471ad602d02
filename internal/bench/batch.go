package bench

import (
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/ssdp/batch"
)

// Batch is what the published SSDP rule costs on a batch of a training step.
type Batch struct {
	Samples int     `json:"samples"`
	In      int     `json:"in"`
	Out     int     `json:"out"`
	Ticks   int     `json:"ticks"`
	Active  float64 `json:"active"` // share of the neurons that fire
	Ms      Spread  `json:"ms"`     // from spikes to changes of the weights
}

// Measure draws spikes and applies the rule.
func (b *Batch) Measure(repeats int) error {
	pre, post := b.layer(b.In, 1), b.layer(b.Out, 2)
	rule, s, dw := batch.New(batch.Published(b.Ticks)), &batch.Samples{}, make([]float32, b.In*b.Out)
	var failed error
	b.Ms = perUnit(repeats, func() int64 {
		if err := s.Load(b.Samples, b.Ticks, pre, post); err != nil {
			failed = err
		} else if err := rule.Add(dw, s, nil, 0, nil); err != nil {
			failed = err
		}
		return 1
	}).each(func(ns float64) float64 { return ns / 1e6 })
	return failed
}

// layer draws who fires, and when.
func (b *Batch) layer(neurons int, of uint64) batch.Layer {
	draw := random.Seed(1, random.Surrogate).Sub(of).Stream()
	l := batch.Layer{Neurons: neurons, First: make([]int32, b.Samples*neurons)}
	for k := range l.First {
		l.First[k] = int32(b.Ticks) // silent
		if fires, at := draw.Float64() < b.Active, draw.Intn(uint64(b.Ticks)); fires {
			l.First[k] = int32(at)
		}
	}
	return l
}
