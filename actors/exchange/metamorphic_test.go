package exchange_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/bustest"
	"github.com/volley-snn/volley/cluster/bus/chaos"
	"github.com/volley-snn/volley/cluster/bus/memory"
	"github.com/volley-snn/volley/cluster/bus/nats"
	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/results"
	"github.com/volley-snn/volley/internal/session"
	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

const sharedData = "../../../shared/data"

// files looks an example up, and its data beside it.
type files struct{ data fs.FS }

func (f files) Open(name string) (fs.File, error) {
	if file, err := examples.Files.Open(name); err == nil {
		return file, nil
	}
	return f.data.Open(name)
}

func example(t *testing.T, name string) *kernel.Network {
	t.Helper()
	m, err := model.Load(examples.Files, name, model.Options{Set: small.Sizes[name]})
	if err != nil {
		t.Fatal(err)
	}
	if m.Protocol != nil {
		if _, err := os.Stat(sharedData); err != nil {
			t.Skipf("the data is not here, so nothing is compared: %v", err)
		}
	}
	n, err := kernel.Compile(m, files{os.DirFS(sharedData)})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// written is what a run left: its hashes, and its files but for the two that tell
// what it cost.
type written struct {
	spikes, weights string
	count           int64
	files           map[string][]byte
}

func write(t *testing.T, n *kernel.Network, s engine.Simulation, watchers ...engine.Observer) *written {
	t.Helper()
	path := t.TempDir()
	dir, err := record.Create(path, record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := results.New(n)
	if err != nil {
		t.Fatal(err)
	}
	r, err := session.Run(context.Background(), s, session.Config{Dir: dir, Findings: findings, Watchers: watchers})
	if err != nil {
		t.Fatal(err)
	}
	w := &written{r.Summary.SpikeHash, r.Summary.WeightHash, r.Summary.Spikes, map[string][]byte{}}
	for _, pattern := range []string{"*.parquet", "weights/*.npy"} {
		found, _ := filepath.Glob(filepath.Join(path, pattern))
		for _, f := range found {
			if w.files[filepath.Base(f)], err = os.ReadFile(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	return w
}

func local(t *testing.T, n *kernel.Network) *written {
	t.Helper()
	e, err := engine.New(n, engine.Config{Partitions: 1, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	return write(t, n, e)
}

// group is the nodes of a run in this process.
type group struct {
	plan     *partition.Plan
	shares   []*exchange.Share
	follower *exchange.Follower
	cancel   context.CancelFunc
	loops    sync.WaitGroup
	errors   chan error
}

// start makes a run of n on nodes of some threads each, every one with a bus of its own.
func start(t testing.TB, n *kernel.Network, nodes, threads int, connect func() bus.Bus) *group {
	t.Helper()
	return startOn(t, n, slices.Repeat([]int{threads}, nodes), connect)
}

// startOn makes a run of n on nodes of the numbers of threads that are given; a thread
// has a partition.
func startOn(t testing.TB, n *kernel.Network, threads []int, connect func() bus.Bus) *group {
	t.Helper()
	nodes := len(threads)
	var places []partition.Node
	for k := range nodes {
		places = append(places, partition.Node{Name: fmt.Sprint("n", k), Threads: threads[k]})
	}
	plan, err := partition.Make(engine.ToPlan(n), places, partition.Options{FanIn: 2})
	if err != nil {
		t.Fatal(err)
	}
	g := &group{plan: plan, errors: make(chan error, nodes+2)}
	for k := range plan.Shares {
		s, err := exchange.NewShare(exchange.ShareConfig{Network: n, Plan: plan, Self: k, Bus: connect(), Run: "test", Epoch: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Build(); err != nil {
			t.Fatal(err)
		}
		if err := s.Listen(); err != nil {
			t.Fatal(err)
		}
		g.shares = append(g.shares, s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	g.cancel = cancel
	g.follower, err = exchange.NewFollower(exchange.FollowerConfig{
		Network: n, Plan: plan, Bus: connect(), Run: "test", Epoch: 1,
		Weights: func(part int, p *kernel.Projection, yield func(int, []uint32, []float64)) error {
			at := plan.Parts[part].Node
			return g.shares[at].Do(ctx, func(e *engine.Engine) { e.Partitions[part-plan.Shares[at].First].Weights(p, yield) })
		},
		Accounts: func() (all []*engine.Account, err error) {
			for _, s := range g.shares {
				if late := s.Do(ctx, func(e *engine.Engine) {
					var a *engine.Account
					a, err = e.Account()
					all = append(all, a)
				}); late != nil {
					return nil, late
				}
			}
			return all, err
		},
		StopAt: func(step int64) error {
			for _, s := range g.shares {
				if err := s.StopAt(ctx, step); err != nil {
					return err
				}
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.follower.Listen(); err != nil {
		t.Fatal(err)
	}
	for _, s := range g.shares {
		g.loops.Go(func() { g.errors <- s.Run(ctx) })
	}
	g.loops.Go(func() { g.errors <- g.follower.Run(ctx) })
	for _, s := range g.shares {
		if err := s.Start(ctx); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

// end stops the loops; none may have failed.
func (g *group) end(t testing.TB) {
	t.Helper()
	g.cancel()
	g.loops.Wait()
	close(g.errors)
	for err := range g.errors {
		if err != nil {
			t.Error(err)
		}
	}
}

func onMemory() func() bus.Bus {
	hub := memory.New()
	return func() bus.Bus { return hub.Connect() }
}

func onNATS(t *testing.T) func() bus.Bus {
	t.Helper()
	s, err := nats.Start(nats.ServerOptions{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	return func() bus.Bus {
		b, err := nats.Connect(t.Context(), nats.Options{URLs: []string{s.ClientURL()}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = b.Close() })
		return b
	}
}

// One hash of spikes and one of weights for 1, 2, 3 and 7 partitions on up to 3 nodes,
// on a bus in memory and on NATS, with one processor and with two; and on 5 nodes. A
// part of these under the race detector.
func TestNoPlanOfNodesChangesAnExample(t *testing.T) {
	for name := range small.Sizes {
		t.Run(name, func(t *testing.T) {
			n := example(t, name)
			want := local(t, n)
			if want.count < 500 {
				t.Errorf("only %d spikes, so little is compared", want.count)
			}
			try := func(threads []int, wire string, connect func() bus.Bus) {
				t.Run(fmt.Sprintf("nodes of %v threads, %s", threads, wire), func(t *testing.T) {
					for _, procs := range []int{1, 2} {
						if raced && procs == 1 {
							continue
						}
						defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
						g := startOn(t, n, threads, connect)
						if len(n.Injected()) > 0 {
							g.ingest(t, n, connect(), nil, 0)
						}
						compare(t, want, write(t, n, g.follower))
						g.end(t)
					}
				})
			}
			overNATS := onNATS(t)
			if raced {
				try([]int{1, 2}, "NATS", overNATS)
				try([]int{2, 1, 1}, "memory", onMemory())
				return
			}
			for _, threads := range [][]int{{1}, {1, 1}, {1, 1, 1}, {3, 2, 2}} {
				try(threads, "memory", onMemory())
				try(threads, "NATS", overNATS)
			}
			try([]int{1, 1, 1, 1, 1}, "memory", onMemory())
		})
	}
}

// compare finds what differs between a run on one partition and another.
func compare(t *testing.T, want, got *written) {
	t.Helper()
	if got.spikes != want.spikes || got.weights != want.weights {
		t.Errorf("spikes %.12s and weights %.12s, want %.12s and %.12s", got.spikes, got.weights, want.spikes, want.weights)
	}
	if len(got.files) != len(want.files) {
		t.Errorf("%d files, want %d", len(got.files), len(want.files))
	}
	for name, content := range want.files {
		if !bytes.Equal(got.files[name], content) {
			t.Errorf("%s differs", name)
		}
	}
}

func recorded(t *testing.T) *kernel.Network {
	t.Helper()
	m, err := model.Load(fstest.MapFS{"m.yaml": {Data: []byte(small.Recorded)}}, "m.yaml", model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := kernel.Compile(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRecordsDoNotDependOnNodes(t *testing.T) {
	n := recorded(t)
	want := local(t, n)
	for _, name := range []string{"signals.parquet", "synchrony.parquet", "learning.source.npy", "learning.0ms.npy", "learning.123ms.npy", "learning.400ms.npy", "learning.500ms.npy"} {
		if len(want.files[name]) == 0 {
			t.Errorf("%s was not written", name)
		}
	}
	for _, nodes := range []int{1, 2, 5} {
		g := start(t, n, nodes, 1, onMemory())
		compare(t, want, write(t, n, g.follower))
		g.end(t)
	}
}

// What the bus loses, repeats, delays and turns round changes no file.
func TestABadBusChangesNothing(t *testing.T) {
	n := recorded(t)
	want := local(t, n)
	for seed := range uint64(3) {
		connect, buses := onMemory(), []*chaos.Bus{}
		g := start(t, n, 3, 1, func() bus.Bus {
			b, err := chaos.Wrap(connect(), seed+uint64(10*len(buses)), chaos.Faults{Drop: 0.03, Duplicate: 0.05, Reorder: 0.05, Delay: 0.05, MaxDelay: 5 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			buses = append(buses, b)
			return b
		})
		compare(t, want, write(t, n, g.follower))
		g.end(t)
		asks := int64(0)
		for _, s := range g.shares {
			asks += s.Status().Lockstep.Asks
		}
		if asks == 0 {
			t.Error("nothing had to be asked for")
		}
	}
}

// Nodes that come to NATS over bad lines, which delay, slice and break, write the
// local files.
func TestBadLinesChangeNothing(t *testing.T) {
	n := recorded(t)
	want := local(t, n)
	s, err := nats.Start(nats.ServerOptions{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	var lines []*bustest.Proxy
	g := start(t, n, 3, 1, func() bus.Bus {
		p := bustest.NewProxy(t, strings.TrimPrefix(s.ClientURL(), "nats://"), bustest.Weather{Delay: 200 * time.Microsecond, Jitter: 300 * time.Microsecond, SliceBytes: 100, Seed: uint64(len(lines) + 1)})
		lines = append(lines, p)
		b, err := nats.Connect(context.Background(), nats.Options{URLs: []string{"nats://" + p.Address()}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = b.Close() })
		return b
	})
	over := make(chan struct{})
	var breaking sync.WaitGroup
	breaks := 0
	breaking.Go(func() {
		for k := 0; ; k++ {
			select {
			case <-over:
				return
			case <-time.After(300 * time.Millisecond):
				breaks += lines[k%len(lines)].Reset()
			}
		}
	})
	got := write(t, n, g.follower)
	close(over)
	breaking.Wait()
	compare(t, want, got)
	g.end(t)
	if breaks == 0 {
		t.Error("no line was broken")
	}
}
