package matrix

import "math"

// FMA is x*y + z, rounded once to float32.
//
// The product is exact in float64. Where the sum is not, it is rounded to the
// neighbour whose last bit is odd, which the second rounding, to float32, treats as
// it would the exact sum (Boldo and Melquiond 2008).
func FMA(x, y, z float32) float32 {
	p, c := float64(float64(x)*float64(y)), float64(z)
	s := p + c
	fromC := s - p
	rest := (p - (s - fromC)) + (c - fromC)
	if b := math.Float64bits(s); rest != 0 && b&1 == 0 {
		if (rest > 0) == (s > 0) {
			b++
		} else {
			b--
		}
		s = math.Float64frombits(b)
	}
	return float32(s)
}
