package actors_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/memory"
	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/messages/control"
)

// busy is a cluster of two nodes that stay, and of others that come and go, with one
// store, in this process.
type busy struct {
	t       *testing.T
	hub     *memory.Hub
	store   blob.Store
	caller  *actors.Caller
	bundle  []*actors.Bundle
	staying []bus.Bus

	mutex sync.Mutex
	names []string // of the nodes that are there
	runs  int
}

// node starts a node, and returns how it is ended: by stopping it, or by cutting it off.
func (c *busy) node(name string) (stop, cut func()) {
	b := c.hub.Connect()
	n, err := actors.Start(c.t.Context(), actors.Config{Name: name, Bus: b, Dir: c.t.TempDir(), Version: version, Threads: 1, Store: c.store, StoreName: "a directory", KeptRuns: 4, Expected: c.expected})
	if err != nil {
		c.t.Error(err)
		return func() {}, func() {}
	}
	c.mutex.Lock()
	c.names = append(c.names, name)
	if strings.HasPrefix(name, "stays") {
		c.staying = append(c.staying, b)
	}
	c.mutex.Unlock()
	gone := func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.names = slices.DeleteFunc(c.names, func(other string) bool { return other == name })
	}
	return func() { gone(); n.Stop(); b.Close() }, func() { gone(); b.Close(); n.Stop() }
}

func (c *busy) expected() []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return slices.Clone(c.names)
}

// run submits a run and follows it, and does something when it is so far; a negative
// moment is before its shares are built.
func (c *busy) run(coordinator string, atMs float64, do func(run string)) {
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	c.mutex.Lock()
	bundle := c.bundle[c.runs%len(c.bundle)]
	c.runs++
	c.mutex.Unlock()
	s, err := c.caller.Submit(ctx, coordinator, bundle, &control.Submit{Format: "csv", CheckpointTicks: 1000})
	if err != nil {
		c.t.Error(err)
		return
	}
	did := do == nil
	if !did && atMs < 0 {
		time.Sleep(time.Duration(rand.Int64N(int64(30 * time.Millisecond))))
		did = true
		do(s.Run)
	}
	last, err := c.caller.Follow(ctx, s.Run, s.Coordinator, func(st *control.RunStatus) {
		if !did && st.TimeMs >= atMs {
			did = true
			do(s.Run)
		}
	})
	if err != nil || last.State != control.State_STATE_DONE && last.State != control.State_STATE_CANCELLED {
		c.t.Errorf("the run is %v: %v, %v", last.GetState(), last.GetFailure(), err)
		return
	}
	files, err := c.caller.Files(ctx, last.Run, last.Coordinator)
	if err != nil {
		c.t.Error(err)
	}
	for _, f := range files {
		if err := c.caller.Fetch(ctx, last.Run, last.Coordinator, f.Path, &strings.Builder{}); err != nil {
			c.t.Error(err)
		}
	}
	if last.State == control.State_STATE_DONE {
		if err := c.caller.Fetched(ctx, last.Run, last.Coordinator); err != nil {
			c.t.Error(err)
		}
	}
}

// round is runs of all kinds, at once.
func (c *busy) round(k int) {
	var all sync.WaitGroup
	defer all.Wait()
	cancel := func(coordinator string) func(string) {
		return func(run string) {
			err := c.caller.Cancel(c.t.Context(), run, coordinator, "test")
			var r *actors.Refusal
			if err != nil && !errors.As(err, &r) {
				c.t.Error(err)
			}
		}
	}
	all.Go(func() { c.run("stays1", 0, nil) })
	all.Go(func() { c.run("stays2", 0, nil) })
	all.Go(func() { c.run("stays1", -1, cancel("stays1")) })
	all.Go(func() { c.run("stays2", 100, cancel("stays2")) })
	name := fmt.Sprint("goes", k)
	stop, cut := c.node(name)
	all.Go(func() {
		switch k % 3 {
		case 0: // it leaves
			var drained sync.WaitGroup
			c.run("stays1", 200, func(string) {
				drained.Go(func() {
					if err := c.caller.Drain(c.t.Context(), name); err != nil {
						c.t.Error(err)
					}
				})
			})
			drained.Wait()
			stop()
		case 1: // it is lost
			c.run("stays2", 200, func(string) { cut() })
		case 2: // so is the coordinator
			c.run(name, 200, func(string) { cut() })
		}
	})
}

// held is what is held at rest: of several looks the least.
func (c *busy) held() (goroutines, subscriptions, files int, heap uint64) {
	goroutines, heap = 1<<30, 1<<60
	for range 20 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		heap, goroutines = min(heap, m.HeapAlloc), min(goroutines, runtime.NumGoroutine())
		time.Sleep(50 * time.Millisecond)
	}
	for _, b := range c.staying {
		subscriptions += b.Stats().Subscriptions
	}
	all, err := c.store.List(c.t.Context(), "")
	if err != nil {
		c.t.Error(err)
	}
	return goroutines, subscriptions, len(all), heap
}

// Nodes that stay hold no more after many runs, of which some are cancelled and some
// lose nodes and coordinators, than after a few.
func TestManyRunsLeaveNothing(t *testing.T) {
	store, err := blob.NewDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := &busy{t: t, hub: memory.New(), store: store}
	client := c.hub.Connect()
	defer client.Close()
	c.caller = &actors.Caller{Bus: client, Sender: "test", Version: version, Expected: c.expected}
	for _, m := range []struct{ text, duration string }{{small.Recorded, "duration=3 s"}, {small.Injected, "duration=2 s"}} {
		b, _ := pack(t, m.text, m.duration)
		c.bundle = append(c.bundle, b)
	}
	for _, name := range []string{"stays1", "stays2"} {
		stop, _ := c.node(name)
		defer stop()
	}
	const rounds = 3
	for k := range rounds {
		c.round(k)
	}
	goroutines, subscriptions, files, heap := c.held()
	for k := range 2 * rounds {
		c.round(rounds + k)
	}
	after, more, left, grown := c.held()
	t.Logf("after %d and %d runs: %d and %d goroutines, %d and %d subscriptions, %d and %d files in the store, %.1f and %.1f MiB", c.runs/3, c.runs,
		goroutines, after, subscriptions, more, files, left, float64(heap)/(1<<20), float64(grown)/(1<<20))
	if after > goroutines+2 || more > subscriptions || left > files || grown > heap+heap/5+1<<20 {
		buffer := make([]byte, 1<<20)
		t.Errorf("more is held: %s", buffer[:runtime.Stack(buffer, true)])
	}
}
