package partition

import (
	"math/rand/v2"
	"testing"

	"github.com/volley-snn/volley/snn"
)

func TestCutCoversAllOnceAndBalances(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		cost := make([]float64, 1+r.IntN(300))
		total, largest := 0.0, 0.0
		for i := range cost {
			cost[i] = r.Float64() * 10
			total += cost[i]
			largest = max(largest, cost[i])
		}
		n := 1 + r.IntN(min(9, len(cost)))
		next := snn.GID(0)
		for _, part := range Cut(cost, n) {
			if part.First != next || part.Len() < 1 {
				t.Fatalf("%d neurons in %d: range %v after %d", len(cost), n, part, next)
			}
			sum := 0.0
			for g := part.First; g < part.End; g++ {
				sum += cost[g]
			}
			if share := total / float64(n); sum > share+2*largest && len(cost) > 3*n {
				t.Errorf("%d neurons in %d: a part costs %v, a fair share is %v", len(cost), n, sum, share)
			}
			next = part.End
		}
		if int(next) != len(cost) {
			t.Fatalf("%d of %d neurons are in a part", next, len(cost))
		}
	}
}
