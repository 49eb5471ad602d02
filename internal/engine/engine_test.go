package engine

import (
	"context"
	"errors"
	"testing"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

func network(t *testing.T, set ...string) *kernel.Network {
	t.Helper()
	m, err := model.Load(examples.Files, "brunel.yaml", model.Options{Set: append([]string{"duration=50 ms", "discard=0 ms", "scale=0.1"}, set...)})
	if err != nil {
		t.Fatal(err)
	}
	n, err := kernel.Compile(m, examples.Files)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func spikeHash(t *testing.T, c Config, set ...string) string {
	t.Helper()
	e, err := New(network(t, set...), c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r, err := NewRecorder(e.Network, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Run(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	if r.Hash.Spikes() < 500 {
		t.Fatalf("only %d spikes, so little is compared", r.Hash.Spikes())
	}
	return r.Hash.Sum()
}

func TestPlanChangesNoSpike(t *testing.T) {
	want := spikeHash(t, Config{Partitions: 1, Threads: 1})
	for _, c := range []Config{{Partitions: 1, Threads: 2}, {Partitions: 2, Threads: 2}, {Partitions: 3, Threads: 1}, {Partitions: 3, Threads: 2}, {Partitions: 7, Threads: 2}, {Partitions: 7, Threads: 4}} {
		if got := spikeHash(t, c); got != want {
			t.Errorf("%+v gives %s, one partition %s", c, got, want)
		}
	}
	if other := spikeHash(t, Config{}, "seeds.base=2"); other == want {
		t.Error("another seed gave the same spikes")
	}
}

func TestInterruptedBetweenSteps(t *testing.T) {
	e, err := New(network(t), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := e.Run(ctx); !errors.Is(err, context.Canceled) || e.Now() != 0 {
		t.Errorf("got %v at tick %d", err, e.Now())
	}
}

// weightHash is the hash of all plastic weights as they are now.
func weightHash(t testing.TB, s Simulation) string {
	t.Helper()
	h, err := HashWeights(s)
	if err != nil {
		t.Fatal(err)
	}
	return h.Sum()
}
