package lane

// The multi-Gaussian's parts: 1.15 N(u; 0, 0.5) - 0.15 N(u; 0.5, 3) - 0.15 N(u; -0.5, 3),
// with N the normal density.
const (
	narrow = 1.15 * 0.79788456080286535588
	wide   = -0.15 * 0.13298076013381089265
)

// MultiGaussian sets out to the multi-Gaussian surrogate's slope at u. Lengths are
// equal.
//
// Source: Yin, Corradi, Bohté 2021, as the SSDP paper's single-layer network has
// it: width 0.5, height 0.15, scale 6, gamma 1.
func MultiGaussian(out, u []float32) {
	whole := 0
	if vectors && len(u) >= 8 {
		whole = len(u) &^ 7
		multiGaussianAVX2(&out[0], &u[0], whole)
	}
	for k, x := range u[whole:] {
		out[whole+k] = multiGaussian(x)
	}
}

func multiGaussian(u float32) float32 {
	left, right := u+0.5, u-0.5
	near := exp(float32(float32(u*u) * -2))
	far := exp(float32(float32(left*left)*(-1./18))) + exp(float32(float32(right*right)*(-1./18)))
	return float32(near*narrow) + float32(far*wide)
}
