//go:build !amd64

package pairsum

// vectors reports whether this processor runs the kernels.
const vectors = false

func compressAVX2(*uint32, *int32, int, int32, *[256][8]byte) (int, int32) {
	panic("pairsum: no kernels here")
}

func scatterPairs(*int64, *int32, *uint32, int) { panic("pairsum: no kernels here") }

func finishAVX2(_ *float32, _, _ *int64, _ int, _ int64, _, _, _ float32, _, _ *float32) {
	panic("pairsum: no kernels here")
}

func denseAVX2(*byte) { panic("pairsum: no kernels here") }

func crossAVX2(_ *int32, _ *byte, _ int, _, _ *byte, _ *int32) { panic("pairsum: no kernels here") }

func turnAVX2(_, _ *int32) { panic("pairsum: no kernels here") }
