package record

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/volley-snn/volley/snn"
)

// The vectors were computed with Python's hashlib and struct.pack.
const (
	hashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	// struct.pack('<6Q', 1,3, 1,7, 260,0)
	hashOfSpikes = "2ad8df07a3749b75d1f127f47d084874dd1bee293e841b9f18b96cf47d17cad9"
	// struct.pack('<4d', 0.5, 0.0, -1.25, 0.1)
	hashOfWeights = "7916f09187566eca8a73865abe8837e13c3ca18f0b3e08af11053f809808716b"
)

func TestSpikeHashVectors(t *testing.T) {
	h := NewSpikeHash()
	if h.Sum() != hashOfNothing {
		t.Errorf("no spikes: %s, expected %s", h.Sum(), hashOfNothing)
	}
	must(t, h.Append(1, []snn.GID{7}))
	must(t, h.Append(1, []snn.GID{3}))
	must(t, h.Append(2, nil))
	must(t, h.Append(260, []snn.GID{0}))
	if h.Spikes() != 3 || h.Sum() != hashOfSpikes {
		t.Errorf("%d spikes, hash %s, expected 3 and %s", h.Spikes(), h.Sum(), hashOfSpikes)
	}
	if h.Sum() != hashOfSpikes {
		t.Error("asking twice changes the hash")
	}
}

func TestSpikeHashRefusesFallingTicks(t *testing.T) {
	h := NewSpikeHash()
	must(t, h.Append(5, []snn.GID{1}))
	if err := h.Append(4, []snn.GID{1}); err == nil || !strings.Contains(err.Error(), "tick 4 after those of tick 5") {
		t.Errorf("error %v", err)
	}
	if err := NewSpikeHash().Append(-1, []snn.GID{1}); err == nil {
		t.Error("a negative tick was taken")
	}
}

// A hash that is stored between any two ticks and goes on is the hash of all.
func TestSpikeHashCheckpoint(t *testing.T) {
	whole := NewSpikeHash()
	for k := range 40 {
		must(t, whole.Append(snn.Tick(k), []snn.GID{snn.GID(40 - k), 100, 0}))
	}
	for cut := range 40 {
		h := NewSpikeHash()
		for k := range 40 {
			if k == cut {
				state, err := h.MarshalBinary()
				must(t, err)
				h = new(SpikeHash)
				must(t, h.UnmarshalBinary(state))
			}
			must(t, h.Append(snn.Tick(k), []snn.GID{snn.GID(40 - k), 100, 0}))
		}
		if h.Sum() != whole.Sum() || h.Spikes() != 120 {
			t.Fatalf("stored before tick %d: %s with %d spikes, expected %s with 120", cut, h.Sum(), h.Spikes(), whole.Sum())
		}
	}
	if err := new(SpikeHash).UnmarshalBinary([]byte("nonsense that is long enough")); err == nil {
		t.Error("a corrupt state was taken")
	}
}

func TestWeightHashVectors(t *testing.T) {
	h := NewWeightHash()
	h.Append([]float64{0.5, math.Copysign(0, -1)})
	h.Append([]float64{-1.25, 0.1})
	if h.Weights() != 4 || h.Sum() != hashOfWeights {
		t.Errorf("%d weights, hash %s, expected 4 and %s", h.Weights(), h.Sum(), hashOfWeights)
	}
	long := make([]float64, 5000)
	short := make([]float32, len(long))
	for k := range long {
		short[k] = float32(k)/3 - 700
		long[k] = float64(short[k])
	}
	a, b := NewWeightHash(), NewWeightHash()
	a.Append(long)
	b.Append32(short)
	if a.Sum() != b.Sum() {
		t.Error("float32 weights do not hash as the float64 of the same value")
	}
}

// The statistics of known trains, against two-pass formulas on the spikes.
func TestStatistics(t *testing.T) {
	populations := []Population{{Name: "regular", First: 0, End: 2}, {Name: "pair", First: 2, End: 3}, {Name: "irregular", First: 3, End: 4}, {Name: "silent", First: 4, End: 9}}
	trains := map[snn.GID][]snn.Tick{
		0: {100, 200, 300, 400}, 1: {50, 1050}, // only 2 spikes: no CV
		2: {10, 20}, 3: {150, 160, 200, 210, 990},
	}
	s := NewStatistics(populations, 0.1, 0)
	late := NewStatistics(populations, 0.1, 15) // discard 150 ticks
	for tick := snn.Tick(0); tick < 1100; tick++ {
		for gid := snn.GID(0); gid < 9; gid++ {
			if slices.Contains(trains[gid], tick) {
				must(t, s.Append(tick, []snn.GID{gid}))
				must(t, late.Append(tick, []snn.GID{gid}))
			}
		}
	}
	cv := func(isis ...float64) float64 {
		mean, variance := 0.0, 0.0
		for _, isi := range isis {
			mean += isi / float64(len(isis))
		}
		for _, isi := range isis {
			variance += (isi - mean) * (isi - mean) / float64(len(isis))
		}
		return math.Sqrt(variance) / mean
	}
	all, after := s.Summaries(1000), late.Summaries(1015)
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"regular CV", float64(all["regular"].CVISI), 0},
		{"regular rate", float64(all["regular"].RateHz), 3},
		{"irregular CV", float64(all["irregular"].CVISI), cv(10, 40, 10, 780)},
		{"irregular CV after the discard", float64(after["irregular"].CVISI), cv(40, 10, 780)},
		{"irregular rate after the discard", float64(after["irregular"].RateHz), 4},
		{"irregular spikes of the whole run", float64(after["irregular"].Spikes), 5},
		{"silent rate", float64(all["silent"].RateHz), 0},
		{"silent size", float64(all["silent"].Size), 5},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: %g, expected %g", c.what, c.got, c.want)
		}
	}
	if all["pair"].CVISI.Defined() || all["silent"].CVISI.Defined() {
		t.Error("a CV of fewer than 3 spikes")
	}
	if err := s.Append(2000, []snn.GID{9}); err == nil {
		t.Error("a GID of no population was counted")
	}
}

func TestClock(t *testing.T) {
	for _, dt := range []float64{0.1, 0.05, 1, 0.125, 0.3, 2.5} {
		c := NewClock(dt)
		for tick := snn.Tick(0); tick < 100_000; tick += 7 {
			if back := c.Tick(c.Ms(tick)); back != tick {
				t.Fatalf("dt %g: tick %d is %g ms and back tick %d", dt, tick, c.Ms(tick), back)
			}
		}
	}
	if ms := NewClock(0.1).Ms(3); ms != 0.3 {
		t.Errorf("tick 3 of 0.1 ms is %v", ms)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
