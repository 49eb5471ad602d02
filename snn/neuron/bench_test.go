package neuron

import (
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn/vector"
)

// The reference, the vector code, and float32 where the model has it, with input
// that arrives everywhere.
func BenchmarkVectorUpdate(b *testing.B) {
	for _, spec := range Models() {
		for _, c := range []struct {
			name                   string
			float32, isVector, own bool // own: currents and thresholds that differ
		}{{"reference", false, false, false}, {"vector", false, true, false}, {"vectorOwn", false, true, true}, {"reference32", true, false, false}, {"vector32", true, true, false}} {
			if !hasVectorCode(spec) || c.float32 && !spec.Float32 || c.isVector && !vector.Available() {
				continue
			}
			b.Run(spec.Name+"/"+c.name, func(b *testing.B) {
				const n = 10_000
				params := Params{"I_e": {400}}.Complete(spec.Params)
				if c.own {
					params["I_e"], params["V_th"] = slices.Repeat([]float64{400}, n), slices.Repeat([]float64{-55}, n)
				}
				g := spec.New(Config{N: n, DtMs: 0.1, Params: params, State: Params{}.Complete(spec.State), Float32: c.float32})
				if !c.isVector {
					g = reference(g)
				}
				in := Input{}
				for range spec.Receptors(Params{}.Complete(spec.Params)) {
					in.Sums, in.Quantum = append(in.Sums, make([]int32, n)), append(in.Quantum, 1)
				}
				var fired []uint32
				for b.Loop() {
					in.Tick++
					fired = g.Update(&in, fired[:0])
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/neuron")
			})
		}
	}
}

func hasVectorCode(spec Spec) bool { return spec.Name == "iaf_psc_exp" || spec.Name == "iaf_psc_delta" }
