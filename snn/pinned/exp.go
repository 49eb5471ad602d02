package pinned

import "math"

// Exp is e**x, within one unit in the last place; +Inf above 709.78, 0 below -745.14.
//
// x is reduced to k ln 2 + r with |r| <= ln 2 / 2, and the Taylor polynomial of
// degree 13 in r is exact to half a unit there.
func Exp(x float64) float64 {
	switch {
	case x != x || x > 709.782712893384:
		return x + math.Inf(1)
	case x < -745.1332191019412:
		return 0
	}
	k := math.Floor(math.FMA(x, math.Log2E, 0.5))
	r := math.FMA(-k, ln2Hi, x)
	r = math.FMA(-k, ln2Lo, r)
	y := 1 / 6227020800.0
	y = math.FMA(y, r, 1/479001600.0)
	y = math.FMA(y, r, 1/39916800.0)
	y = math.FMA(y, r, 1/3628800.0)
	y = math.FMA(y, r, 1/362880.0)
	y = math.FMA(y, r, 1/40320.0)
	y = math.FMA(y, r, 1/5040.0)
	y = math.FMA(y, r, 1/720.0)
	y = math.FMA(y, r, 1/120.0)
	y = math.FMA(y, r, 1/24.0)
	y = math.FMA(y, r, 1/6.0)
	y = math.FMA(y, r, 0.5)
	y = math.FMA(y*r, r, r) + 1
	return scale(y, int(k))
}

// Expm1 is e**x - 1, without cancellation near 0.
func Expm1(x float64) float64 {
	if math.Abs(x) > 0.6 || x != x {
		return Exp(x) - 1
	}
	y := 1.0 / 18
	for n := 17.0; n >= 2; n-- {
		y = math.FMA(y, x, 1) / n
	}
	return math.FMA(y*x, x, x)
}

// scale is y * 2**k, rounded once where the result is subnormal.
func scale(y float64, k int) float64 {
	switch {
	case k > 1000:
		return y * 0x1p1000 * math.Float64frombits(uint64(k-1000+1023)<<52)
	case k < -1000:
		return y * math.Float64frombits(uint64(k+1000+1023)<<52) * 0x1p-1000
	}
	return y * math.Float64frombits(uint64(k+1023)<<52)
}
