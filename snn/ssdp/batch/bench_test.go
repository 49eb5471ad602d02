package batch

import (
	"fmt"
	"testing"

	"github.com/volley-snn/volley/snn/ssdp"
)

// BenchmarkRule is what a training step costs: spikes to weights. pairs are those
// of two active neurons; the naive loop has an exponential for every pair there is.
func BenchmarkRule(b *testing.B) {
	for _, c := range []struct {
		samples, in, out, ticks int
		active                  float64
	}{
		{128, 512, 512, 4, 0.1}, {128, 512, 512, 4, 0.3},
		{256, 1024, 1024, 10, 0.02}, {256, 1024, 1024, 10, 0.1}, {256, 1024, 1024, 10, 0.3},
		{64, 2048, 2048, 10, 0.1}, {64, 2048, 2048, 10, 0.3},
		{128, 512, 10, 4, 0.1}, {32, 128, 20, 1000, 0.1},
	} {
		tr := newTrial(c.samples, c.ticks, c.in, c.out, 1.25*c.active, false, whole, 1) // a fifth is silent
		tr.pre.Fired, tr.post.Fired = nil, nil
		dw := make([]float32, c.in*c.out)
		s := &Samples{}
		pairs := 0.0
		must(b, s.Load(c.samples, c.ticks, tr.pre, tr.post))
		for _, x := range s.S() {
			pairs += x * float64(c.in*c.out)
		}
		bench := func(name string, p Params, gate []float64) {
			b.Run(fmt.Sprintf("B%d_in%d_out%d_T%d_%g%%/%s", c.samples, c.in, c.out, c.ticks, 100*c.active, name), func(b *testing.B) {
				r := New(p)
				var chance *Chance
				if p.OneSilent == ssdp.Chance {
					chance = NewChance(r, c.in, c.out)
					st := &Statistics{}
					s.Count(st)
					chance.Add(st)
				}
				ms := least(b, func() {
					must(b, s.Load(c.samples, c.ticks, tr.pre, tr.post))
					must(b, r.Add(dw, s, gate, 0, chance))
				})
				b.ReportMetric(ms*1e6/pairs, "least-ns/pair")
			})
		}
		bench("published", Published(c.ticks), nil)
		bench("chance", Corrected(c.ticks), nil)
		gates := make([]float64, c.samples)
		for k := range gates {
			gates[k] = 2 * float64(k) / float64(c.samples)
		}
		bench("dopamine", PublishedDopamine(c.ticks), gates)
		b.Run(fmt.Sprintf("B%d_in%d_out%d_T%d_%g%%/naive", c.samples, c.in, c.out, c.ticks, 100*c.active), func(b *testing.B) {
			least(b, func() { tr.naive(Published(c.ticks), nil) })
		})
	}
}
