package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// firstOnto is a binary search.
func TestFirstOntoIsABinarySearch(t *testing.T) {
	draws := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		n := 1 + draws.IntN(300)
		row := make([]uint16, draws.IntN(200))
		most := 1 + draws.IntN(n)
		for k := range row {
			row[k] = uint16(draws.IntN(most))
		}
		slices.Sort(row)
		for j := 0; j <= n; j += 1 + draws.IntN(20) {
			want, _ := slices.BinarySearch(row, uint16(j))
			if got := firstOnto(row, j, n); got != want {
				t.Fatalf("target %d of %d in %v: %d, expected %d", j, n, row, got, want)
			}
		}
	}
}
