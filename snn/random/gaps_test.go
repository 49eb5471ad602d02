package random

import (
	"math"
	"testing"
)

// Every trial succeeds with chance p, and neighbours are independent.
func TestGapsAreIndependentTrials(t *testing.T) {
	for _, p := range []float64{1, 0.97, 0.5, 0.1, 0.032, 0.03, 0.004, 2e-4} {
		g := NewGaps(p)
		n := uint32(min(max(100/p, 300), 60_000))
		const rows = 3000
		hits, pairs := make([]float64, n), 0.0
		total := 0.0
		var row []uint32
		for r := range uint64(rows) {
			row = g.Row(Key(9).Sub(r), n, 7, row[:0])
			last := uint32(0)
			for k, x := range row {
				if x -= 7; x >= n || k > 0 && x <= last {
					t.Fatalf("p %v: row %v of %d trials", p, row, n)
				}
				if k > 0 && x == last+1 {
					pairs++
				}
				hits[x]++
				last = x
				total++
			}
		}
		within := func(what string, got, mean, deviation float64) {
			if math.Abs(got-mean) > 5*deviation+1e-9 {
				t.Errorf("p %v: %s is %v, expected %v with a deviation of %v", p, what, got, mean, deviation)
			}
		}
		trials := float64(n) * rows
		within("number of hits", total, trials*p, math.Sqrt(trials*p*(1-p)))
		within("number of neighbours", pairs, (trials-rows)*p*p, math.Sqrt(3*trials)*p)
		chi2 := 0.0
		for _, x := range hits {
			if p < 1 {
				chi2 += (x - rows*p) * (x - rows*p) / (rows * p * (1 - p))
			}
		}
		if p < 1 {
			within("chi square over positions", chi2, float64(n), math.Sqrt(float64(n)*(2+1/(rows*p))))
		}
	}
}

func BenchmarkGaps(b *testing.B) {
	g := NewGaps(0.1)
	var row []uint32
	hits := 0
	for i := 0; i < b.N; i++ {
		row = g.Row(Key(i), 1024, 0, row[:0])
		hits += len(row)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(hits), "ns/hit")
}
