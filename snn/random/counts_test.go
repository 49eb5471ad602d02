package random

import (
	"fmt"
	"math"
	"testing"
)

// logChoose is ln(n over k), by Go's own log-gamma.
func logChoose(n, k uint64) float64 {
	if k > n {
		return math.Inf(-1)
	}
	f := func(x uint64) float64 { l, _ := math.Lgamma(float64(x) + 1); return l }
	return f(n) - f(k) - f(n-k)
}

func binomialLaw(n uint64, p float64) func(k uint64) float64 {
	return func(k uint64) float64 {
		return math.Exp(logChoose(n, k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	}
}

func hypergeometricLaw(n, good, bad uint64) func(k uint64) float64 {
	return func(k uint64) float64 {
		if k > n {
			return 0
		}
		return math.Exp(logChoose(good, k) + logChoose(bad, n-k) - logChoose(good+bad, n))
	}
}

// fits compares draws with their law by chi-square, over cells in which at least
// ten are expected.
func fits(t *testing.T, name string, draws int, most uint64, law func(uint64) float64, draw func() uint64) {
	t.Helper()
	counts := map[uint64]int{}
	for range draws {
		k := draw()
		if k > most {
			t.Fatalf("%s: drew %d of at most %d", name, k, most)
		}
		counts[k]++
	}
	chi2, cells, expected, observed := 0.0, 0, 0.0, 0
	for k := uint64(0); k <= most; k++ {
		expected += law(k) * float64(draws)
		observed += counts[k]
		if expected >= 10 {
			chi2 += (float64(observed) - expected) * (float64(observed) - expected) / expected
			cells++
			expected, observed = 0, 0
		}
	}
	if float64(observed) > expected+6*math.Sqrt(expected)+6 {
		t.Errorf("%s: %d draws in a tail where %.3g are expected", name, observed, expected)
	}
	if freedom := float64(cells - 1); cells > 1 {
		if off := (chi2 - freedom) / math.Sqrt(2*freedom); off > 5 {
			t.Errorf("%s: chi-square %.1f of %v degrees of freedom", name, chi2, freedom)
		}
	}
}

func TestBinomialLaw(t *testing.T) {
	s := Seed(1, Order).Stream()
	for _, c := range []struct {
		n uint64
		p float64
	}{{0, 0.3}, {1, 0.2}, {16, 0.4}, {17, 0.05}, {40, 0.5}, {200, 0.5}, {3000, 0.5}, {100, 0.01}, {100, 0.97}, {5000, 0.3}, {100_000, 1e-4}, {1_000_000, 0.4999}} {
		fits(t, fmt.Sprint("binomial ", c), 60_000, c.n, binomialLaw(c.n, c.p), func() uint64 { return s.Binomial(c.n, c.p) })
	}
}

func TestHypergeometricLaw(t *testing.T) {
	s := Seed(2, Order).Stream()
	for _, c := range [][3]uint64{
		{0, 3, 3}, {3, 0, 3}, {3, 3, 0}, {4, 2, 3}, {5, 5, 5}, {9, 5, 5}, {31, 32, 31}, {40, 64, 65}, {60, 64, 64}, {500, 5000, 5001}, {900, 1000, 1000},
		{30, 100, 4000}, {2000, 100, 4000}, {700, 3000, 900}, {3500, 3000, 900}, {50_000, 70_000, 1_000_000},
	} {
		fits(t, fmt.Sprint("hypergeometric ", c), 60_000, min(c[0], c[1]), hypergeometricLaw(c[0], c[1], c[2]), func() uint64 { return s.Hypergeometric(c[0], c[1], c[2]) })
	}
}

// Where counts are too large for cells, mean and variance must be right.
func TestLargeCountsMoments(t *testing.T) {
	const draws = 100_000
	s := Seed(3, Order).Stream()
	check := func(name string, mean, variance float64, draw func() uint64) {
		m, v := moments(draws, func(uint64) float64 { return float64(draw()) - mean })
		if math.Abs(m) > 5*math.Sqrt(variance/draws) {
			t.Errorf("%s: the mean is off by %g, with a standard error of %g", name, m, math.Sqrt(variance/draws))
		}
		if math.Abs(v/variance-1) > 5*math.Sqrt(2./draws) {
			t.Errorf("%s: variance %g, expected %g", name, v, variance)
		}
	}
	const n, p = 30_000_000_000, 0.3
	check("binomial", n*p, n*p*(1-p), func() uint64 { return s.Binomial(n, p) })
	const taken, good, bad = 4e9, 5e11, 7e11
	share := good / (good + bad)
	check("hypergeometric", taken*share, taken*share*(1-share)*(good+bad-taken)/(good+bad-1), func() uint64 { return s.Hypergeometric(taken, good, bad) })
}

// The ratio of uniforms draws exactly where its hat covers the law: here, for every
// law of a grid, at both ends of each step.
func TestHatCoversTheLaws(t *testing.T) {
	covers := func(name string, mean, variance float64, most uint64, law func(uint64) float64) {
		top := 0.0
		for k := uint64(0); k <= most; k++ {
			top = max(top, law(k))
		}
		for k := uint64(0); k <= most; k++ {
			reach := max(math.Abs(float64(k)-mean-0.5), math.Abs(float64(k)+0.5-mean)) * math.Sqrt(law(k)/top)
			if reach > hatWidth(variance)/2*(1+1e-9) {
				t.Errorf("%s: the hat reaches %g, the law %g at %d", name, hatWidth(variance)/2, reach, k)
				return
			}
		}
	}
	for _, n := range []uint64{17, 18, 25, 40, 100, 400, 2000} {
		for p := 1. / 512; p <= 0.5; p *= 1.17 {
			covers(fmt.Sprint("binomial ", n, p), float64(n)*p, float64(n)*p*(1-p), n, binomialLaw(n, p))
		}
		for _, good := range []uint64{n, n + 1, 2 * n, 5 * n} {
			for _, bad := range []uint64{good, good + 1, good + good/4, 3 * good, 40 * good} {
				share := float64(good) / float64(good+bad)
				variance := float64(n) * share * (1 - share) * float64(good+bad-n) / float64(good+bad-1)
				covers(fmt.Sprint("hypergeometric ", n, good, bad), float64(n)*share, variance, n, hypergeometricLaw(n, good, bad))
			}
		}
	}
}

func TestFactorials(t *testing.T) {
	for _, a := range []float64{0, 1, 3, 15, 16, 17, 40, 1000, 1e6} {
		for _, d := range []float64{-1000, -16, -3, -1, 0, 1, 2, 13, 50, 900} {
			if a+d < 0 {
				continue
			}
			x, _ := math.Lgamma(a + d + 1)
			y, _ := math.Lgamma(a + 1)
			if got, want := factorials(a, d), x-y; math.Abs(got-want) > 1e-13+4e-15*max(x, y) {
				t.Errorf("factorials(%v, %v) = %v, want %v", a, d, got, want)
			}
		}
	}
}

func BenchmarkCounts(b *testing.B) {
	s := Seed(1, Order).Stream()
	for name, draw := range map[string]func() uint64{
		"binomial":       func() uint64 { return s.Binomial(100_000, 0.48) },
		"hypergeometric": func() uint64 { return s.Hypergeometric(100_000, 1_000_000, 1_300_000) },
		"halves":         func() uint64 { return s.Hypergeometric(60, 1000, 1001) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				draw()
			}
		})
	}
}
