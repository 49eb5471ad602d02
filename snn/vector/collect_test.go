package vector

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestCollect(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 50 {
		to, from, want := make([]int32, n), make([]int32, n+1), make([]int32, n)
		for i := range to {
			to[i], from[i] = r.Int32(), r.Int32()
			want[i] = to[i] + from[i]
		}
		from[n] = 7 // behind the end
		Collect(to, from[:n])
		if !slices.Equal(to, want) || !slices.Equal(from, append(make([]int32, n), 7)) {
			t.Fatalf("%d numbers: got %v and left %v, expected %v and zeros up to the end", n, to, from, want)
		}
	}
}

func BenchmarkCollect(b *testing.B) {
	to, from := make([]int32, 10_000), make([]int32, 10_000)
	for b.Loop() {
		Collect(to, from)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(to)), "ns/number")
}
