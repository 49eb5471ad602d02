package lane

import "math"

// tree adds up the eight sums of a row.
func tree(s *[8]float32) float32 {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

// Normalize shifts and scales x to mean 0 and variance 1, of the population, plus
// eps; inverse is what it was scaled by.
func Normalize(x []float32, eps float32) (inverse float32) {
	var s [8]float32
	whole := len(x) &^ 7
	for k := 0; k < whole; k += 8 {
		y := x[k : k+8 : k+8]
		for l := range s {
			s[l] += y[l]
		}
	}
	for k, y := range x[whole:] {
		s[k] += y
	}
	mean := tree(&s) / float32(len(x))
	s = [8]float32{}
	for k := 0; k < whole; k += 8 {
		y := x[k : k+8 : k+8]
		for l := range s {
			d := y[l] - mean
			y[l] = d
			s[l] += float32(d * d)
		}
	}
	for k, y := range x[whole:] {
		d := y - mean
		x[whole+k] = d
		s[k] += float32(d * d)
	}
	inverse = float32(1 / math.Sqrt(float64(tree(&s)/float32(len(x))+eps)))
	for k, d := range x {
		x[k] = float32(d * inverse)
	}
	return inverse
}

// NormalizeBack makes the gradient at Normalize's input, in out, of that at its
// output: g[k] scale[k], where x is the output and inverse what Normalize returned.
// scale nil is 1.
func NormalizeBack(out, g, scale, x []float32, inverse float32) {
	var sum, along [8]float32
	n := len(g)
	if scale == nil {
		copy(out, g)
	} else {
		for k, y := range g {
			out[k] = float32(y * scale[k])
		}
	}
	whole := n &^ 7
	for k := 0; k < whole; k += 8 {
		a, b := out[k:k+8:k+8], x[k:k+8:k+8]
		for l := range sum {
			sum[l] += a[l]
			along[l] += float32(a[l] * b[l])
		}
	}
	for k := whole; k < n; k++ {
		sum[k-whole] += out[k]
		along[k-whole] += float32(out[k] * x[k])
	}
	mean, slope := tree(&sum)/float32(n), tree(&along)/float32(n)
	for k, y := range out[:n] {
		out[k] = float32(inverse * (y - mean - float32(x[k]*slope)))
	}
}
