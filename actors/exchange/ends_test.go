package exchange_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/results"
	"github.com/volley-snn/volley/internal/session"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/random"
)

// stopper stops a run on the way.
type stopper struct {
	stop func()
	at   snn.Tick
	end  snn.Tick // of the last moment seen
}

func (s *stopper) Observe(m *engine.Moment) error {
	if s.end = m.To; m.From < s.at && m.To >= s.at {
		s.stop()
	}
	return nil
}

// A run that is stopped leaves what it had computed up to one tick of all nodes: the
// spikes and weights of a run that ends there.
func TestARunThatIsStoppedEndsAtOneTick(t *testing.T) {
	n := recorded(t)
	for _, nodes := range []int{1, 3} {
		g := start(t, n, nodes, 1, onMemory())
		s := &stopper{stop: g.follower.Stop, at: 1000}
		path := t.TempDir()
		dir, err := record.Create(path, record.Options{})
		if err != nil {
			t.Fatal(err)
		}
		findings, err := results.New(n)
		if err != nil {
			t.Fatal(err)
		}
		r, err := session.Run(context.Background(), g.follower, session.Config{Dir: dir, Findings: findings, Watchers: []engine.Observer{s}})
		if !errors.Is(err, context.Canceled) || r == nil || !r.Summary.Interrupted {
			t.Fatalf("%d nodes: %v, %+v", nodes, err, r)
		}
		g.end(t)
		if s.end < s.at || s.end >= n.End {
			t.Errorf("stopped at tick %d, and it ended at %d of %d", s.at, s.end, n.End)
		}
		shorter := recorded(t)
		shorter.End = s.end
		want := local(t, shorter)
		if r.Summary.SpikeHash != want.spikes || r.Summary.WeightHash != want.weights {
			t.Errorf("%d nodes: spikes %.12s and weights %.12s, those of a run of %d ticks are %.12s and %.12s", nodes, r.Summary.SpikeHash, r.Summary.WeightHash, s.end, want.spikes, want.weights)
		}
		for _, name := range []string{"spikes.parquet", "signals.parquet"} {
			got, err := os.ReadFile(filepath.Join(path, name))
			if err != nil || string(got) != string(want.files[name]) {
				t.Errorf("%d nodes: %s differs from that of a run of %d ticks: %v", nodes, name, s.end, err)
			}
		}
	}
}

// unstable is a network of which neuron 12 leaves all usable numbers in tick 301.
func unstable(t *testing.T) *kernel.Network {
	t.Helper()
	constant := func(x float64) model.Value { return model.Value{Dist: random.Const(x)} }
	own := model.Value{List: make([]float64, 20)}
	own.List[12] = -math.MaxFloat64
	n, err := kernel.Compile(&model.Model{Name: "unstable", Dt: 0.1, Duration: 100, Seeds: model.Seeds{Base: 1},
		Populations: []model.Population{{Name: "net", Model: "hh_psc_alpha", Size: 20}},
		Stimuli: []model.Stimulus{
			{Name: "drive", Model: "dc_generator", Target: "net", Amplitude: constant(800), Stop: math.Inf(1)},
			{Name: "first", Model: "dc_generator", Target: "net", Amplitude: own, Start: 30, Stop: math.Inf(1)},
		},
		Projections: []model.Projection{{Name: "all", Source: "net", Target: "net", Rule: "all_to_all", Autapses: true, Multapses: true, Weight: constant(10), Delay: constant(1.5), Synapse: "stdp_synapse"}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A neuron that fails on one node ends the run with the error and the weights of a
// run in one process.
func TestAFaultOnANodeIsThatOfALocalRun(t *testing.T) {
	n := unstable(t)
	outcome := func(s engine.Simulation) (spikes, weights string, err error) {
		r, wrong := engine.NewRecorder(n, nil)
		if wrong != nil {
			t.Fatal(wrong)
		}
		err = engine.Run(context.Background(), s, r)
		if again := s.Settle(); !errors.Is(again, err) {
			t.Errorf("settling gives %v after %v", again, err)
		}
		h, wrong := engine.HashWeights(s)
		if wrong != nil {
			t.Fatal(wrong)
		}
		return r.Hash.Sum(), h.Sum(), err
	}
	e, err := engine.New(n, engine.Config{Partitions: 4, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	spikes, weights, want := outcome(e)
	g := start(t, n, 4, 1, onMemory())
	gotSpikes, gotWeights, got := outcome(g.follower)
	var f *engine.Fault
	var u *neuron.Instability
	if !errors.As(got, &f) || !errors.As(got, &u) || got.Error() != want.Error() || !f.WeightsHold() || !strings.Contains(got.Error(), "neuron 12") {
		t.Errorf("the fault is %q, in one process %q", got, want)
	}
	if gotSpikes != spikes || gotWeights != weights {
		t.Errorf("spikes %.12s and weights %.12s, in one process %.12s and %.12s", gotSpikes, gotWeights, spikes, weights)
	}
	g.end(t)
}

// A node that is lost ends the run with what the coordinator says.
func TestALostNodeEndsTheRun(t *testing.T) {
	n := recorded(t)
	g := start(t, n, 2, 1, onMemory())
	lost := errors.New("node n1 is lost")
	s := &stopper{stop: func() { g.follower.Fail(lost) }, at: 1000}
	if err := engine.Run(context.Background(), g.follower, s); !errors.Is(err, lost) {
		t.Errorf("the run ended with %v", err)
	}
	if err := g.follower.Settle(); !errors.Is(err, lost) {
		t.Errorf("settling gives %v", err)
	}
	g.end(t)
}

// Who waits for a step when the loops end is told, and does not wait for ever.
func TestNobodyWaitsForLoopsThatHaveEnded(t *testing.T) {
	n := recorded(t)
	g := start(t, n, 2, 1, onMemory())
	s := &stopper{stop: g.cancel, at: 1000}
	if err := engine.Run(context.Background(), g.follower, s); !errors.Is(err, context.Canceled) {
		t.Errorf("the run ended with %v", err)
	}
	g.end(t)
}
