package engine

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/random"
)

// unstable is a network of which neurons 12 and 3 leave all usable numbers at
// ticks 301 and 302.
func unstable(t *testing.T) *kernel.Network {
	t.Helper()
	constant := func(x float64) model.Value { return model.Value{Dist: random.Const(x)} }
	own := func(neuron int) model.Value {
		v := model.Value{List: make([]float64, 20)}
		v.List[neuron] = -math.MaxFloat64
		return v
	}
	m := &model.Model{Name: "unstable", Dt: 0.1, Duration: 100, Seeds: model.Seeds{Base: 1},
		Populations: []model.Population{{Name: "net", Model: "hh_psc_alpha", Size: 20}},
		Stimuli: []model.Stimulus{
			{Name: "drive", Model: "dc_generator", Target: "net", Amplitude: constant(800), Stop: math.Inf(1)},
			{Name: "first", Model: "dc_generator", Target: "net", Amplitude: own(12), Start: 30, Stop: math.Inf(1)},
			{Name: "second", Model: "dc_generator", Target: "net", Amplitude: own(3), Start: 30.1, Stop: math.Inf(1)},
		},
		Projections: []model.Projection{{Name: "all", Source: "net", Target: "net", Rule: "all_to_all", Autapses: true, Multapses: true, Weight: constant(10), Delay: constant(1.5),
			Synapse: "stdp_synapse"}},
	}
	n, err := kernel.Compile(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A neuron that fails ends the run with the same error under every plan; what was
// computed before is there, and the engine stands still.
func TestUnstableNeuronIsOneError(t *testing.T) {
	n := unstable(t)
	var want string
	for _, c := range []Config{{Partitions: 1, Threads: 1}, {Partitions: 5, Threads: 1}, {Partitions: 5, Threads: 2}, {Partitions: 20, Threads: 4}} {
		e, err := New(n, c)
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewRecorder(n, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = e.Run(context.Background(), r)
		var f *Fault
		var u *neuron.Instability
		if !errors.As(err, &f) || !errors.As(err, &u) {
			t.Fatalf("%+v: %v", c, err)
		}
		if u.GID != 12 || u.Tick != 301 || !f.GIDs.Contains(12) || f.From != 300 || e.Now() != 300 || f.Stack != nil || !f.WeightsHold() {
			t.Errorf("%+v: %v, at tick %d", c, err, e.Now())
		}
		for _, words := range []string{"partition ", "ticks 301 to 315", "after 30 ms", "neuron 12 (hh_psc_alpha) became unstable in tick 301"} {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%q does not say %q", err, words)
			}
		}
		if again := e.Settle(); again != error(f) {
			t.Errorf("%+v: settling gives %v", c, again)
		}
		got := r.Hash.Sum() + " " + weightHash(t, e)
		if want == "" {
			want = got
		}
		if got != want || r.Hash.Spikes() < 20 {
			t.Errorf("%+v: hashes %s (%d spikes), expected %s", c, got, r.Hash.Spikes(), want)
		}
		e.Close()
	}
	// the weights are those of a run that ends there
	n.End = 300
	e, err := New(n, Config{Partitions: 1, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := errors.Join(e.Run(context.Background()), e.Settle()); err != nil {
		t.Fatal(err)
	}
	if got := weightHash(t, e); !strings.HasSuffix(want, got) {
		t.Errorf("the weights hash to %s in a run that ends there, and to %s in one that fails", got, want)
	}
}

// A broken partition is an error too, with the place; nobody waits for it for ever.
func TestBrokenPartitionIsOneError(t *testing.T) {
	for _, threads := range []int{1, 2, 4} {
		e, err := New(network(t), Config{Partitions: 7, Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		for e.Now() < 45 {
			if _, err := e.Step(e.Network.Boundary(e.Now(), nil), nil); err != nil {
				t.Fatal(err)
			}
		}
		whole := e.Partitions[4]
		e.Partitions[4] = nil
		err = e.Run(context.Background())
		var f *Fault
		if !errors.As(err, &f) || f.Partition != 4 || f.GIDs != e.Ranges[4] || f.From != 45 || !strings.Contains(string(f.Stack), "kernel.(*Partition).Step") || f.WeightsHold() {
			t.Errorf("%d threads: %v", threads, err)
		}
		e.Partitions[4] = whole
		if again := e.Run(context.Background()); again != error(f) || e.Now() != 45 {
			t.Errorf("%d threads: the run goes on after a fault, to tick %d: %v", threads, e.Now(), again)
		}
		e.Close()
	}
}

// What cannot be built is an error as well.
func TestPanicWhileBuildingIsAnError(t *testing.T) {
	n := network(t)
	n.Projections[0].Source = nil
	if _, err := New(n, Config{Partitions: 3, Threads: 2}); err == nil || !strings.Contains(err.Error(), "could not be built") {
		t.Errorf("got %v", err)
	}
}

// A building whose context is cancelled ends early, whatever is being made.
func TestBuildingCanBeEnded(t *testing.T) {
	for _, set := range [][]string{{}, {"weight_std=0.1"}, {"plasticity=ssdp"}} {
		m, err := model.Load(examples.Files, "brunel.yaml", model.Options{Set: set})
		if err != nil {
			t.Fatal(err)
		}
		n, err := kernel.Compile(m, examples.Files)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		told := 0
		e, err := New(n, Config{Threads: 2, Context: ctx, Built: func(int64) {
			told++
			cancel()
		}})
		if e != nil || !errors.Is(err, ErrBuilding) || !errors.Is(err, context.Canceled) || told > 2 {
			t.Errorf("%v: engine %v, error %v, told %d times; expected to be ended with the first", set, e, err, told)
		}
		cancel()
	}
}
