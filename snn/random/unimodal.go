package random

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
)

// aroundMode draws from a law on the integers 0 to most whose logarithm, 0 at the
// mode, is given: by the ratio of uniforms, under a hat that holds for binomial,
// Poisson and hypergeometric laws. About 1.3 tries in the mean.
// Source: Stadlober 1990, J. Comput. Appl. Math. 31:181.
func (s *Stream) aroundMode(mean, variance, most float64, log func(k float64) float64) uint64 {
	width := hatWidth(variance)
	for {
		u, v := s.Float64(), s.Float64()
		x := mean + 0.5 + float64(width*(v-0.5))/u
		if !(x >= 0 && x < most+1) {
			continue
		}
		k := math.Floor(x)
		l := log(k)
		if float64(u*(4-u))-3 <= l { // at least 2 ln u
			return uint64(k)
		}
		if float64(u*(u-l)) <= 1 && 2*pinned.Log(u) <= l {
			return uint64(k)
		}
	}
}

// hatWidth is 2 sqrt(2/e) sqrt(variance + 1/2) + 3 - 2 sqrt(3/e).
func hatWidth(variance float64) float64 {
	return float64(1.7155277699214135*math.Sqrt(variance+0.5)) + 0.8989161620588988
}

// factorials is ln((a+d)!/a!) for whole a >= 0, and +Inf where a+d < 0, which no law
// reaches. The error is about 1e-13 + 1e-15 |d| ln a.
func factorials(a, d float64) float64 {
	b := a + d
	switch {
	case b < 0:
		return math.Inf(1)
	case a < exactFactorials || b < exactFactorials:
		return logFactorial(b) - logFactorial(a)
	}
	return float64(d*pinned.Log(a)) + float64((b+0.5)*pinned.Log1p(d/a)) - d + stirling(b) - stirling(a)
}

// exactFactorials is from where Stirling's series is good to 1e-13.
const exactFactorials = 16

func logFactorial(x float64) float64 {
	if x < exactFactorials {
		product := 1.0
		for k := 2.0; k <= x; k++ {
			product *= k
		}
		return pinned.Log(product)
	}
	return float64((x+0.5)*pinned.Log(x)) - x + 0.9189385332046727 + stirling(x) // ln sqrt(2 pi)
}

// stirling is ln x! less (x + 1/2) ln x - x + ln sqrt(2 pi), for x >= 16.
func stirling(x float64) float64 {
	z := 1 / (x * x)
	return (1./12 - float64(z*(1./360-float64(z*(1./1260-float64(z/1680)))))) / x
}
