package matrix

import (
	"fmt"
	"testing"
	"time"

	"github.com/volley-snn/volley/snn/random"
)

// least reports the shortest run, which others on the machine disturb least.
func least(b *testing.B, flop float64, run func()) {
	ns := 1e18
	for b.Loop() {
		start := time.Now()
		run()
		ns = min(ns, float64(time.Since(start).Nanoseconds()))
	}
	b.ReportMetric(ns/1e6, "least-ms")
	b.ReportMetric(flop/ns, "GFLOP/s")
}

// BenchmarkProduct is the products of a shard of the paper's single-layer network,
// beside the most fused products that a core can do. Listed sums count the flop of
// the dense product that they stand for.
func BenchmarkProduct(b *testing.B) {
	s := random.Seed(1, random.Weights).Stream()
	if vectors {
		b.Run("peak", func(b *testing.B) { least(b, 2*96e6, func() { peakFMA(1e6) }) })
	}
	const m, n = 64, 1024
	a, w, c := fill(&s, m*n), fill(&s, n*n), make([]float32, m*n)
	var p Product
	var right Packed
	b.Run("pack_transposed", func(b *testing.B) { least(b, 0, func() { right.PackTransposed(w, n, n) }) })
	right.Pack(w, n, n)
	b.Run("dense", func(b *testing.B) { least(b, 2*m*n*n, func() { p.Add(c, a, m, &right) }) })
	var blocks Blocks
	b.Run("pack_blocks", func(b *testing.B) { least(b, 0, func() { blocks.Pack(w, n, n) }) })
	for _, density := range []float64{0.05, 0.1, 0.3, 0.5} {
		var l, lt Lists
		l.Reset(n)
		for range 10 * m {
			l.Append(spikes(&s, n, density))
		}
		l.Transpose(&lt, 0, 10*m)
		blocks.Pack(w, n, n)
		b.Run(fmt.Sprintf("listed_%g", density), func(b *testing.B) { least(b, 2*m*n*n, func() { l.AddRows(c, &blocks, 0, m) }) })
		g := fill(&s, 10*m*n)
		blocks.Pack(g, 10*m, n)
		b.Run(fmt.Sprintf("gradient_%g", density), func(b *testing.B) { least(b, 2*10*m*n*n, func() { lt.AddRows(w, &blocks, 0, n) }) })
	}
}
