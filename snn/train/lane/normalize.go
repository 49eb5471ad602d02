package lane

import "math"

// tree adds up the eight sums of a row.
func tree(s *[8]float32) float32 {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

// kernels reports whether the kernels take a row of n numbers, which they do whole
// or not at all.
func kernels(n int) bool { return vectors && n > 0 && n%8 == 0 }

// Normalize shifts and scales x to mean 0 and variance 1, of the population, plus
// eps; inverse is what it was scaled by.
func Normalize(x []float32, eps float32) (inverse float32) {
	squares := center(x, sum(x)/float32(len(x)))
	inverse = float32(1 / math.Sqrt(float64(squares/float32(len(x))+eps)))
	Scale(x, inverse)
	return inverse
}

// sum is the sum of x.
func sum(x []float32) float32 {
	if kernels(len(x)) {
		return sumAVX2(&[]*float32{&x[0]}[0], len(x))
	}
	var s [8]float32
	for k, y := range x {
		s[k&7] += y
	}
	return tree(&s)
}

// center takes the mean from x, and returns the sum of squares of what is left.
func center(x []float32, mean float32) float32 {
	if kernels(len(x)) {
		return centerAVX2(&[]*float32{&x[0]}[0], len(x), mean)
	}
	var s [8]float32
	for k, y := range x {
		d := y - mean
		x[k] = d
		s[k&7] += float32(d * d)
	}
	return tree(&s)
}

// NormalizeBack makes the gradient at Normalize's input, in out, of that at its
// output: g[k] scale[k], where x is the output and inverse what Normalize returned.
func NormalizeBack(out, g, scale, x []float32, inverse float32) {
	n := len(g)
	out, scale, x = out[:n], scale[:n], x[:n]
	total, along := scaledSums(out, g, scale, x)
	mean, slope := total/float32(n), along/float32(n)
	if kernels(n) {
		normalFinishAVX2(&[]*float32{&out[0], &x[0]}[0], n, mean, slope, inverse)
		return
	}
	for k, y := range out {
		out[k] = float32(inverse * (y - mean - float32(x[k]*slope)))
	}
}

// scaledSums sets out to g scale, and returns the sums of out and of out x.
func scaledSums(out, g, scale, x []float32) (total, along float32) {
	n := len(out)
	if kernels(n) {
		return scaledSumsAVX2(&[]*float32{&out[0], &g[0], &scale[0], &x[0]}[0], n)
	}
	var s, a [8]float32
	for k := range out {
		y := float32(g[k] * scale[k])
		out[k] = y
		s[k&7] += y
		a[k&7] += float32(y * x[k])
	}
	return tree(&s), tree(&a)
}
