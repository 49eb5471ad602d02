package plot

import (
	"math"

	"github.com/volley-snn/volley/internal/record"
)

// nice is the least of 1, 2, 5 times a power of ten that is not below x.
func nice(x float64) float64 {
	if !(x > 0) {
		return 1
	}
	base := math.Pow(10, math.Floor(math.Log10(x)))
	for _, factor := range []float64{1, 2, 5} {
		if factor*base >= x*(1-1e-9) {
			return factor * base
		}
	}
	return 10 * base
}

// short keeps some digits of a number that is only drawn.
func short(x float64, digits int) record.Number {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return record.Number(x)
	}
	scale := math.Pow(10, float64(digits-1)-math.Floor(math.Log10(math.Abs(x))))
	if y := math.Round(x*scale) / scale; !math.IsNaN(y) && !math.IsInf(y, 0) {
		return record.Number(y)
	}
	return record.Number(x)
}

// shortMs keeps a time to the microsecond.
func shortMs(ms float64) float64 { return math.Round(ms*1000) / 1000 }
