package surrogate

import (
	"testing"

	"github.com/volley-snn/volley/snn/train/internal/golden"
)

func TestSlopesAgainstOfficialCode(t *testing.T) {
	a := golden.Open(t, "surrogates.npz")
	u := a.Singles("grid.x")
	for name, slope := range map[string]Slope{
		"MG": MultiGaussian(), "G": Gaussian(0.5), "linear": Triangle(), "slayer": Exponential(5), "rect": Rectangle(),
		"atan2": Arctan(2), "atan5": Arctan(5), "sigmoid4": Sigmoid(4), "sigmoid1": Sigmoid(1),
	} {
		out := make([]float32, len(u))
		slope(out, u)
		for _, precision := range []string{".f32", ".f64"} {
			golden.Near(t, name+precision, out, a.Array("grid."+name+precision), 2e-6)
		}
	}
}
