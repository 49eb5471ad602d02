package encode

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

// Every tick of every trial up to the longest has a brightness of its own.
func TestBrightnessIsLatencysInverse(t *testing.T) {
	for ticks := 1; ticks <= MostTicks; ticks++ {
		l := NewLatency(0, ticks)
		for tick := range ticks {
			for at := range ticks {
				n := len(l.Append(nil, []byte{Brightness(tick, ticks)}, at, random.Lanes{}))
				if n != 0 != (at == tick) {
					t.Fatalf("of %d ticks, the brightness of tick %d spikes %d times in tick %d", ticks, tick, n, at)
				}
			}
		}
	}
}

func TestLatencyIsSilentUpToLeast(t *testing.T) {
	l, pixels := NewLatency(0.2, 10), []byte{0, 51, 52, 153, 255}
	var all []uint32
	for tick := range 10 {
		for _, i := range l.Append(nil, pixels, tick, random.Lanes{}) {
			if want := map[uint32]int{2: 9, 3: 5, 4: 0}[i]; tick != want { // 153 of 255 is 0.6: half of the way, 4.5
				t.Errorf("pixel %d spikes in tick %d, expected %d", pixels[i], tick, want)
			}
			all = append(all, i)
		}
	}
	if len(all) != 3 {
		t.Errorf("%d pixels spike, expected 3", len(all))
	}
}

// Pixels spike as often as they are to, in every tick.
func TestBernoulliFrequencies(t *testing.T) {
	const trials = 4000
	b, pixels := NewBernoulli(2, 0.5, 4), []byte{0, 40, 128, 255}
	for tick := range 4 {
		count := make([]int, len(pixels))
		for k := range uint64(trials) {
			for _, i := range b.Append(nil, pixels, tick, random.Seed(1, random.Encoding).Sub(k).Lanes()) {
				count[i]++
			}
		}
		for i, n := range count {
			p := min(1, 2*math.Exp(-0.5*float64(tick))*float64(pixels[i])/255)
			if off := math.Abs(float64(n) - trials*p); off > 4.5*math.Sqrt(trials*p*(1-p))+1e-9 {
				t.Errorf("tick %d, pixel %d: %d of %d, expected a share of %g", tick, pixels[i], n, trials, p)
			}
		}
	}
}
