package exchange

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/volley-snn/volley/cluster/bus/memory"
	"github.com/volley-snn/volley/cluster/lockstep"
	"github.com/volley-snn/volley/cluster/lockstep/simulated"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// wire is a payload of a simulated cluster: a step as its node wrote it. Who takes it
// reads it then, from the memory that the node keeps for what has not been taken.
type wire struct {
	from *Share
	o    *outgoing
}

// read is what a node, or the recorder, reads of the payload of a step.
func (w *wire) read(to int, step lockstep.Step) any {
	if w.o.step != step {
		panic(fmt.Sprintf("step %d of node %d was written over by step %d before node %d took it", step, w.from.c.Self, w.o.step, to))
	}
	body := w.o.recorder
	for a, audience := range w.from.c.Plan.Shares[w.from.c.Self].Audiences {
		for _, m := range audience.Members {
			if m == to {
				body = w.o.audiences[a]
			}
		}
	}
	payload, err := readPayload(w.from.link.header(w.o.kind, w.o.step), body)
	if err != nil {
		panic(err)
	}
	return payload
}

// sharer lets a simulated cluster step a real share: all of it but goroutines and bus.
type sharer struct{ *Share }

func (s sharer) Compute(at lockstep.Step, payloads []any) (any, bool, bool) {
	f := lockstep.Effect{Kind: lockstep.Compute, Step: at}
	for _, p := range payloads {
		f.Payloads = append(f.Payloads, p.(*wire).read(s.c.Self, at-1))
	}
	s.compute(&f)
	done := s.link.last
	return &wire{s.Share, done.Payload.(*outgoing)}, done.Held, done.Last
}

// listener is the recorder of a simulated cluster.
type listener struct {
	*Follower
	schedule *engine.Schedule
	seen     *seen
}

func (l listener) Compute(at lockstep.Step, payloads []any) (any, bool, bool) {
	to, _, more := l.schedule.Next(l.now)
	if !more {
		return struct{}{}, false, true
	}
	f := lockstep.Effect{Step: at}
	for _, p := range payloads {
		f.Payloads = append(f.Payloads, p.(*wire).read(len(l.c.Plan.Shares), at))
	}
	if err := l.read(&f, to); err != nil {
		panic(err)
	}
	m := engine.Moment{From: l.now, To: to, Outputs: l.outputs, Aggregates: kernel.Sum(l.shares)}
	l.now = to
	if err := l.seen.Observe(&m); err != nil {
		panic(err)
	}
	return struct{}{}, l.held(), false
}

// seen is what came of a run: its spikes and weights, and every window measured.
type seen struct {
	n       *kernel.Network
	spikes  *record.SpikeHash
	windows map[string]string
	weights uint64
}

func newSeen(n *kernel.Network) *seen {
	return &seen{n: n, spikes: record.NewSpikeHash(), windows: map[string]string{}}
}

func (s *seen) Observe(m *engine.Moment) error {
	for k := range int(m.To - m.From) {
		var all []snn.GID
		for _, o := range m.Outputs {
			all = append(all, o.Spikes.At(k)...)
		}
		if err := s.spikes.Append(m.From+1+snn.Tick(k), all); err != nil {
			return err
		}
	}
	for _, a := range m.Aggregates {
		if s.n.Measurement(a.Measure) != nil {
			s.windows[fmt.Sprint(a.Measure, a.Window)] = fmt.Sprint(a.End, a.Counts)
		}
	}
	return nil
}

// weigh hashes the weights of engines in the order of their partitions.
func (s *seen) weigh(engines ...*engine.Engine) {
	h := fnv.New64a()
	for _, p := range s.n.Projections {
		if !p.Plastic() {
			continue
		}
		for _, e := range engines {
			_ = e.EachWeight(p, func(target int, sources []uint32, weights []float64) {
				for _, w := range weights {
					fmt.Fprint(h, target, math.Float64bits(w))
				}
			})
		}
	}
	s.weights = h.Sum64()
}

func (s *seen) differs(want *seen) error {
	switch {
	case s.spikes.Sum() != want.spikes.Sum():
		return fmt.Errorf("%d spikes, want %d, or others", s.spikes.Spikes(), want.spikes.Spikes())
	case s.weights != want.weights:
		return fmt.Errorf("the weights differ")
	case len(s.windows) != len(want.windows):
		return fmt.Errorf("%d windows, want %d", len(s.windows), len(want.windows))
	}
	for key, w := range want.windows {
		if s.windows[key] != w {
			return fmt.Errorf("window %s is %s, want %s", key, s.windows[key], w)
		}
	}
	return nil
}

// simulate runs a network on nodes that lose and delay as the seed says.
func simulate(n *kernel.Network, seed uint64) (*seen, error) {
	r := rand.New(rand.NewPCG(seed, 2))
	var places []partition.Node
	for k := range 1 + r.IntN(5) {
		places = append(places, partition.Node{Name: fmt.Sprint(k), Threads: 1 + r.IntN(2)})
	}
	plan, err := partition.Make(engine.ToPlan(n), places, partition.Options{FanIn: 1 + r.IntN(3)})
	if err != nil {
		return nil, err
	}
	credit := 3 + r.IntN(14)
	hub := memory.New() // for the shells; nothing goes over it
	var configs []lockstep.Config
	var bodies []simulated.Body
	var engines []*engine.Engine
	for k := range plan.Shares {
		s, err := NewShare(ShareConfig{Network: n, Plan: plan, Self: k, Bus: hub.Connect(), Run: "simulated", Epoch: 1, Credit: credit})
		if err != nil {
			return nil, err
		}
		if err := s.Build(); err != nil {
			return nil, err
		}
		defer s.engine.Close()
		configs, bodies, engines = append(configs, s.link.machine.Config()), append(bodies, sharer{s}), append(engines, s.engine)
	}
	f, err := NewFollower(FollowerConfig{Network: n, Plan: plan, Bus: hub.Connect(), Run: "simulated", Epoch: 1, Credit: credit})
	if err != nil {
		return nil, err
	}
	got := newSeen(n)
	configs, bodies = append(configs, f.link.machine.Config()), append(bodies, listener{f, engine.NewSchedule(n), got})
	faults := simulated.Faults{Drop: r.Float64() * 0.2, Duplicate: r.Float64() * 0.2, Delay: r.Float64() * 0.2, Slow: r.Float64() * 0.1, LongNs: 1 + r.Int64N(100e6)}
	c, err := simulated.New(r.Uint64(), configs, bodies, faults)
	if err != nil {
		return nil, err
	}
	if err := c.Run(3_000_000); err != nil {
		return nil, err
	}
	got.weigh(engines...)
	return got, nil
}

// plain runs a network on one partition.
func plain(n *kernel.Network) (*seen, error) {
	e, err := engine.New(n, engine.Config{Partitions: 1, Threads: 1})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	s := newSeen(n)
	if err := engine.Run(context.Background(), e, s); err != nil {
		return nil, err
	}
	if err := e.Settle(); err != nil {
		return nil, err
	}
	s.weigh(e)
	return s, nil
}

// loop is three populations that drive each other. One learns twice: from windows
// with time for a tree of sums, and from windows so short that each node sums for
// itself. Not every node hears every other.
const loop = `
name: loop
duration: 150 ms
populations:
  a: {model: iaf_psc_delta, size: 12, params: {E_L: 0 mV, V_reset: 0 mV, V_th: 10 mV, tau_m: 20 ms}, initial: {V_m: 0 mV}}
  b: {model: iaf_psc_delta, size: 9, params: {E_L: 0 mV, V_reset: 0 mV, V_th: 10 mV, tau_m: 20 ms}, initial: {V_m: 0 mV}}
  c: {model: parrot_neuron, size: 7}
inputs:
  in: {model: poisson, size: 40, rate: 60 Hz}
projections:
  in_a: {source: in, target: a, rule: fixed_indegree, indegree: 10, weight: 4 mV, delay: 1 ms}
  a_b: {source: a, target: b, rule: all_to_all, weight: {uniform: {min: 1 mV, max: 2 mV}}, delay: 1.5 ms, synapse_model: ssdp_synapse, ssdp: {w_max: 4 mV}}
  in_b: {source: in, target: b, rule: all_to_all, weight: {uniform: {min: 0.2 mV, max: 0.6 mV}}, delay: 1 ms, synapse_model: ssdp_synapse, ssdp: {window: 2 ms, w_max: 1 mV}}
  b_c: {source: b, target: c, rule: fixed_indegree, indegree: 2, weight: 1, delay: 2 ms}
  c_b: {source: c, target: b, rule: fixed_indegree, indegree: 3, weight: 1 mV, delay: 1 ms}
`

var (
	schedules = flag.Int("schedules", 40, "seeds to simulate")
	seed      = flag.Uint64("seed", 0, "the first of them")
)

// Real partitions, envelopes and statistics under losses, duplicates and delays that
// follow from a seed: the spikes, weights and windows are those of one partition.
func TestSchedulesOfRealNetworks(t *testing.T) {
	for name, text := range map[string]string{"recorded": strings.Replace(small.Recorded, "duration: 500 ms", "duration: 250 ms", 1), "loop": loop} {
		m, err := model.Load(fstest.MapFS{"m.yaml": {Data: []byte(text)}}, "m.yaml", model.Options{})
		if err != nil {
			t.Fatal(err)
		}
		n, err := kernel.Compile(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := plain(n)
		if err != nil {
			t.Fatal(err)
		}
		if want.spikes.Spikes() < 250 || len(want.windows) < 10 {
			t.Errorf("%s: only %d spikes and %d windows are compared", name, want.spikes.Spikes(), len(want.windows))
		}
		for k := range *schedules {
			at := *seed + uint64(k)
			got, err := simulate(n, at)
			if err == nil {
				err = got.differs(want)
			}
			if err != nil {
				t.Fatalf("%s, seed %d: %v\nagain: go test ./actors/exchange -run TestSchedulesOfRealNetworks -seed %d -schedules 1", name, at, err, at)
			}
		}
	}
}
