package chaos_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/bustest"
	"github.com/volley-snn/volley/cluster/bus/chaos"
	"github.com/volley-snn/volley/cluster/bus/memory"
)

func wrap(t *testing.T, b bus.Bus, seed uint64, f chaos.Faults) *chaos.Bus {
	t.Helper()
	c, err := chaos.Wrap(b, seed, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// Without faults it is any other bus.
func TestConformanceUndisturbed(t *testing.T) {
	bustest.Run(t, func(t *testing.T) bustest.Setup {
		hub := memory.New()
		return bustest.Setup{
			Connect: func(t *testing.T) bus.Bus { return wrap(t, hub.Connect(), 1, chaos.Faults{}) },
			ConnectNarrow: func(t *testing.T, maxPendingBytes int64) bus.Bus {
				return wrap(t, hub.ConnectLimited(maxPendingBytes), 1, chaos.Faults{})
			},
		}
	})
}

// sent publishes the numbers 0 to n-1 from several goroutines, and returns those
// that arrived, in order of arrival, once an end mark has come and all delays are
// over.
func sent(t *testing.T, seed uint64, f chaos.Faults, n, goroutines int) ([]uint32, chaos.Counts) {
	t.Helper()
	hub := memory.New()
	f.Subjects = []string{"x.*"}
	b := wrap(t, hub.Connect(), seed, f)
	receiver := hub.Connect()
	defer receiver.Close()
	var mu sync.Mutex
	var got []uint32
	done := make(chan struct{})
	if _, err := receiver.Subscribe(">", func(m bus.Message) {
		if m.Subject == "end" {
			close(done)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		got = append(got, binary.LittleEndian.Uint32(m.Data))
	}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for k := g; k < n; k += goroutines {
				if err := b.Publish("x.y", binary.LittleEndian.AppendUint32(nil, uint32(k))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	c := b.Counts()
	want := c.Sent - c.Dropped + c.Duplicated
	for deadline := time.Now().Add(bustest.Patience); receiver.Stats().Delivered < want; {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d messages arrived", receiver.Stats().Delivered, want)
		}
		time.Sleep(time.Millisecond)
	}
	if err := b.Publish("end", nil); err != nil { // is not disturbed
		t.Fatal(err)
	}
	<-done
	return got, c
}

// The shares are those asked for, and what happens to which message depends on the
// seed alone: on no goroutine, and on no time.
func TestSeedRepeats(t *testing.T) {
	const n = 20000
	f := chaos.Faults{Drop: 0.1, Duplicate: 0.2, Reorder: 0.05, Delay: 0.05, MaxDelay: time.Millisecond}
	one, counts := sent(t, 7, f, n, 1)
	four, countsFour := sent(t, 7, f, n, 4)
	if counts != countsFour {
		t.Errorf("one goroutine: %+v, four: %+v", counts, countsFour)
	}
	if slices.IsSorted(one) {
		t.Error("nothing is out of order")
	}
	slices.Sort(one)
	slices.Sort(four)
	if !slices.Equal(one, four) {
		t.Error("one goroutine and four get other messages with the same seed")
	}
	other, _ := sent(t, 8, f, n, 1)
	slices.Sort(other)
	if slices.Equal(one, other) {
		t.Error("two seeds do the same")
	}
	kept := float64(n) * (1 - f.Drop)
	for _, c := range []struct {
		name      string
		got       uint64
		of, share float64
	}{
		{"dropped", counts.Dropped, n, f.Drop},
		{"duplicated", counts.Duplicated, kept, f.Duplicate},
		{"reordered", counts.Reordered, kept, f.Reorder},
		{"delayed", counts.Delayed, kept * (1 - f.Reorder), f.Delay},
	} {
		want, deviation := c.of*c.share, math.Sqrt(c.of*c.share*(1-c.share))
		if math.Abs(float64(c.got)-want) > 5*deviation {
			t.Errorf("%s: %d, expected %.0f within %.0f", c.name, c.got, want, 5*deviation)
		}
	}
}

// A message that is sent again and again arrives in the end.
func TestResending(t *testing.T) {
	hub := memory.New()
	b := wrap(t, hub.Connect(), 3, chaos.Faults{Drop: 0.9})
	got := make(chan bus.Message, 1)
	if _, err := b.Subscribe("x", func(m bus.Message) {
		select {
		case got <- m:
		default:
		}
	}); err != nil {
		t.Fatal(err)
	}
	for range 1000 { // all lost by chance of 0.9^1000
		if err := b.Publish("x", []byte("the same")); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-got:
	case <-time.After(bustest.Patience):
		t.Error("1000 times the same message, and all lost")
	}
}

// Nothing else is disturbed than what is named; a dropped request times out, and a
// cut stops both directions.
func TestSubjectsRequestsAndCut(t *testing.T) {
	hub := memory.New()
	b := wrap(t, hub.Connect(), 1, chaos.Faults{Drop: 1, Subjects: []string{"bad.>"}})
	other := hub.Connect()
	defer other.Close()
	if _, err := other.Respond(">", "", func(m bus.Message) []byte { return []byte("yes") }); err != nil {
		t.Fatal(err)
	}
	if answer, err := b.Request(t.Context(), "good.x", nil); err != nil || string(answer) != "yes" {
		t.Errorf("got %q, %v", answer, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := b.Request(ctx, "bad.x", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a request that is dropped: %v", err)
	}
	got := make(chan bus.Message, 10)
	if _, err := b.Subscribe("in", func(m bus.Message) { got <- m }); err != nil {
		t.Fatal(err)
	}
	before := b.Stats().Delivered
	b.Cut(true)
	if err := errors.Join(b.Publish("in", nil), other.Publish("in", []byte("cut")), other.Publish("in", []byte("edge"))); err != nil {
		t.Fatal(err)
	}
	// When the second begins to be delivered, the first has been.
	for deadline := time.Now().Add(bustest.Patience); b.Stats().Delivered < before+2; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the bus below delivers nothing")
		}
	}
	b.Cut(false)
	if err := other.Publish("in", []byte("back")); err != nil {
		t.Fatal(err)
	}
	for m := range got {
		switch string(m.Data) {
		case "back":
			return
		case "edge": // the cut may have ended before it
		default:
			t.Errorf("during the cut came %q", m.Data)
		}
	}
}

func TestFaultsAreChecked(t *testing.T) {
	_, err := chaos.Wrap(nil, 0, chaos.Faults{Drop: -1, Duplicate: 2, Reorder: math.NaN(), MaxDelay: -1, Subjects: []string{"a..b"}})
	if err == nil {
		t.Fatal("accepted")
	}
	if all, ok := err.(interface{ Unwrap() []error }); !ok || len(all.Unwrap()) != 5 {
		t.Errorf("got %v, expected five faults", err)
	}
}
