package actors

import (
	"testing"
	"time"

	"github.com/volley-snn/volley/messages/control"
)

// loadsAfter tells a balance how long nodes computed in a time, in s.
func loadsAfter(seconds float64, computed ...float64) float64 {
	b := &balance{}
	reports := make([]*control.PartitionReports, len(computed))
	for i := range reports {
		reports[i] = &control.PartitionReports{Load: &control.Load{ComputeNs: 5e9}}
	}
	b.loads(reports)
	for i, s := range computed {
		reports[i].Load.ComputeNs += int64(s * 1e9)
	}
	b.since = b.since.Add(-time.Duration(seconds * 1e9))
	return b.loads(reports)
}

// Evening loads out shortens the computing of the slowest node to the mean, and
// nothing else.
func TestUnevenLoads(t *testing.T) {
	for _, c := range []struct {
		name     string
		seconds  float64
		computed []float64
		want     float64
	}{
		{"one computes all the time, the other a third of it", 12, []float64{12, 4}, 1 - 4.0/12},
		{"the same, and half of the time is waiting", 24, []float64{12, 4}, 1 - 4.0/24},
		{"the same, and most of the time is waiting", 60, []float64{12, 4}, 0},
		{"nearly even", 12, []float64{12, 8}, 0},
		{"even", 12, []float64{6, 6, 6}, 0},
		{"too little was measured", 9, []float64{9, 1}, 0},
	} {
		if got := loadsAfter(c.seconds, c.computed...); got < c.want-0.01 || got > c.want+0.01 {
			t.Errorf("%s: to %.3f of the time that is left, expected %.3f", c.name, got, c.want)
		}
	}
}

// A new epoch must bring more than it costs.
func TestWhatANewEpochBrings(t *testing.T) {
	b := &balance{costs: 4 * time.Second}
	if b.pays(time.Minute, 0.9) || !b.pays(time.Minute, 0.8) { // 6 and 12 s, against 2 x 5 s
		t.Error("an epoch that takes 5 s pays from 10 s on")
	}
}
