package lane

import (
	"fmt"
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

// Every loop gives the same bits with its kernel and without, whatever the length.
func TestKernelsAgainstTwins(t *testing.T) {
	if !vectors {
		t.Skip("THIS PROCESSOR RUNS NO KERNELS: nothing is compared")
	}
	defer func() { vectors = true }()
	for _, n := range []int{1, 7, 8, 16, 19, 64, 1027, 1024} {
		row := func(key uint64) []float32 {
			s := random.Seed(key, random.Noise).Sub(uint64(n)).Stream()
			x := make([]float32, n)
			for k := range x {
				x[k] = float32(2*s.Float64() - 1)
			}
			return x
		}
		// Each run starts from the same numbers and returns all that it changed.
		for name, run := range map[string]func() [][]float32{
			"Add":        func() [][]float32 { x := row(1); Add(x, row(2)); return [][]float32{x} },
			"AddProduct": func() [][]float32 { x := row(1); AddProduct(x, row(2), row(3)); return [][]float32{x} },
			"TwoAffine": func() [][]float32 {
				x := row(1)
				TwoAffine(x, row(2), row(3), row(4), row(5), row(6))
				return [][]float32{x}
			},
			"Scale": func() [][]float32 { x := row(1); Scale(x, 0.37); return [][]float32{x} },
			"Filter.Step": func() [][]float32 {
				d, v := row(1), row(2)
				(&Filter{row(3), row(4), row(5), row(6)}).Step(d, v, row(7), row(8), row(9))
				return [][]float32{d, v}
			},
			"Filter.Back": func() [][]float32 {
				out, g := row(1), &FilterGradient{row(2), row(3), row(4), row(5)}
				(&Filter{row(6), row(7), row(8), row(9)}).Back(out, g, row(10), row(11), row(12), row(13), row(14), row(15))
				return [][]float32{out, g.V, g.D, g.A, g.B}
			},
			"Normalize": func() [][]float32 { x := row(1); return [][]float32{{Normalize(x, 1e-5)}, x} },
			"NormalizeBack": func() [][]float32 {
				out := row(1)
				NormalizeBack(out, row(2), row(3), row(4), 1.7)
				return [][]float32{out}
			},
			"Adam": func() [][]float32 {
				x, m, v := row(1), row(2), row(3)
				for k := range v {
					v[k] *= v[k]
				}
				(&Adam{0.9, 0.1, 0.999, 1e-3, 3, 1e-8, 0.01, 0.99, 1e-5}).Step(x, row(4), m, v)
				return [][]float32{x, m, v}
			},
			"Above": func() [][]float32 {
				var x []float32
				for _, b := range Above(nil, row(1), 0.2) {
					x = append(x, float32(b))
				}
				return [][]float32{x}
			},
			"MultiGaussian": func() [][]float32 { x := row(1); MultiGaussian(x, row(2)); return [][]float32{x} },
		} {
			t.Run(fmt.Sprint(name, n), func(t *testing.T) {
				vectors = true
				got := run()
				vectors = false
				for k, want := range run() {
					for i := range want {
						if math.Float32bits(got[k][i]) != math.Float32bits(want[i]) {
							t.Fatalf("number %d of part %d is %g, the twin has %g", i, k, got[k][i], want[i])
						}
					}
				}
			})
		}
	}
}
