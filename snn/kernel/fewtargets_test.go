package kernel

import (
	"math"
	"os"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
)

// competing is an input that projects to many neurons of which a current makes
// few fire.
func competing(t *testing.T, synapse string, given map[string]float64, normalize *model.Normalize) (*Network, []edge) {
	const sources, targets, weight = 15, 160, 30.
	learned := map[string]model.Value{}
	for name, x := range given {
		learned[name] = constant(x)
	}
	current := make([]float64, targets)
	for _, j := range []int{3, 81, 82, 150} {
		current[j] = 800
	}
	m := &model.Model{Dt: 0.1, Duration: 600, Seeds: model.Seeds{Base: 3},
		Populations: []model.Population{{Name: "net", Model: "iaf_psc_exp", Size: targets, Params: map[string]model.Value{"I_e": {List: current}, "V_th": constant(-50)}}},
		Inputs:      []model.Input{{Name: "in", Model: "poisson", Size: sources, Rate: constant(30)}},
		Projections: []model.Projection{{Name: "all", Source: "in", Target: "net", Rule: "all_to_all", Weight: constant(weight), Delay: constant(1), Synapse: synapse, Params: learned, Precision: "float64", Normalize: normalize}},
	}
	var edges []edge
	for j := range targets {
		for i := range sources {
			edges = append(edges, edge{targets + i, j, weight, 10})
		}
	}
	return compile(t, m, os.DevNull), edges
}

func shortTrials(n int) (trials []Trial) {
	for k := range n {
		tr := Trial{End: snn.Tick(500 * (k + 1)), Rate: 1 - 0.1*float64(k%3), Plasticity: true, Homeostasis: true}
		tr.Start = snn.Tick(500 * k)
		trials = append(trials, tr)
	}
	return trials
}

// Where few of many targets spike, rows are searched for them: the definition, and
// the weights of a cut in which they are not few, must come out.
func TestFewTargetsAreFound(t *testing.T) {
	for _, c := range []struct {
		synapse string
		params  map[string]float64
	}{
		{"diehl_cook_synapse", map[string]float64{"eta": 0.02, "Wmax": 100, "x_tar": 0.2}},
		{"stdp_nn_pre_centered_synapse", map[string]float64{"lambda": 0.02}}, {"stdp_synapse", map[string]float64{"lambda": 0.02, "mu_plus": 0.5}},
	} {
		n, edges := competing(t, c.synapse, c.params, nil)
		trials := shortTrials(12)
		got := runTrials(t, n, 1, trials, nil)
		want := twinWeights(n, edges, nil, got.spikes, 0, 6000, false, func(at snn.Tick) float64 { return trials[int(at-1)/500].Rate })
		moved := 0.0
		for _, w := range want {
			moved = max(moved, math.Abs(w-30))
		}
		if worst := worstOf(t, got.weights, want); worst > 1e-12 || moved < 3 {
			t.Errorf("%s: the worst weight is %.3g off; weights move by %v at most", c.synapse, worst, moved)
		}
		for k, w := range runTrials(t, n, 80, trials, nil).weights {
			if w != got.weights[k] {
				t.Fatalf("%s: 80 partitions: weight %d is %v, one partition gives %v", c.synapse, k, w, got.weights[k])
			}
		}
	}
}

// Targets whose weights have not changed are not scaled again, and their sums hold.
func TestFewTargetsAreNormalized(t *testing.T) {
	n, edges := competing(t, "diehl_cook_synapse", map[string]float64{"eta": 0.02, "Wmax": 100, "x_tar": 0.2}, &model.Normalize{Sum: 400})
	trials := shortTrials(12)
	looks := func(k int, weights []float64) {
		sums, _ := sumsOf(edges, 160, weights)
		for j, s := range sums {
			if math.Abs(s-400) > 1e-9 {
				t.Fatalf("trial %d, target %d: incoming weights sum to %v", k, j, s)
			}
		}
	}
	got := runTrials(t, n, 1, trials, looks)
	for k, w := range runTrials(t, n, 80, trials, looks).weights {
		if w != got.weights[k] {
			t.Fatalf("80 partitions: weight %d is %v, one partition gives %v", k, w, got.weights[k])
		}
	}
}
