package plastic

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/ssdp/batch"
)

const samples, ticks, neurons = 64, 8, 20

// planted is batches in which the first half of sources and of targets fires
// together, in half of the samples and within a tick; the others fire as often, alone.
func planted(number int) *Batch {
	s := random.Seed(uint64(number), random.Spikes).Stream()
	layer := func() batch.Layer {
		l := batch.Layer{Neurons: neurons, First: make([]int32, samples*neurons)}
		for k := range l.First {
			l.First[k] = ticks
			if s.Float64() < 0.5 {
				l.First[k] = int32(s.Intn(ticks))
			}
		}
		return l
	}
	b := &Batch{Epoch: 0, Samples: samples, Ticks: ticks, Windows: 1, Sources: layer(), Targets: layer(), Loss: 1, Key: random.Seed(uint64(number), random.Order)}
	for k := range samples {
		together, at := s.Float64() < 0.5, int32(s.Intn(ticks))
		for i := range neurons / 2 {
			for _, l := range []batch.Layer{b.Sources, b.Targets} {
				l.First[k*neurons+i] = ticks
				if together {
					l.First[k*neurons+i] = at
				}
			}
		}
		b.Kappa = append(b.Kappa, s.Float64())
	}
	return b
}

// change is the mean change of planted pairs and of the others, over batches.
func change(t *testing.T, c Config) (pairs, others float64) {
	t.Helper()
	r, w := New(c, neurons, neurons), make([]float32, neurons*neurons)
	const batches = 40
	for n := range batches {
		if _, err := r.Add(w, planted(n)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range neurons {
		for j := range neurons {
			if i < neurons/2 && j < neurons/2 {
				pairs += float64(w[i*neurons+j]) / (neurons * neurons / 4)
			} else {
				others += float64(w[i*neurons+j]) / (neurons * neurons * 3 / 4)
			}
		}
	}
	return pairs / c.Params.APlus / batches, others / c.Params.APlus / batches
}

func corrected(control Control) Config {
	return Config{Params: batch.Corrected(ticks), Control: control}
}

// Pairs that fire together gain, others gain nothing; in the published form
// independent pairs do, too. Each control takes one thing away.
func TestPlantedPairsGain(t *testing.T) {
	pairs, others := change(t, corrected(Uncontrolled))
	if pairs < 0.2 || math.Abs(others) > 0.01 {
		t.Errorf("planted pairs change by %g a batch, others by %g", pairs, others)
	}
	// A trial's own partner goes; with it, what they had beyond chance.
	if p, o := change(t, corrected(PairingShuffle)); math.Abs(p) > 0.1*pairs || math.Abs(o) > 0.01 {
		t.Errorf("pairing shuffle: planted pairs change by %g, others by %g", p, o)
	}
	all := (pairs + 3*others) / 4
	if p, o := change(t, corrected(Uniform)); math.Abs(p-all) > 1e-3 || math.Abs(o-all) > 1e-3 {
		t.Errorf("uniform: %g and %g, expected %g for all", p, o, all)
	}
	if p, o := change(t, corrected(SynapseShuffle)); math.Abs(p-all) > 0.1*pairs || math.Abs((p+3*o)/4-all) > 1e-3 {
		t.Errorf("synapse shuffle: %g and %g, expected about %g for all", p, o, all)
	}
}

func TestStartEpochAndGates(t *testing.T) {
	late := corrected(Uncontrolled)
	late.Start = 1
	if p, o := change(t, late); p != 0 || o != 0 {
		t.Errorf("before its first epoch the rule changes weights by %g and %g", p, o)
	}
	watching := corrected(Uncontrolled)
	watching.Gate, watching.Warmup = Dopamine, 1
	if p, o := change(t, watching); p != 0 || o != 0 {
		t.Errorf("while its gate watches the rule changes weights by %g and %g", p, o)
	}
	plain, _ := change(t, corrected(Uncontrolled))
	open := corrected(Uncontrolled)
	open.Gate, open.GateKappa, open.GateK, open.Horizon = Synchrony, true, 0.5, 20
	if p, _ := change(t, open); p == plain || math.Abs(p/plain-1) > 0.2 {
		t.Errorf("a gate that goes with noise: %g, without it %g", p, plain)
	}
}

// The pairing shuffle moves whole trials: a window's sources come from the same window
// of another trial.
func TestShuffleKeepsWindows(t *testing.T) {
	const trials, windows = 16, 3
	sources := batch.Layer{Neurons: 1, First: make([]int32, trials*windows)}
	for k := range sources.First {
		sources.First[k] = int32(k)
	}
	r := New(Config{Params: batch.Corrected(trials * windows), Control: PairingShuffle}, 1, 1)
	got := r.shuffled(&Batch{Samples: trials * windows, Windows: windows, Sources: sources, Key: random.Seed(1, random.Order)})
	for k, x := range got.First {
		if int(x)%windows != k%windows || int(x)/windows == k/windows || got.First[k/windows*windows]/windows != x/windows {
			t.Errorf("window %d of trial %d has the sources of window %d of trial %d", k%windows, k/windows, int(x)%windows, int(x)/windows)
		}
	}
}

// An amplitude that falls to nothing by the last epoch changes weights as much less.
func TestAnnealedAmplitude(t *testing.T) {
	c := corrected(Uncontrolled)
	full, _ := change(t, c)
	c.Anneal = batch.Anneal{Start: c.Params.APlus, End: c.Params.APlus / 4, Epochs: 0}
	if p, _ := change(t, c); p != full {
		t.Errorf("without epochs: %g, expected %g", p, full)
	}
	c.Anneal.Epochs = 1
	r, w := New(c, neurons, neurons), make([]float32, neurons*neurons)
	plain, v := New(corrected(Uncontrolled), neurons, neurons), make([]float32, neurons*neurons)
	for n := range 3 {
		b := planted(n)
		b.Epoch = 1
		if _, err := r.Add(w, b); err != nil {
			t.Fatal(err)
		}
		if _, err := plain.Add(v, b); err != nil {
			t.Fatal(err)
		}
	}
	for k := range w {
		if math.Abs(float64(w[k]-v[k]/4)) > 1e-6*c.Params.APlus {
			t.Fatalf("weight %d changes by %g, expected a quarter of %g", k, w[k], v[k])
		}
	}
}

// A rule that is restored goes on as the one that was saved.
func TestStateIsWhole(t *testing.T) {
	c := corrected(Uncontrolled)
	c.Gate, c.GateK, c.Horizon = Synchrony, 1, 5
	one, w := New(c, neurons, neurons), make([]float32, neurons*neurons)
	add := func(r *Rule, n int) {
		if _, err := r.Add(w, planted(n)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 5 {
		add(one, n)
	}
	state := one.State()
	saved := append([]float32(nil), w...)
	add(one, 5)
	want := append([]float32(nil), w...)
	copy(w, saved)
	two := New(c, neurons, neurons)
	if err := two.Restore(&state); err != nil {
		t.Fatal(err)
	}
	add(two, 5)
	for k := range w {
		if w[k] != want[k] {
			t.Fatalf("weight %d is %g, expected %g", k, w[k], want[k])
		}
	}
}
