package bustest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
)

func request(t *testing.T, s Setup) {
	a, b := s.Connect(t), s.Connect(t)
	_, err := b.Respond("echo.*", "", func(m bus.Message) []byte { return fmt.Appendf(nil, "%s:%s", m.Subject, m.Data) })
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for k := range 20 {
		wg.Go(func() {
			answer, err := a.Request(t.Context(), fmt.Sprint("echo.", k), []byte("x"))
			if want := fmt.Sprintf("echo.%d:x", k); err != nil || string(answer) != want {
				t.Errorf("answer %q, %v; expected %q", answer, err, want)
			}
		})
	}
	wg.Wait()
}

func requestWithoutResponder(t *testing.T, s Setup) {
	a := s.Connect(t)
	start := time.Now()
	_, err := a.Request(t.Context(), "nobody.here", nil)
	if !errors.Is(err, bus.ErrNoResponder) {
		t.Errorf("got %v, expected ErrNoResponder", err)
	}
	if waited := time.Since(start); waited > bus.RequestTimeout/2 {
		t.Errorf("took %v; expected an error at once", waited)
	}
}

// A responder that returns nil leaves the request to its time-out.
func requestWithoutAnswer(t *testing.T, s Setup) {
	a, b := s.Connect(t), s.Connect(t)
	if _, err := b.Respond("mute", "", func(bus.Message) []byte { return nil }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := a.Request(ctx, "mute", nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, expected DeadlineExceeded", err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Request(canceled, "mute", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, expected Canceled", err)
	}
}

// Of the members of a queue one gets each request; who has a queue of its own, or
// only listens, gets all.
func queueOfResponders(t *testing.T, s Setup) {
	const requests = 200
	a := s.Connect(t)
	var answered [3]atomic.Int64
	for k := range answered {
		_, err := s.Connect(t).Respond("work", "team", func(bus.Message) []byte {
			answered[k].Add(1)
			return []byte("done")
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	heard, _ := subscribe(t, a, "work")
	for range requests {
		if answer, err := a.Request(t.Context(), "work", nil); err != nil || string(answer) != "done" {
			t.Fatalf("answer %q, %v", answer, err)
		}
	}
	sum := int64(0)
	for k := range answered {
		n := answered[k].Load()
		if n == 0 {
			t.Errorf("member %d of 3 got none of %d requests", k, requests)
		}
		sum += n
	}
	if sum != requests {
		t.Errorf("%d answers to %d requests", sum, requests)
	}
	for range requests {
		within(t, heard, "request that a listener hears too")
	}
}

func collect(t *testing.T, s Setup) {
	const members = 5
	a := s.Connect(t)
	for k := range members {
		_, err := s.Connect(t).Respond("who", "", func(bus.Message) []byte { return fmt.Append(nil, k) })
		if err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	err := bus.Collect(t.Context(), a, "who", []byte("?"), func(m bus.Message) bool {
		seen[string(m.Data)] = true
		return len(seen) < members
	})
	if err != nil || len(seen) != members {
		t.Errorf("answers of %v, %v; expected %d", seen, err, members)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err = bus.Collect(ctx, a, "nobody", nil, func(m bus.Message) bool {
		t.Errorf("an answer of nobody: %+v", m)
		return true
	})
	if err != nil {
		t.Errorf("Collect of no answers: %v; that is no error", err)
	}
}
