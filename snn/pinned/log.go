package pinned

import "math"

// odd holds 2/(2k+3): the series of ln(1+f) in s = f/(2+f), after its first term.
var odd = [...]float64{2. / 3, 2. / 5, 2. / 7, 2. / 9, 2. / 11, 2. / 13, 2. / 15, 2. / 17, 2. / 19, 2. / 21, 2. / 23}

// Log is the natural logarithm, within about one unit in the last place; -Inf at
// 0, NaN below.
func Log(x float64) float64 {
	switch {
	case x != x || math.IsInf(x, 1):
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		k--
	}
	return logNear(m-1, float64(k))
}

// Log1p is ln(1+x), without cancellation near 0.
func Log1p(x float64) float64 {
	if math.Abs(x) < 0.29 {
		return logNear(x, 0)
	}
	return Log(1 + x)
}

// logNear is k ln 2 + ln(1+f) for f in [sqrt(1/2)-1, sqrt(2)-1].
func logNear(f, k float64) float64 {
	s := f / (2 + f)
	z := s * s
	half := float64(float64(0.5*f) * f)
	r := float64(z * horner(z, odd[:]))
	low := math.FMA(s, half+r, k*ln2Lo)
	return math.FMA(k, ln2Hi, f-(half-low))
}

// Pow is x**y for x > 0, by Exp and Log: relative error about |y ln x| units in
// the last place, which suffices for parameters. Pow(0, y) is 0 for y > 0 and 1
// for y = 0; NaN for x < 0.
func Pow(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case y == 1:
		return x
	case x == 0 && y > 0:
		return 0
	}
	return Exp(float64(y * Log(x)))
}
