package recurrent

import (
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/train/surrogate"
)

// A window as long as the trial has the trial's times; shorter ones, the last of them
// cut, have those that a search tick by tick finds.
func TestWindows(t *testing.T) {
	const ticks, samples, inputs = 7, 3, 5
	n := New(Config{Inputs: inputs, Hidden: 6, Outputs: 2, Ticks: ticks, Threshold: 0.5, Surrogate: surrogate.MultiGaussian(), TauM: [2]float64{2, 6}, TauN: [2]float64{0, 2}})
	n.Initialize(1)
	s, draw := n.NewShard(), random.Seed(1, random.Spikes).Stream()
	s.Begin(samples)
	for k := range s.Initial {
		s.Initial[k] = float32(draw.Float64())
	}
	var fired [ticks][samples][inputs]bool
	for tick := range ticks {
		for b := range samples {
			for i := range inputs {
				if fired[tick][b][i] = draw.Float64() < 0.3; fired[tick][b][i] {
					s.Input.Index = append(s.Input.Index, uint32(i))
				}
			}
			s.EndInput(tick, b)
		}
	}
	s.Forward()
	if got := s.AppendWindows(nil, false, ticks, false); !slices.Equal(got, s.InputTimes) {
		t.Errorf("inputs in one window: %v, expected %v", got, s.InputTimes)
	}
	if got := s.AppendWindows(nil, true, ticks, false); !slices.Equal(got, s.Times) {
		t.Errorf("the layer in one window: %v, expected %v", got, s.Times)
	}
	for _, last := range []bool{false, true} {
		var want []int32
		for b := range samples {
			for from := 0; from < ticks; from += 3 {
				for i := range inputs {
					at := int32(3)
					for tick := from; tick < min(from+3, ticks); tick++ {
						if fired[tick][b][i] && (last || at == 3) {
							at = int32(tick - from)
						}
					}
					want = append(want, at)
				}
			}
		}
		if got := s.AppendWindows([]int32{9}, false, 3, last); !slices.Equal(got[1:], want) || got[0] != 9 {
			t.Errorf("windows of 3, last %v: %v, expected %v", last, got, want)
		}
	}
}
