package kernel

import (
	"math"
	"strings"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
)

// Every rule, with delays alike and of their own, against its definition.
func TestRulesFollowTheirDefinition(t *testing.T) {
	const neurons = 12
	cases := map[string]map[string]float64{}
	for name, params := range rulesUnderTest {
		cases[name] = params
	}
	cases["stdp_synapse additive"] = map[string]float64{"lambda": 0.01, "alpha": 1.05, "mu_plus": 0, "mu_minus": 0, "tau_minus": 30}
	cases["diehl_cook_synapse additive"] = map[string]float64{"eta": 0.02, "Wmax": 100, "additive": 1, "mu": 1}
	for name, params := range cases {
		for _, maxDelay := range []snn.Tick{5, 40} {
			synapse, _, _ := strings.Cut(name, " ")
			edges := randomEdges(7, neurons, 60, maxDelay)
			n := recurrent(t, edges, neurons, synapse, "float64", params)
			n.End = 10000
			got := runTrials(t, n, 1, nil, nil)
			if len(got.spikes) < 300 {
				t.Fatalf("%s: only %d spikes, so little is compared", name, len(got.spikes))
			}
			want := twinWeights(n, edges, nil, got.spikes, 0, n.End, false, func(snn.Tick) float64 { return 1 })
			moved := 0.0
			for k, e := range sorted(edges) {
				moved = max(moved, math.Abs(want[k]-e.weight))
			}
			if moved < 5 {
				t.Errorf("%s: weights move by %v at most, so little is compared", name, moved)
			}
			if worst := worstOf(t, got.weights, want); worst > 1e-12 {
				t.Errorf("%s, delays to %d: the worst weight is %.3g off", name, maxDelay, worst)
			}
		}
	}
}

// One spike train and one set of weights for every cut, whatever is stored.
func TestCutChangesNoSpikeDrivenWeight(t *testing.T) {
	const neurons = 30
	for name, params := range rulesUnderTest {
		for _, precision := range []string{"float32", "float64"} {
			n := recurrent(t, randomEdges(9, neurons, 200, 30), neurons, name, precision, params)
			n.End = 5000
			want := runTrials(t, n, 1, nil, nil)
			for _, parts := range []int{2, 3, 7} {
				got := runTrials(t, n, parts, nil, nil)
				if hash(got.spikes) != hash(want.spikes) {
					t.Errorf("%s %s: %d partitions give %s, one gives %s", name, precision, parts, hash(got.spikes), hash(want.spikes))
				}
				for k := range want.weights {
					if got.weights[k] != want.weights[k] {
						t.Fatalf("%s %s: %d partitions: weight %d is %v, one partition gives %v", name, precision, parts, k, got.weights[k], want.weights[k])
					}
				}
			}
		}
	}
}

// Settling early, trimming the history and looking at weights change no bit.
func TestSettlingIsInvisible(t *testing.T) {
	const neurons = 12
	for name, params := range rulesUnderTest {
		n := recurrent(t, randomEdges(5, neurons, 60, 30), neurons, name, "float32", params)
		n.End = 6000
		want := runTrials(t, n, 1, nil, nil)
		p, err := Build(n, snn.Range{End: snn.GID(n.Size())})
		if err != nil {
			t.Fatal(err)
		}
		b := p.pushers[0].(*driven[uint16, float32])
		b.sweep = 37
		var batches []*Batch
		for p.Now() < n.End {
			batches = []*Batch{p.Step(Input{To: n.Boundary(p.Now(), nil), Spikes: batches}).Spikes}
			if p.Now()%100 < n.Interval {
				p.Weights(n.Projections[0], func(int, []uint32, []float64) {})
			}
		}
		p.Step(Input{To: p.Now(), Spikes: batches})
		k, longest := 0, 0
		for _, h := range b.history.spikes {
			longest = max(longest, len(h))
		}
		if longest > 10 {
			t.Errorf("%s: a history holds %d spikes after a trim", name, longest)
		}
		p.Weights(n.Projections[0], func(_ int, _ []uint32, w []float64) {
			for _, x := range w {
				if x != want.weights[k] {
					t.Fatalf("%s: weight %d is %v, %v where nothing was settled early", name, k, x, want.weights[k])
				}
				k++
			}
		})
	}
}

// Trials switch plasticity off, scale its rate and set traces back.
func TestTrialsSteerPlasticity(t *testing.T) {
	const neurons = 12
	for name, params := range rulesUnderTest {
		edges := randomEdges(11, neurons, 60, 30)
		n := recurrent(t, edges, neurons, name, "float64", params)
		trial := func(start, end snn.Tick, rate float64) Trial {
			tr := Trial{End: end, Rate: rate, Plasticity: rate > 0}
			tr.Start = start
			return tr
		}
		trials := []Trial{trial(0, 2000, 1), trial(2000, 3000, 0), trial(3000, 5000, 0.25), trial(5000, 7000, 1)}
		factorAt := func(at snn.Tick) float64 {
			for _, tr := range trials {
				if at <= tr.End {
					return tr.Rate
				}
			}
			return 0
		}
		seen := make([][]float64, len(trials))
		looks := func(k int, w []float64) { seen[k] = w }
		got := runTrials(t, n, 2, trials, looks)
		for k := range seen[0] {
			if seen[0][k] != seen[1][k] {
				t.Fatalf("%s: weight %d moved from %v to %v while plasticity was off", name, k, seen[0][k], seen[1][k])
			}
		}
		want := twinWeights(n, edges, nil, got.spikes, 0, 7000, false, factorAt)
		if worst := worstOf(t, got.weights, want); worst > 1e-12 {
			t.Errorf("%s: rates over trials: the worst weight is %.3g off", name, worst)
		}

		// With the population set back, each trial is a run of its own from the
		// weights of the last.
		n.Model.Protocol = &model.Protocol{Reset: []string{"net"}}
		got = runTrials(t, n, 2, trials, looks)
		var from []float64
		for k, tr := range trials {
			want := twinWeights(n, edges, from, got.spikes, tr.Start, tr.End, true, factorAt)
			if worst := worstOf(t, seen[k], want); worst > 1e-12 {
				t.Errorf("%s: trial %d after a reset: the worst weight is %.3g off", name, k, worst)
			}
			from = seen[k]
		}
	}
}
