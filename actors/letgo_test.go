package actors_test

import (
	"context"
	"testing"
	"time"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/messages/control"
)

// settled waits until the nodes have no more subscriptions than they began with.
func (c *cluster) settled(t *testing.T, before []int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		after := c.subscriptions()
		more := false
		for k := range after {
			more = more || after[k] > before[k]
		}
		if !more {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the nodes have %v subscriptions, and had %v", after, before)
		}
	}
}

func (c *cluster) subscriptions() (all []int) {
	for _, b := range c.buses {
		all = append(all, b.Stats().Subscriptions)
	}
	return all
}

// Runs that are cancelled while their shares are built leave none of them listening.
func TestRunsThatAreCancelledWhileTheyAreBuilt(t *testing.T) {
	b, _ := pack(t, small.Recorded, "duration=10 s", "populations.out.size=3000", "inputs.in.size=400")
	c := start(t, 2)
	before := c.subscriptions()
	for k := range 6 {
		s, err := c.caller.Submit(t.Context(), "n0", b, &control.Submit{Format: "csv"})
		if err != nil {
			t.Fatal(err)
		}
		built := false
		for deadline := time.Now().Add(10 * time.Second); !built && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
			counts, err := c.nodes[1].Counts()
			if err != nil {
				t.Fatal(err)
			}
			built = counts.Shares > 0
		}
		time.Sleep(time.Duration(20*k) * time.Millisecond)
		if err := c.caller.Cancel(t.Context(), s.Run, s.Coordinator, "test"); err != nil {
			t.Fatal(err)
		}
		if last, err := c.caller.Follow(t.Context(), s.Run, s.Coordinator, func(*control.RunStatus) {}); err != nil || last.State != control.State_STATE_CANCELLED {
			t.Fatalf("the run is %v, %v: %v", last.GetState(), last.GetFailure(), err)
		}
	}
	c.settled(t, before)
}

// A run that clients inject into and that goes on elsewhere is heard there, and not
// where it was.
func TestARunThatHasGoneIsNotListenedFor(t *testing.T) {
	b, _ := pack(t, small.Injected, "duration=6 s")
	c := start(t, 3, kept(t), func(c *actors.Config) { c.Threads = 1 })
	before := c.subscriptions()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	c.inject(ctx, t)
	last, _ := c.disturbed(t, b, 500, func(t *testing.T, c *cluster, _ string) {
		if err := c.caller.Drain(t.Context(), "n0"); err != nil {
			t.Error(err)
		}
	})
	if last.State != control.State_STATE_DONE || last.Coordinator == "n0" {
		t.Fatalf("the run is %v with %s: %v", last.State, last.Coordinator, last.Failure)
	}
	c.settled(t, before)
}
