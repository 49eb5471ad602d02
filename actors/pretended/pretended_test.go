package pretended_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/volley-snn/volley/actors/pretended"
	"github.com/volley-snn/volley/cluster/lockstep/simulated"
	"github.com/volley-snn/volley/partition"
)

func nodes(n int) (all []partition.Node) {
	for k := range n {
		all = append(all, partition.Node{Name: fmt.Sprint(k), Threads: 2})
	}
	return all
}

func pretend(t *testing.T, n *partition.Network, count, steps int, faults simulated.Faults) (*pretended.Report, *partition.Forecast) {
	t.Helper()
	p, err := partition.Make(n, nodes(count), partition.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := pretended.Run(pretended.Config{Network: n, Plan: p, DtMs: 0.1, Ticks: 15, Lag: 1, Steps: steps, Seed: 1, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	return r, p.Forecast(n, partition.Speed{UnitNs: 1, BytesPerS: 1e9}, partition.Pace{DtMs: 0.1, Ticks: 15, Lag: 1})
}

// What a node sends and takes follows the network's own fan-out, not the number of nodes.
func TestARingCostsANodeTheSameHoweverLong(t *testing.T) {
	first, _ := pretend(t, pretended.Ring(8, 1000, 2, 8), 8, 20, simulated.Faults{})
	if first.Published.Most != 2 || first.Delivered.Most != 4 {
		t.Errorf("a node of a ring publishes %v messages a step and takes %v, want 2 and 4", first.Published.Most, first.Delivered.Most)
	}
	long, _ := pretend(t, pretended.Ring(120, 1000, 2, 8), 120, 20, simulated.Faults{})
	for name, m := range map[string][2]pretended.Mean{
		"published": {first.Published, long.Published}, "delivered": {first.Delivered, long.Delivered}, "bytes out": {first.BytesOut, long.BytesOut}, "bytes in": {first.BytesIn, long.BytesIn},
	} {
		if ratio := m[1].Mean / m[0].Mean; math.Abs(ratio-1) > 0.05 {
			t.Errorf("%s: %v a node and step among 120 nodes, %v among 8", name, m[1].Mean, m[0].Mean)
		}
	}
}

func TestADenseNetworkIsPublishedOnce(t *testing.T) {
	r, _ := pretend(t, pretended.Dense(20, 500, 8), 20, 10, simulated.Faults{})
	if r.Published.Most != 2 || math.Abs(r.Delivered.Mean-19) > 1e-9 {
		t.Errorf("a node of 20 publishes %v messages a step and takes %v, want 2 and 19", r.Published.Most, r.Delivered.Mean)
	}
}

// The forecast knows the bytes of envelopes that are really written.
func TestForecastsOfTraffic(t *testing.T) {
	for _, rate := range []float64{0.5, 5, 50} {
		for name, n := range map[string]*partition.Network{"ring": pretended.Ring(6, 2000, 1, rate), "dense": pretended.Dense(6, 2000, rate)} {
			r, f := pretend(t, n, 6, 40, simulated.Faults{})
			for what, m := range map[string][2]float64{
				"bytes out": {f.Loads[2].BytesOut, r.BytesOut.Mean}, "bytes in": {f.Loads[2].BytesIn, r.BytesIn.Mean},
				"messages": {f.Loads[2].Messages, r.Published.Mean}, "deliveries": {f.Loads[2].Received, r.Delivered.Mean},
			} {
				if math.Abs(m[0]/m[1]-1) > 0.1 {
					t.Errorf("%s at %g Hz: %s: forecast %.1f a step, were %.1f", name, rate, what, m[0], m[1])
				}
			}
		}
	}
}

// A window's sum is at every node after a step for each node on the way there and
// back, and the node that sums takes a message a step of each below it.
func TestSumsComeInTime(t *testing.T) {
	for fanIn, depth := range map[int]int{4: 3, 8: 2, 64: 1} {
		n := pretended.Summed(40, 20, 13, 8)
		p, err := partition.Make(n, nodes(40), partition.Options{FanIn: fanIn})
		if err != nil {
			t.Fatal(err)
		}
		r, err := pretended.Run(pretended.Config{Network: n, Plan: p, DtMs: 0.1, Ticks: 15, Lag: 1, Steps: 53, Window: 13, Counts: 50, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		most := min(fanIn+1, 39) // those below, and the one above
		// The fourth window ends in the last step.
		if s := r.Sums; s.Depth != depth || s.LateSteps != 2*depth || s.Windows != 3 || math.Abs(r.Delivered.Most-float64(most)) > 0.2 {
			t.Errorf("fan-in %d: %+v, and %v messages a step to the node that takes most", fanIn, *s, r.Delivered.Most)
		}
	}
}

func TestLossesAreAskedFor(t *testing.T) {
	clean, _ := pretend(t, pretended.Ring(12, 100, 1, 8), 12, 30, simulated.Faults{})
	lossy, _ := pretend(t, pretended.Ring(12, 100, 1, 8), 12, 30, simulated.Faults{Drop: 0.05, LongNs: 1e6})
	if lossy.Words.Mean <= clean.Words.Mean {
		t.Errorf("%v words a node and step where 5%% are lost, %v where nothing is", lossy.Words.Mean, clean.Words.Mean)
	}
}
