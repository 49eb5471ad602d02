package lane

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/train/internal/golden"
)

// The official single-layer network's neuron without its sums of input: d, potential,
// spikes, and the gradients at current and time constants.
func TestFilterAgainstOfficialNeuron(t *testing.T) {
	const samples, n, threshold = 3, 7, 0.5
	a := golden.Open(t, "surrogates.npz")
	for _, name := range []string{"mgneuron_T4.", "mgneuron_T10."} {
		for _, precision := range []string{".f32", ".f64"} {
			compareNeuron(t, a, name, precision, samples, n, threshold)
		}
	}
}

func compareNeuron(t *testing.T, a golden.Archive, name, precision string, samples, n int, threshold float32) {
	size := samples * n
	current, w, mem0 := a.Singles(name+"I"), a.Singles(name+"w"), a.Singles(name+"mem0")
	steps := len(current) / size
	var f Filter
	tauM, tauN := a.Array(name+"tau_m"), a.Array(name+"tau_n")
	for j := range n {
		al, be := math.Exp(-1/tauM[j]), 1/(1+math.Exp(-tauN[j]))
		f.A, f.A1, f.B, f.B1 = append(f.A, float32(al)), append(f.A1, float32(1-al)), append(f.B, float32(be)), append(f.B1, float32(1-be))
	}
	d, v, spikes := make([]float32, len(current)), make([]float32, len(current)), make([]float32, len(current))
	before := func(x, start []float32, at int) []float32 {
		if at < size {
			return start[at : at+n]
		}
		return x[at-size : at-size+n]
	}
	zero, loss := make([]float32, size), 0.0
	for at := 0; at < len(current); at += n {
		f.Step(d[at:at+n], v[at:at+n], before(d, zero, at), before(v, mem0, at), current[at:at+n])
		for j, bits := 0, Above(nil, v[at:at+n], threshold); j < n; j++ {
			spikes[at+j] = float32(bits[j/8] >> (j % 8) & 1)
			loss += float64(spikes[at+j]) * float64(w[at+j])
		}
	}
	golden.Near(t, name+"d"+precision, d, a.Array(name+"d"+precision), 2e-6)
	golden.Near(t, name+"mem"+precision, v, a.Array(name+"mem"+precision), 2e-6)
	golden.Near(t, name+"spike"+precision, spikes, a.Array(name+"spike"+precision), 0)
	golden.Near(t, name+"loss"+precision, []float32{float32(loss)}, a.Array(name+"loss"+precision), 2e-6)

	out, u, slope := make([]float32, len(current)), make([]float32, n), make([]float32, n)
	gradM, gradN := make([]float32, n), make([]float32, n)
	for b := range samples {
		g := FilterGradient{V: make([]float32, n), D: make([]float32, n), A: make([]float32, n), B: make([]float32, n)}
		for step := steps - 1; step >= 0; step-- {
			at := step*size + b*n
			for j := range u {
				u[j] = v[at+j] - threshold
			}
			MultiGaussian(slope, u)
			f.Back(out[at:at+n], &g, w[at:at+n], slope, d[at:at+n], before(v, mem0, at), before(d, zero, at), current[at:at+n])
		}
		for j := range n {
			gradM[j] += float32(float64(g.A[j]) * float64(f.A[j]) / (tauM[j] * tauM[j]))
			gradN[j] += float32(float64(g.B[j]) * float64(f.B[j]) * float64(f.B1[j]))
		}
	}
	golden.Near(t, name+"grad_I"+precision, out, a.Array(name+"grad_I"+precision), 2e-5)
	golden.Near(t, name+"grad_tau_m"+precision, gradM, a.Array(name+"grad_tau_m"+precision), 2e-5)
	golden.Near(t, name+"grad_tau_n"+precision, gradN, a.Array(name+"grad_tau_n"+precision), 2e-5)
}

// A spike takes more than the threshold, as in the official single-layer code.
func TestAboveAgainstOfficialStep(t *testing.T) {
	a := golden.Open(t, "surrogates.npz")
	u, want := a.Singles("grid.x"), a.Array("grid.spike_gt0")
	bits := Above(nil, u, 0)
	for k, x := range u {
		if got := float64(bits[k/8] >> (k % 8) & 1); got != want[k] {
			t.Errorf("%g above 0: %g, the official code has %g", x, got, want[k])
		}
	}
}
