package random

import (
	"math"
	"testing"
)

// Quanta against rounding number by number, at every length of the tail.
func TestQuantaRounds(t *testing.T) {
	key := Seed(3, Weights)
	for n := range 40 {
		x := make([]float64, n)
		Distribution{Kind: Normal, A: -3, B: 1000}.Fill(key.Sub(uint64(n)), x)
		for k := range x {
			if k%5 == 0 {
				x[k] = math.Floor(x[k]) + 0.5 // halfway
			}
		}
		out := make([]int32, n+1)
		most := Quanta(x, 8, out)
		want := 0.0
		for k, v := range x {
			want = max(want, math.Abs(v))
			if out[k] != int32(math.RoundToEven(v*8)) {
				t.Fatalf("%v is %d quanta, expected %v", v, out[k], math.RoundToEven(v*8))
			}
		}
		if most != want || out[n] != 0 {
			t.Errorf("%d numbers: the largest is %v, expected %v; %d beyond the end", n, most, want, out[n])
		}
	}
}

func BenchmarkFill(b *testing.B) {
	out := make([]float64, 1000)
	d := Distribution{Kind: Normal, A: 50, B: 5, Bounded: true, Max: 1e9}
	for b.Loop() {
		d.Fill(7, out)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(1000*b.N), "ns/number")
}
