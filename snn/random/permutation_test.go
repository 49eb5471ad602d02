package random

import (
	"math"
	"testing"
)

func TestPermutationIsABijection(t *testing.T) {
	for _, n := range []uint64{0, 1, 2, 3, 7, 100, shuffledUpTo, shuffledUpTo + 1, 2500, 2501, 50_021} {
		seen := make([]bool, n)
		p := Seed(n, Order).Permutation(n)
		for i := range n {
			to := p.At(i)
			if to >= n || seen[to] {
				t.Fatalf("n = %d: %d goes to %d, outside or for the second time", n, i, to)
			}
			seen[to] = true
		}
	}
}

// All orders of four are drawn alike.
func TestSmallPermutationsAreUniform(t *testing.T) {
	const draws = 48_000
	counts := map[[4]uint64]int{}
	for k := range uint64(draws) {
		p := Seed(k, Order).Permutation(4)
		counts[[4]uint64{p.At(0), p.At(1), p.At(2), p.At(3)}]++
	}
	chi2 := 0.0
	for _, c := range counts {
		chi2 += (float64(c) - draws/24) * (float64(c) - draws/24) / (draws / 24)
	}
	if len(counts) != 24 || chi2 > 60 { // 23 degrees of freedom: p < 1e-4 above 56
		t.Errorf("%d orders, chi-square %v", len(counts), chi2)
	}
}

// Neighbours must part: the distance of the images of i and i+step, and which
// tenth each lands in, are as of independent draws.
func TestLargePermutationsPartNeighbours(t *testing.T) {
	const n, cells = 100_000, 10
	for seed := range uint64(5) {
		p := Seed(seed, Order).Permutation(n)
		for _, step := range []uint64{1, 2, 317, 316, 1000} { // 317 x 316 is the network's grid
			var counts [cells][cells]int
			for i := range uint64(n) {
				counts[p.At(i)*cells/n][p.At((i+step)%n)*cells/n]++
			}
			chi2, each := 0.0, float64(n)/cells/cells
			for _, row := range counts {
				for _, c := range row {
					chi2 += (float64(c) - each) * (float64(c) - each) / each
				}
			}
			// rows and columns are exact, so 81 degrees of freedom
			if off := (chi2 - 81) / math.Sqrt(2*81); off > 5 {
				t.Errorf("seed %d, step %d: chi-square %.0f of 81 degrees of freedom", seed, step, chi2)
			}
		}
	}
}

func BenchmarkPermutation(b *testing.B) {
	p, sum := Seed(1, Order).Permutation(10_000_000), uint64(0)
	for i := uint64(0); b.Loop(); i++ {
		sum += p.At(i % p.n)
	}
	_ = sum
}
