package kernel

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
)

// The arranged block against the definition: float32 where the twin has float64.
func TestPairedFollowsTheDefinition(t *testing.T) {
	const neurons = 40
	for _, c := range []map[string]float64{
		{"tau_plus": 20, "tau_minus": 20, "mu_plus": 0, "mu_minus": 0}, {"tau_plus": 3, "tau_minus": 40, "mu_plus": 1, "mu_minus": 0},
		{"tau_plus": 60, "tau_minus": 2, "mu_plus": 0, "mu_minus": 1}, {"tau_plus": 20, "tau_minus": 20, "mu_plus": 1, "mu_minus": 1},
	} {
		c["lambda"], c["alpha"] = 0.015, 1.05
		edges := randomEdges(7, neurons, 200, 5)
		n := recurrent(t, edges, neurons, "stdp_synapse", "float32", c)
		n.End = 10000
		got := runTrials(t, n, 1, nil, nil)
		want := twinWeights(n, edges, nil, got.spikes, 0, n.End, false, func(snn.Tick) float64 { return 1 })
		at := map[bool]int{}
		moved := 0.0
		for k, e := range sorted(edges) {
			moved = max(moved, math.Abs(want[k]-e.weight))
			at[want[k] == 0 || want[k] == 100]++
		}
		if hard := c["mu_plus"] == 0 && c["mu_minus"] == 0; hard && at[true] < 3 || moved < 20 {
			t.Errorf("%v: %d weights are at a bound, and they move by %v at most, so little is compared", c, at[true], moved)
		}
		if worst := worstOf(t, got.weights, want); worst > 3e-5 {
			t.Errorf("%v: the worst weight is %.3g off", c, worst)
		}
	}
}

func pairedNetwork(t testing.TB, neurons int) (*Network, []edge) {
	edges := randomEdges(9, neurons, 10*neurons, 5)
	n := recurrent(t, edges, neurons, "stdp_synapse", "float32", map[string]float64{"lambda": 0.02, "mu_plus": 0, "mu_minus": 0, "tau_plus": 4})
	n.End = 6000 // the base of tau_plus moves some six times
	return n, edges
}

func TestCutChangesNoPairedWeight(t *testing.T) {
	n, _ := pairedNetwork(t, 60)
	n.Projections[0].Model.Normalize = &model.Normalize{Sum: 400, Every: 70}
	want := runTrials(t, n, 1, nil, nil)
	for _, parts := range []int{2, 3, 7, 60} {
		got := runTrials(t, n, parts, nil, nil)
		if hash(got.spikes) != hash(want.spikes) {
			t.Errorf("%d partitions give %s, one gives %s", parts, hash(got.spikes), hash(want.spikes))
		}
		for k := range want.weights {
			if got.weights[k] != want.weights[k] {
				t.Fatalf("%d partitions: weight %d is %v, one partition gives %v", parts, k, got.weights[k], want.weights[k])
			}
		}
	}
}

// Trials steer the arranged block as they do the general one; looking at weights
// between them changes nothing.
func TestTrialsSteerPaired(t *testing.T) {
	n, edges := pairedNetwork(t, 40)
	var trials []Trial
	for k, rate := range []float64{1, 0, 0.25, 1} {
		tr := Trial{End: snn.Tick(1500 * (k + 1)), Rate: rate, Plasticity: rate > 0}
		tr.Start = snn.Tick(1500 * k)
		trials = append(trials, tr)
	}
	factorAt := func(at snn.Tick) float64 { return trials[min(int(at-1)/1500, 3)].Rate }
	seen := make([][]float64, len(trials))
	got := runTrials(t, n, 2, trials, func(k int, w []float64) { seen[k] = w })
	for k := range seen[0] {
		if seen[0][k] != seen[1][k] {
			t.Fatalf("weight %d moved from %v to %v while plasticity was off", k, seen[0][k], seen[1][k])
		}
	}
	if worst := worstOf(t, got.weights, twinWeights(n, edges, nil, got.spikes, 0, 6000, false, factorAt)); worst > 3e-5 {
		t.Errorf("rates over trials: the worst weight is %.3g off", worst)
	}
	for k, w := range runTrials(t, n, 2, trials, nil).weights {
		if w != got.weights[k] {
			t.Fatalf("weight %d is %v, and %v when it was looked at before", k, w, got.weights[k])
		}
	}
	n.Model.Protocol = &model.Protocol{Reset: []string{"net"}}
	got = runTrials(t, n, 2, trials, func(k int, w []float64) { seen[k] = w })
	var from []float64
	for k, tr := range trials {
		if worst := worstOf(t, seen[k], twinWeights(n, edges, from, got.spikes, tr.Start, tr.End, true, factorAt)); worst > 3e-5 {
			t.Errorf("trial %d after a reset: the worst weight is %.3g off", k, worst)
		}
		from = seen[k]
	}
}
