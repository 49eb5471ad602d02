package random

import (
	"math"
	"unsafe"

	"github.com/volley-snn/volley/snn/pinned"
)

// normal is the quantile of the standard normal distribution at unit(w), to about
// 1e-9 absolute, in a quarter of the time of pinned.NormQuantile: a polynomial on
// each of 16 spans of every octave of min(u, 1-u).
func normal(w uint64) float64 {
	span, t, upper := locate(w)
	return mirrored(normals[span].at(t), upper)
}

// locate is which span min(u, 1-u) lies in, how far, 0 to 1, and all ones where u
// is over 1/2.
func locate(w uint64) (span uint64, t float64, upper uint64) {
	upper = uint64(int64(w) >> 63)
	r := (w^upper)>>12<<1 | 1 // min(u, 1-u) in units of 2^-53
	b := math.Float64bits(float64(int64(r)))
	return (b>>spanBits - firstSpan) % spans, math.Float64frombits(b&(1<<spanBits-1)<<4|oneBits) - 1, upper
}

// polynomial holds coefficients, the constant first.
type polynomial [degree + 1]float64

func (c *polynomial) at(t float64) float64 {
	x := float64(c[5]*t) + c[4]
	x = float64(x*t) + c[3]
	x = float64(x*t) + c[2]
	x = float64(x*t) + c[1]
	return float64(x*t) + c[0]
}

// mirrored is -x where upper.
func mirrored(x float64, upper uint64) float64 {
	return math.Float64frombits(math.Float64bits(x) ^ upper<<63)
}

const (
	degree    = 5
	spanBits  = 48                 // of a float64 below its exponent and 4 bits of its fraction
	spans     = 1 << 10            // 16 of each octave from 2^-53, the smallest u there is, to 1/2, and idle ones
	firstSpan = 1023 << 4          // that of 2^-53, which counts as 1
	oneBits   = uint64(1023) << 52 // of 1.0
)

// normals holds the polynomials, which meet pinned.NormQuantile at the Chebyshev
// points of their spans.
var normals = normalTable()

func normalTable() *[spans]polynomial {
	// (1 + cos((2k+1)/12 pi))/2
	points := [degree + 1]float64{0.017037086855465844, 0.14644660940672624, 0.37059047744873963, 0.6294095225512604, 0.8535533905932737, 0.9829629131445341}
	table := new([spans]polynomial)
	for span := range 52 * 16 {
		low := math.Ldexp(math.Float64frombits(uint64(span+firstSpan)<<spanBits), -53)
		width := math.Ldexp(math.Float64frombits(uint64(span+firstSpan+1)<<spanBits), -53) - low
		var differences [degree + 1]float64 // divided, by Newton
		for k, t := range points {
			differences[k] = pinned.NormQuantile(low + float64(width*t))
		}
		for order := 1; order <= degree; order++ {
			for k := degree; k >= order; k-- {
				differences[k] = (differences[k] - differences[k-1]) / (points[k] - points[k-order])
			}
		}
		c := &table[span]
		for k := degree; k >= 0; k-- { // c = c (t - points[k]) + differences[k]
			for i := degree; i > 0; i-- {
				c[i] = c[i-1] - float64(c[i]*points[k])
			}
			c[0] = differences[k] - float64(c[0]*points[k])
		}
	}
	return table
}

// normalDraws is what normals4 works on.
type normalDraws struct {
	table     *[spans]polynomial
	counter   uint64 // of the first word
	mean, std float64
	low, high float64 // of the numbers; first what they cannot be above and below
}

// fillNormal sets out[n] to a + b times the normal deviate of word n of key, and
// returns the first of them that it has not told the span of, low to high.
func fillNormal(key Key, a, b float64, out []float64) (known int, low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	if known = len(out) &^ 3; vectors && known > 0 {
		d := normalDraws{table: normals, counter: uint64(key), mean: a, std: b, low: low, high: high}
		normals4((*byte)(unsafe.Pointer(&d)), &out[0], known)
		low, high = d.low, d.high
	} else {
		known = 0
	}
	table, counter := normals, uint64(key)+uint64(known)*golden
	for n := known; n < len(out); n++ {
		span, t, upper := locate(mix(counter))
		counter += golden
		out[n] = a + float64(b*mirrored(table[span].at(t), upper))
	}
	return known, low, high
}
