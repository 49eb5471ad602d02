package loss

import (
	"testing"

	"github.com/volley-snn/volley/snn/train/internal/golden"
)

func TestCrossEntropyAgainstOfficialCode(t *testing.T) {
	for _, file := range []string{"layers_f32.npz", "layers_f64.npz"} {
		t.Run(file, func(t *testing.T) { compareCrossEntropy(t, file) })
	}
}

func compareCrossEntropy(t *testing.T, file string) {
	a := golden.Open(t, file)
	logits, target, soft := a.Singles("ce.logits"), a.Array("ce.target"), a.Array("ce.soft_target")
	const samples, classes = 5, 6
	for name, one := range map[string]func(grad, x []float32, b int) float64{
		"ce":      func(grad, x []float32, b int) float64 { return CrossEntropy(grad, x, int(target[b]), 0) },
		"ce_ls01": func(grad, x []float32, b int) float64 { return CrossEntropy(grad, x, int(target[b]), 0.1) },
		"ce_soft": func(grad, x []float32, b int) float64 {
			return SoftCrossEntropy(grad, x, func(k int) float64 { return soft[b*classes+k] })
		},
	} {
		grad, sum := make([]float32, len(logits)), 0.0
		for b := range samples {
			sum += one(grad[b*classes:(b+1)*classes], logits[b*classes:(b+1)*classes], b)
		}
		for k := range grad {
			grad[k] /= samples // the official loss is the mean
		}
		golden.Near(t, name, []float32{float32(sum / samples)}, a.Array(name+".loss"), 2e-6)
		golden.Near(t, name+" gradient", grad, a.Array(name+".grad_logits"), 2e-5)
	}
}
