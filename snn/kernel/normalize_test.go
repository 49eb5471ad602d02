package kernel

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
)

// sumsOf are the sums of each target's incoming weights, and the largest weight.
func sumsOf(edges []edge, neurons int, weights []float64) (sums []float64, largest float64) {
	sums = make([]float64, neurons)
	for k, e := range sorted(edges) {
		sums[e.target] += weights[k]
		largest = max(largest, weights[k])
	}
	return sums, largest
}

// Weights that do not learn are scaled to the sum once, and stay within Wmax.
func TestNormalizeScalesToTheSum(t *testing.T) {
	const neurons, sum = 8, 600
	edges := randomEdges(2, neurons, 64, 5)
	for _, wMax := range []float64{1000, 90} {
		n := recurrent(t, edges, neurons, "stdp_synapse", "float64", map[string]float64{"lambda": 0, "mu_plus": 0, "mu_minus": 0, "Wmax": wMax})
		n.Projections[0].Model.Normalize = &model.Normalize{Sum: sum, Every: 10}
		n.End = 150
		start, _ := sumsOf(edges, neurons, weightsOf(edges))
		got := runTrials(t, n, 1, nil, nil).weights
		clipped := 0
		for k, e := range sorted(edges) {
			want := e.weight * sum / start[e.target]
			if want > wMax {
				clipped++
				want = wMax
			}
			if math.Abs(got[k]-want) > 1e-9 {
				t.Errorf("Wmax %v: weight %d is %v, expected %v", wMax, k, got[k], want)
			}
		}
		if (clipped > 0) != (wMax == 90) {
			t.Errorf("Wmax %v: %d weights are at the bound", wMax, clipped)
		}
	}
}

func weightsOf(edges []edge) (w []float64) {
	for _, e := range sorted(edges) {
		w = append(w, e.weight)
	}
	return w
}

// Learning and scaling together, for every cut.
func TestCutChangesNoNormalizedWeight(t *testing.T) {
	const neurons, sum = 30, 500
	edges := randomEdges(9, neurons, 300, 30)
	stdp := recurrent(t, edges, neurons, "stdp_synapse", "float32", map[string]float64{"lambda": 0.02, "Wmax": 200})
	stdp.Projections[0].Model.Normalize = &model.Normalize{Sum: sum, Every: 100}
	stdp.End = 5000
	m := learner()
	m.Projections[0].Normalize = &model.Normalize{Sum: 30, Every: 50}
	m.Duration = 3000
	ssdp := compile(t, m, ".")
	for name, n := range map[string]*Network{"stdp_synapse": stdp, "ssdp_synapse": ssdp} {
		want := runTrials(t, n, 1, nil, nil)
		for _, parts := range []int{2, 3, 7} {
			got := runTrials(t, n, parts, nil, nil)
			for k := range want.weights {
				if got.weights[k] != want.weights[k] {
					t.Fatalf("%s: %d partitions: weight %d is %v, one partition gives %v", name, parts, k, got.weights[k], want.weights[k])
				}
			}
		}
		if name == "stdp_synapse" {
			sums, _ := sumsOf(edges, neurons, want.weights)
			for j, s := range sums {
				if math.Abs(s-sum) > 1e-3*sum {
					t.Errorf("%s: target %d: incoming weights sum to %v, expected %v", name, j, s, sum)
				}
			}
			continue
		}
		sums := make([]float64, 9)
		for k, w := range want.weights {
			sums[k/60] += w
		}
		for j, s := range sums {
			if math.Abs(s-30) > 3 { // a window's update follows the last scaling
				t.Errorf("%s: target %d: incoming weights sum to %v, expected about 30", name, j, s)
			}
		}
	}
}

// With trials, weights are scaled at the end of each that learns, and no other.
func TestNormalizeFollowsTrials(t *testing.T) {
	const neurons, sum = 8, 400
	edges := randomEdges(4, neurons, 64, 5)
	n := recurrent(t, edges, neurons, "stdp_synapse", "float64", map[string]float64{"lambda": 0.02, "Wmax": 1000})
	n.Projections[0].Model.Normalize = &model.Normalize{Sum: sum}
	trials := make([]Trial, 4)
	for k := range trials {
		trials[k] = Trial{End: snn.Tick(1000 * (k + 1)), Rate: 1, Plasticity: k != 1, Homeostasis: k != 2}
		trials[k].Start = snn.Tick(1000 * k)
	}
	runTrials(t, n, 2, trials, func(k int, weights []float64) {
		sums, _ := sumsOf(edges, neurons, weights)
		for j, s := range sums {
			if scaled := math.Abs(s-sum) < 1e-9*sum; scaled != (k != 2) {
				t.Errorf("trial %d, target %d: incoming weights sum to %v", k, j, s)
			}
		}
	})
}
