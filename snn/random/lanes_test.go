package random

import (
	"math"
	"math/bits"
	"testing"
)

// Words of a lane are even in every bit, and know nothing of the word after them or
// of the same word of a neighbouring key: of n coins, 5 standard deviations.
func TestLanesAreEven(t *testing.T) {
	const n = 1 << 16
	key := Seed(1, Rounding)
	one, other := key.Sub(1).Lanes(), key.Sub(2).Lanes()
	tolerance := 5 * math.Sqrt(n) / 2
	ones, next, across := [32]int{}, [32]int{}, [32]int{}
	count := func(to *[32]int, w uint32) {
		for ; w != 0; w &= w - 1 {
			to[bits.TrailingZeros32(w)]++
		}
	}
	sum := 0.0
	for k := range uint32(n) {
		w := one.At(k)
		count(&ones, w)
		count(&next, w^one.At(k+1))
		count(&across, w^other.At(k))
		u := one.Uniform(k)
		if !(u > 0 && u < 1) {
			t.Fatalf("Uniform(%d) is %v", k, u)
		}
		sum += float64(u)
	}
	for name, counts := range map[string][32]int{"ones": ones, "changes to the next": next, "changes to another key": across} {
		for bit, c := range counts {
			if math.Abs(float64(c)-n/2) > tolerance {
				t.Errorf("bit %d: %d %s in %d words, expected %d +- %.0f", bit, c, name, n, n/2, tolerance)
			}
		}
	}
	if mean := sum / n; math.Abs(mean-0.5) > 5/math.Sqrt(12*n) {
		t.Errorf("the mean of %d numbers is %v", n, mean)
	}
}
