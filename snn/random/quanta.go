package random

import "math"

// Quanta sets out[k] to x[k]*inverse as a whole number, to nearest even, and
// returns the largest |x[k]|; |x[k]*inverse| is below 2^31. NaN is no number.
func Quanta(x []float64, inverse float64, out []int32) (most float64) {
	out = out[:len(x)]
	done := 0
	if n := len(x) &^ 3; vectors && n > 0 {
		most = quanta4(&x[0], inverse, &out[0], n)
		done = n
	}
	for k, v := range x[done:] {
		most = max(most, math.Abs(v))
		out[done+k] = int32(math.Float64bits(float64(v*inverse) + 0x1.8p52))
	}
	return most
}
