package random

import (
	"math"
	"testing"
)

func moments(n int, draw func(i uint64) float64) (mean, variance float64) {
	var sum, sum2 float64
	for i := range n {
		x := draw(uint64(i))
		sum += x
		sum2 += x * x
	}
	mean = sum / float64(n)
	return mean, sum2/float64(n) - mean*mean
}

func TestDistributionMoments(t *testing.T) {
	const n = 200_000
	for _, c := range []struct {
		d              Distribution
		mean, variance float64
	}{
		{Const(3), 3, 0},
		{Distribution{Kind: Uniform, A: -1, B: 3}, 1, 16. / 12},
		{Distribution{Kind: Normal, A: 2, B: 0.5}, 2, 0.25},
		{Distribution{Kind: Lognormal, A: 0.5, B: 0.4}, math.Exp(0.5 + 0.08), (math.Exp(0.16) - 1) * math.Exp(1+0.16)},
		{Distribution{Kind: Exponential, A: 4}, 4, 16},
	} {
		key := Seed(7, Weights)
		mean, variance := moments(n, func(i uint64) float64 { return c.d.Draw(key, i) })
		if math.Abs(mean-c.mean) > 5*math.Sqrt(c.variance/n)+1e-12 {
			t.Errorf("%v: mean %v, want %v", c.d, mean, c.mean)
		}
		if math.Abs(variance-c.variance) > 0.05*c.variance+1e-9 {
			t.Errorf("%v: variance %v, want %v", c.d, variance, c.variance)
		}
	}
}

func TestBoundsHold(t *testing.T) {
	for _, bounds := range []Bounds{Redraw, Clip} {
		d := Distribution{Kind: Normal, A: 1.5, B: 0.75, Bounded: true, Min: 0.1, Max: 2, Bounds: bounds}
		atBound := 0
		for i := range uint64(10_000) {
			x := d.Draw(Seed(1, Delays), i)
			if x < 0.1 || x > 2 {
				t.Fatalf("%s: draw %v outside [0.1, 2]", bounds, x)
			}
			if x == 2 {
				atBound++
			}
		}
		if (bounds == Clip) != (atBound > 0) {
			t.Errorf("%s: %d draws lie on the bound", bounds, atBound)
		}
	}
}

func TestStreamsOfDifferentKeysDoNotMeet(t *testing.T) {
	seen := map[uint64]bool{}
	for p := Connectivity; p <= Surrogate; p++ {
		for g := range uint64(200) {
			for n := range uint64(50) {
				w := Seed(1, p).Sub(g).At(n)
				if seen[w] {
					t.Fatalf("word %#x drawn twice (purpose %d, part %d, word %d)", w, p, g, n)
				}
				seen[w] = true
			}
		}
	}
}

func TestIntnIsUniform(t *testing.T) {
	const n, cells = 130_000, 13
	var count [cells]int
	s := Seed(5, Order).Stream()
	for range n {
		count[s.Intn(cells)]++
	}
	chi2 := 0.0
	for _, c := range count {
		d := float64(c) - n/cells
		chi2 += d * d / (n / cells)
	}
	if chi2 > 40 { // 12 degrees of freedom: p < 1e-4 above 39
		t.Errorf("chi-square %v", chi2)
	}
}
