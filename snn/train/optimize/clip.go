package optimize

import (
	"math"

	"github.com/volley-snn/volley/snn/train/lane"
)

// Norm is the Euclidean norm of a gradient, summed in float64: four sums of every
// fourth number, then those.
func Norm(grad []float32) float64 {
	var s [4]float64
	whole := len(grad) &^ 3
	for k := 0; k < whole; k += 4 {
		g := grad[k : k+4 : k+4]
		for l := range s {
			s[l] += float64(float64(g[l]) * float64(g[l]))
		}
	}
	for k, g := range grad[whole:] {
		s[k] += float64(float64(g) * float64(g))
	}
	return math.Sqrt((s[0] + s[2]) + (s[1] + s[3]))
}

// Clip scales a gradient to a norm of at most most, and returns the norm it had.
// The factor is PyTorch's: most/(norm + 1e-6), at most 1.
func Clip(grad []float32, most float64) float64 {
	norm := Norm(grad)
	if f := float32(most / (norm + 1e-6)); f < 1 {
		lane.Scale(grad, f)
	}
	return norm
}
