package engine

import (
	"slices"
	"testing"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// The balanced network under each kind of rule, in each way that its synapses are held.
func TestNoPlanChangesLearnedWeights(t *testing.T) {
	with := map[string][]string{
		"arranged": {"plasticity=stdp"},
		"linear":   {"plasticity=stdp", "projections.E_E.params.mu_plus=1", "projections.E_E.params.lambda=0.05"},
		"general":  {"plasticity=stdp", "projections.E_E.precision=float64"},
		"delays":   {"plasticity=stdp", "projections.E_E.delay={uniform: {min: 0.5 ms, max: 4 ms}}", "weight_std=0.3"},
		"triplets": {"plasticity=stdp_triplet", "projections.E_E.params={Aplus: 0.05 pA, Aminus: 0.05 pA, Aplus_triplet: 0.05 pA, Wmax: 150 pA}"},
		"windows":  {"plasticity=ssdp", "projections.E_E.ssdp.window=2 ms", "projections.E_E.ssdp.eta=0.1", "weight_std=0.3"},
		"16 bits":  {"plasticity=ssdp", "projections.E_E.ssdp.window=2 ms", "projections.E_E.ssdp.eta=0.1", "weight_std=0.3", "projections.E_E.weight_bits=16"},
		"released": {"plasticity=tsodyks2", "projections.E_E.params={U: 0.8, tau_rec: 20 ms}"},
	}
	seen := map[string]string{}
	for name, set := range with {
		m, err := model.Load(examples.Files, "brunel.yaml", model.Options{Set: append(set, "duration=100 ms", "discard=0 ms", "scale=0.05", "indegree=200")})
		if err != nil {
			t.Fatal(err)
		}
		n, err := kernel.Compile(m, examples.Files)
		if err != nil {
			t.Fatal(err)
		}
		spikes, weights, count := hashes(t, n, Config{Partitions: 1, Threads: 1})
		if count < 500 {
			t.Errorf("%s: only %d spikes, so little is compared", name, count)
		}
		if other, twice := seen[spikes+weights]; twice {
			t.Errorf("%s and %s give the same spikes and weights: one of them does nothing", name, other)
		}
		seen[spikes+weights] = name
		for _, c := range []Config{{Partitions: 2, Threads: 2}, {Partitions: 3, Threads: 1}, {Partitions: 7, Threads: 2}} {
			if s, w, _ := hashes(t, n, c); s != spikes || w != weights {
				t.Errorf("%s: %+v gives spikes %.12s and weights %.12s, one partition %.12s and %.12s", name, c, s, w, spikes, weights)
			}
		}
	}
}

// What is read of weights at a time is what a run that ends then leaves, wherever the
// steps before it began.
func TestWeightsAreReadAsOfTheirTime(t *testing.T) {
	for _, set := range [][]string{
		{"plasticity=stdp", "projections.E_E.params.lambda=0.05"},
		{"plasticity=stdp", "projections.E_E.precision=float64", "projections.E_E.delay={uniform: {min: 0.5 ms, max: 4 ms}}"},
		{"plasticity=ssdp", "projections.E_E.ssdp.window=2 ms", "projections.E_E.ssdp.eta=0.1"},
	} {
		network := func(duration string) *kernel.Network {
			m, err := model.Load(examples.Files, "brunel.yaml", model.Options{Set: append(slices.Clone(set), "duration="+duration, "discard=0 ms", "scale=0.05", "indegree=200", "records.weights=[{projection: E_E, at: [37.3 ms]}]")})
			if err != nil {
				t.Fatal(err)
			}
			n, err := kernel.Compile(m, examples.Files)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		_, want, _ := hashes(t, network("37.3 ms"), Config{Partitions: 1, Threads: 1})
		_, later, _ := hashes(t, network("60 ms"), Config{Partitions: 1, Threads: 1})
		e, err := New(network("60 ms"), Config{Partitions: 2, Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		err = e.Run(t.Context(), seen(func(m *Moment) error {
			if m.From == 373 {
				got = weightHash(t, e)
			}
			return nil
		}))
		e.Close()
		if err != nil || got != want || got == later {
			t.Errorf("%s: at 37.3 ms %.12s, a run that ends there has %.12s, one that ends later %.12s: %v", set, got, want, later, err)
		}
	}
}

type seen func(*Moment) error

func (s seen) Observe(m *Moment) error { return s(m) }
