package input

import (
	"fmt"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/dataset"
)

func spikesOf(s Source, ticks snn.Tick) (all []string) {
	for t := snn.Tick(1); t <= ticks; t++ {
		for _, i := range s.Spikes(t, nil) {
			all = append(all, fmt.Sprintf("%d@%d", i, t))
		}
	}
	return all
}

// A channel of mean 0 and deviation 1 in its four leading rows.
var channel = &dataset.Series{Names: []string{"a", "still"}, Values: [][]float64{{-1, 1, -1, 1, 3, 0}, {5, 5, 5, 5, 5, 5}}}

func TestDeltaCodeSpikesWhereLevelsAreCrossed(t *testing.T) {
	s := Series{Data: channel, Encoding: DeltaCode, Delta: 1, IntervalMs: 10, Leading: 4}
	if faults := s.Check(1); faults != nil {
		t.Fatal(faults)
	}
	got := fmt.Sprint(spikesOf(s.New(Slice{Lo: 0, Hi: 4, DtMs: 1}), 100))
	want := "[0@15 0@20 1@25 1@30 0@35 0@40 0@45 0@50 1@53 1@57 1@60]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if other := spikesOf(s.New(Slice{Lo: 1, Hi: 2, DtMs: 1}), 100); fmt.Sprint(other) != "[0@25 0@30 0@53 0@57 0@60]" {
		t.Errorf("the falls alone: %v", other)
	}
}

func TestThresholdCodeSpikesWhereTheBandIsLeft(t *testing.T) {
	s := Series{Data: channel, Encoding: ThresholdCode, Delta: 2, IntervalMs: 10, Leading: 4}
	if got := fmt.Sprint(spikesOf(s.New(Slice{Lo: 0, Hi: 4, DtMs: 1}), 100)); got != "[0@45]" {
		t.Errorf("got %s", got)
	}
}

func TestSeriesFaults(t *testing.T) {
	s := Series{Data: channel, Encoding: "rate", Delta: 0, IntervalMs: 0.5, Leading: 7}
	if faults := s.Check(1); len(faults) != 4 {
		t.Errorf("%d faults: %v", len(faults), faults)
	}
}
