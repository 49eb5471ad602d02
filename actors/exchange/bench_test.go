package exchange_test

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/nats"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// exchanged is a network of next to no computing, whose steps of 1.5 ms bring 1,000
// spikes in all, each of which all nodes need.
const exchanged = `
name: exchanged
duration: %d ms
populations:
  n: {model: iaf_psc_delta, size: 1000, params: {I_e: 4000 pA, t_ref: 0.5 ms}, initial: {V_m: {uniform: {min: -70 mV, max: -55 mV}}}}
projections:
  all: {source: n, target: n, rule: fixed_indegree, indegree: 1, weight: 0.001 mV, delay: 1.5 ms}
`

func exchangedNetwork(b *testing.B, steps int) *kernel.Network {
	b.Helper()
	text := fmt.Sprintf(exchanged, max(steps*3/2, 3))
	m, err := model.Load(fstest.MapFS{"m.yaml": {Data: []byte(text)}}, "m.yaml", model.Options{})
	if err != nil {
		b.Fatal(err)
	}
	n, err := kernel.Compile(m, nil)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkStep is a step of nodes that compute next to nothing: ns a step with all
// that surrounds it, and of it what a node waits for the others' envelopes. All nodes
// are in this process, each with a connection of its own to one server. Beside it
// stands BenchmarkExchange of cluster/bus/nats: the same messages and nothing else.
func BenchmarkStep(b *testing.B) {
	for _, kind := range []string{"memory", "loopback"} {
		for _, nodes := range []int{1, 2, 4, 8} {
			b.Run(fmt.Sprintf("%s/nodes=%d", kind, nodes), func(b *testing.B) { benchmarkStep(b, kind, nodes) })
		}
	}
}

func benchmarkStep(b *testing.B, kind string, nodes int) {
	connect := onMemory()
	if kind == "loopback" {
		s, err := nats.Start(nats.ServerOptions{Listen: "127.0.0.1:0"})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(s.Shutdown)
		connect = func() bus.Bus {
			c, err := nats.Connect(context.Background(), nats.Options{URLs: []string{s.ClientURL()}})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = c.Close() })
			return c
		}
	}
	b.ReportAllocs()
	n := exchangedNetwork(b, b.N)
	g := start(b, n, nodes, 1, connect)
	if err := engine.Run(context.Background(), g.follower); err != nil {
		b.Fatal(err)
	}
	if err := g.follower.Settle(); err != nil {
		b.Fatal(err)
	}
	steps, waited := int64(0), int64(0)
	for _, s := range g.shares {
		at := s.Status().Lockstep
		steps, waited = steps+at.Steps, waited+at.WaitedNs
	}
	b.ReportMetric(float64(waited)/float64(steps), "waited-ns/step")
	g.end(b)
}
