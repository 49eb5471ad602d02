package neuron

import (
	"math"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/random"
)

// float32 follows float64, which follows NEST: what the documentation of
// model.Population says of the distance is measured here. Neurons whose spikes
// part company, because one of two voltages passed the threshold a tick earlier,
// are left out from then on.
func TestFloat32FollowsFloat64(t *testing.T) {
	const n, ticks, quantum = 200, 10_000, 1. / 1024
	spec := iafPscExp()
	p := Params{"E_L": {-65}, "V_reset": {-67}, "tau_m": {20}, "tau_syn_ex": {0.5}, "I_e": {150}}.Complete(spec.Params)
	group := func(single bool) Group {
		return spec.New(Config{N: n, DtMs: 0.1, Params: p, State: Params{"V_m": {-65}}.Complete(spec.State), Float32: single})
	}
	double, single := group(false), group(true)
	s := random.Seed(1, random.Spikes).Stream()
	in := Input{Sums: [][]int32{make([]int32, n), make([]int32, n)}, Quantum: []float64{quantum, quantum}}
	var a, b []uint32
	apart := make([]bool, n)
	all := make([]uint32, n)
	for i := range all {
		all[i] = uint32(i)
	}
	v, w := make([]float64, n), make([]float64, n)
	worst, spikes := 0.0, 0
	for tick := range snn.Tick(ticks) {
		in.Tick = tick + 1
		for i := range n {
			in.Sums[0][i], in.Sums[1][i] = 0, 0
			switch s.Intn(30) {
			case 0, 1:
				in.Sums[0][i] = 400 / quantum * int32(1+s.Intn(2))
			case 2:
				in.Sums[1][i] = -120 / quantum
			}
		}
		again := in
		again.Sums = [][]int32{slices.Clone(in.Sums[0]), slices.Clone(in.Sums[1])}
		a, b = double.Update(&in, a[:0]), single.Update(&again, b[:0])
		spikes += len(a)
		double.Record("V_m", all, v)
		single.Record("V_m", all, w)
		for i := range n {
			if slices.Contains(a, uint32(i)) != slices.Contains(b, uint32(i)) {
				apart[i] = true
			}
			if !apart[i] {
				worst = max(worst, math.Abs(v[i]-w[i]))
			}
		}
	}
	parted := 0
	for _, x := range apart {
		if x {
			parted++
		}
	}
	t.Logf("up to %.2g mV apart; %d of %d neurons parted in %d spikes", worst, parted, n, spikes)
	if worst > 5e-5 || parted > n/20 || spikes < 1000 {
		t.Errorf("up to %g mV apart, %d of %d neurons parted, %d spikes", worst, parted, n, spikes)
	}
}
