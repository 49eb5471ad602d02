//go:build !amd64

package lane

// vectors reports whether this processor runs the kernels.
const vectors = false

func multiGaussianAVX2(_, _ *float32, _ int) { panic("lane: no kernels here") }
