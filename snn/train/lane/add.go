package lane

// whole is how many of n numbers the kernels take: all but the last few.
func whole(n int) int {
	if !vectors {
		return 0
	}
	return n &^ 7
}

// Add adds x to out.
func Add(out, x []float32) {
	out = out[:len(x)]
	from := whole(len(x))
	if from > 0 {
		addAVX2(&[]*float32{&out[0], &x[0]}[0], from)
	}
	for k, y := range x[from:] {
		out[from+k] += y
	}
}

// AddProduct adds x y to out, element by element.
func AddProduct(out, x, y []float32) {
	out, y = out[:len(x)], y[:len(x)]
	from := whole(len(x))
	if from > 0 {
		addProductAVX2(&[]*float32{&out[0], &x[0], &y[0]}[0], from)
	}
	for k := from; k < len(x); k++ {
		out[k] += float32(x[k] * y[k])
	}
}

// TwoAffine sets out to x a + y b + c, element by element.
func TwoAffine(out, x, a, y, b, c []float32) {
	n := len(out)
	x, a, y, b, c = x[:n], a[:n], y[:n], b[:n], c[:n]
	from := whole(n)
	if from > 0 {
		twoAffineAVX2(&[]*float32{&out[0], &x[0], &a[0], &y[0], &b[0], &c[0]}[0], from)
	}
	for k := from; k < n; k++ {
		out[k] = float32(x[k]*a[k]) + float32(y[k]*b[k]) + c[k]
	}
}

// Scale multiplies x by a factor.
func Scale(x []float32, factor float32) {
	from := whole(len(x))
	if from > 0 {
		scaleAVX2(&[]*float32{&x[0]}[0], from, factor)
	}
	for k, y := range x[from:] {
		x[from+k] = float32(y * factor)
	}
}
