package lane

import "math"

// The constants of exp: ln 2 in two parts, of which the first has few bits, so that
// its products with small whole numbers are exact; and Taylor's coefficients.
const (
	leastExp = -87.33654
	log2E    = 1.44269504088896341
	ln2High  = 0.693359375
	ln2Low   = -2.12194440e-4
	rounder  = 12582912 // 1.5 2^23: adding it leaves no fraction
)

var taylor = [...]float32{1. / 720, 1. / 120, 1. / 24, 1. / 6, 0.5, 1, 1}

// exp is e**x for x <= 0, to about 2e-7 relative; below leastExp that of leastExp.
func exp(x float32) float32 {
	x = max(x, leastExp)
	k := float32(x*log2E) + rounder
	k -= rounder
	r := x - float32(k*ln2High)
	r -= float32(k * ln2Low)
	y := taylor[0]
	for _, c := range taylor[1:] {
		y = float32(y*r) + c
	}
	return float32(y * math.Float32frombits(uint32(int32(k)+127)<<23))
}
