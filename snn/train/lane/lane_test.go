package lane

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

func TestExp(t *testing.T) {
	for x := float32(0); x > -88; x -= 0.00137 {
		if want := math.Exp(float64(max(x, leastExp))); math.Abs(float64(exp(x))/want-1) > 4e-7 {
			t.Fatalf("exp(%g) = %g, expected %g", x, exp(x), want)
		}
	}
}

func TestMultiGaussianKernelAgainstTwin(t *testing.T) {
	s := random.Seed(1, random.Noise).Stream()
	u := make([]float32, 4099)
	for k := range u {
		u[k] = float32(12*s.Float64()*s.Float64() - 6)
	}
	u[0], u[1], u[2], u[3] = 0, 1e9, -1e9, 1e-30
	out := make([]float32, len(u))
	MultiGaussian(out, u)
	for k, x := range u {
		if got, want := out[k], multiGaussian(x); math.Float32bits(got) != math.Float32bits(want) {
			t.Fatalf("at %g: %g, the twin has %g", x, got, want)
		}
	}
}
