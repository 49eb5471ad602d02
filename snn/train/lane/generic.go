//go:build !amd64

package lane

// vectors reports whether this processor runs the kernels.
const vectors = false

const none = "lane: no kernels here"

func multiGaussianAVX2(_, _ *float32, _ int)               { panic(none) }
func addAVX2(**float32, int)                               { panic(none) }
func addProductAVX2(**float32, int)                        { panic(none) }
func twoAffineAVX2(**float32, int)                         { panic(none) }
func filterStepAVX2(**float32, int)                        { panic(none) }
func filterBackAVX2(**float32, int)                        { panic(none) }
func normalFinishAVX2(_ **float32, _ int, _, _, _ float32) { panic(none) }
func scaleAVX2(**float32, int, float32)                    { panic(none) }
func adamAVX2(**float32, int, *float32)                    { panic(none) }
func sumAVX2(**float32, int) float32                       { panic(none) }
func centerAVX2(**float32, int, float32) float32           { panic(none) }
func scaledSumsAVX2(**float32, int) (sum, along float32)   { panic(none) }
func aboveAVX2(_ *byte, _ *float32, _ int, _ float32)      { panic(none) }
