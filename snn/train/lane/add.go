package lane

// Add adds x to out.
func Add(out, x []float32) {
	out = out[:len(x)]
	for k, y := range x {
		out[k] += y
	}
}

// AddProduct adds x y to out, element by element.
func AddProduct(out, x, y []float32) {
	out, y = out[:len(x)], y[:len(x)]
	for k, a := range x {
		out[k] += float32(a * y[k])
	}
}

// TwoAffine sets out to x a + y b + c, element by element.
func TwoAffine(out, x, a, y, b, c []float32) {
	n := len(out)
	x, a, y, b, c = x[:n], a[:n], y[:n], b[:n], c[:n]
	for k := range out {
		out[k] = float32(x[k]*a[k]) + float32(y[k]*b[k]) + c[k]
	}
}
