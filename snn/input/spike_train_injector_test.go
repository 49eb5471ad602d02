package input

import (
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
)

func TestInjectorEmitsWhatItIsGiven(t *testing.T) {
	r := SpikeTrainInjector{N: 10}
	if faults := r.Check(0.1); faults != nil || r.Size() != 10 {
		t.Fatal(faults, r.Size())
	}
	if faults := (SpikeTrainInjector{}).Check(0.1); len(faults) != 1 {
		t.Errorf("an empty population: %v", faults)
	}
	// Ticks 101 to 103; GIDs 50 to 59 are the population.
	offsets, gids := []uint32{0, 4, 4, 9}, []snn.GID{49, 50, 59, 60, 3, 52, 54, 54, 55}
	for _, c := range []struct {
		lo, hi int
		want   [][]uint32 // of ticks 100 to 104
	}{
		{0, 10, [][]uint32{nil, {0, 9}, nil, {2, 4, 5}, nil}},
		{0, 4, [][]uint32{nil, {0}, nil, {2}, nil}},
		{4, 10, [][]uint32{nil, {5}, nil, {0, 1}, nil}},
	} {
		j := r.New(Slice{Lo: c.lo, Hi: c.hi, DtMs: 0.1}).(*Injector)
		if got := j.Spikes(1, nil); got != nil {
			t.Errorf("before anything is given: %v", got)
		}
		j.Give(100, offsets, gids, 50)
		for _, k := range []int{0, 1, 2, 3, 4, 1, 3} { // any order, any tick again
			if got := j.Spikes(snn.Tick(100+k), nil); !slices.Equal(got, c.want[k]) {
				t.Errorf("neurons %d to %d, tick %d: %v, want %v", c.lo, c.hi, 100+k, got, c.want[k])
			}
		}
		if got := j.Spikes(101, []uint32{7}); got[0] != 7 || len(got) != 1+len(c.want[1]) {
			t.Errorf("what is appended to: %v", got)
		}
		j.Give(103, nil, nil, 50)
		if got := j.Spikes(103, nil); got != nil {
			t.Errorf("what was given before is emitted again: %v", got)
		}
	}
}
