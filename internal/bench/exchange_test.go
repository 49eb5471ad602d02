package bench

import (
	"slices"
	"testing"
)

// Two nodes that take turns in being ahead: the exchange is counted from the last that
// has computed to the last that goes on, so that exchanges and the slowest computing add
// up to the time from the first step's end to the last exchange's.
func TestExchangesAndComputingAddUp(t *testing.T) {
	nodes := []StepTimes{
		{Computed: []int64{100, 190, 300}, Began: []int64{150, 230, 340}},
		{Computed: []int64{110, 180, 280}, Began: []int64{130, 250, 350}},
	}
	got := Exchanges(nodes)
	if want := []int64{40, 60, 50}; !slices.Equal(got, want) {
		t.Fatalf("exchanges %v, want %v", got, want)
	}
	computing := (190 - 150) + (300 - 250)
	if sum := got[0] + got[1] + got[2] + int64(computing); sum != 350-110 {
		t.Errorf("exchanges and computing are %d, and the run took %d", sum, 350-110)
	}
	d := DelayOf([][]int64{{3000, 1000, 2000}, {5000, 4000, 6000}, {2000, 2000, 2000}})
	if d.P50Us.Median != 2 || d.P99Us.Max != 6 || d.MeanUs.Max != 5 {
		t.Errorf("%+v", d)
	}
}
