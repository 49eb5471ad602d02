package bench

import (
	"slices"
	"testing"
)

// Two nodes that take turns in being ahead: exchanges and the computing between them add
// up to the time from the first step's beginning to the last one's; on one core both
// nodes' computing is taken off.
func TestExchangesAndComputingAddUp(t *testing.T) {
	nodes := []StepTimes{
		{Computed: []int64{100, 190, 300}, Began: []int64{150, 230, 340}},
		{Computed: []int64{110, 160, 280}, Began: []int64{130, 250, 350}},
	}
	for _, c := range []struct {
		cores     int
		computing []int64
	}{{2, []int64{40, 70}}, {1, []int64{40 + 30, 70 + 30}}} {
		want := []int64{250 - 150 - c.computing[0], 350 - 250 - c.computing[1]}
		if got := Exchanges(nodes, c.cores); !slices.Equal(got, want) {
			t.Errorf("exchanges on %d cores: %v, want %v", c.cores, got, want)
		}
	}
	d := DelayOf([][]int64{{3000, 1000, 2000}, {5000, 4000, 6000}, {2000, 2000, 2000}})
	if d.P50Us.Median != 2 || d.P99Us.Max != 6 || d.MeanUs.Max != 5 {
		t.Errorf("%+v", d)
	}
}
