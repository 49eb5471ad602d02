//go:build !amd64

package matrix

// vectors reports whether this processor runs the kernels.
const vectors = false

func tileFMA(_ *float32, _ int, _, _ *float32, _ int) { panic("matrix: no kernels here") }

func sumRowsAVX2(_, _ *float32, _ *uint32, _ int) { panic("matrix: no kernels here") }

func peakFMA(int) { panic("matrix: no kernels here") }
