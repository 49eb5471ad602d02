package nats_test

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/bustest"
	"github.com/volley-snn/volley/cluster/bus/nats"
)

// through starts a server behind a proxy, and gives options to connect by that way
// alone.
func through(t *testing.T, w bustest.Weather) (*bustest.Proxy, nats.Options) {
	s := start(t, nats.ServerOptions{})
	p := bustest.NewProxy(t, strings.TrimPrefix(s.ClientURL(), "nats://"), w)
	return p, nats.Options{URLs: []string{"nats://" + p.Address()}, ReconnectWait: time.Millisecond}
}

// A network that delays, jitters and slices changes nothing of the contract.
func TestConformanceBadNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("slow: not with -short")
	}
	bustest.Run(t, func(t *testing.T) bustest.Setup {
		_, o := through(t, bustest.Weather{Delay: 200 * time.Microsecond, Jitter: time.Millisecond, SliceBytes: 20000, Seed: 1})
		return bustest.Setup{
			Connect: func(t *testing.T) bus.Bus { return connect(t, o) },
			ConnectNarrow: func(t *testing.T, maxPendingBytes int64) bus.Bus {
				narrow := o
				narrow.MaxPendingBytes = maxPendingBytes
				return connect(t, narrow)
			},
		}
	})
}

// Connections are reset again and again while messages flow: what arrives is in
// order and not twice, each break is told on the side that it met, and messages are
// missing only if there was one.
func TestResets(t *testing.T) {
	p, o := through(t, bustest.Weather{Jitter: 500 * time.Microsecond, SliceBytes: 500, Seed: 2})
	publisher, subscriber := connect(t, o), connect(t, o)
	got := make(chan uint32, 1<<16)
	if _, err := subscriber.Subscribe("n", func(m bus.Message) { got <- binary.LittleEndian.Uint32(m.Data) }); err != nil {
		t.Fatal(err)
	}
	const resets, burst = 5, 200
	number := uint32(0)
	send := func(n int) {
		for range n {
			if err := publisher.Publish("n", binary.LittleEndian.AppendUint32(nil, number)); err != nil {
				t.Fatalf("publishing number %d: %v", number, err)
			}
			number++
		}
	}
	for range resets {
		send(burst)
		if n := p.Reset(); n == 0 {
			t.Fatal("nothing to reset")
		}
		for _, b := range []bus.Bus{publisher, subscriber} {
			expect(t, b, bus.Disconnected)
		}
		send(burst) // waits for the return
		for _, b := range []bus.Bus{publisher, subscriber} {
			expect(t, b, bus.Reconnected)
		}
	}
	var all []uint32
	end := number // what is sent from here on arrives, once the servers know of the subscription again
	for deadline := time.After(bustest.Patience); len(all) == 0 || all[len(all)-1] < end; {
		send(1)
		select {
		case n := <-got:
			all = append(all, n)
		case <-time.After(5 * time.Millisecond):
		case <-deadline:
			t.Fatal("nothing is heard after the last reset")
		}
	}
	if !slices.IsSorted(all) {
		t.Error("out of order")
	}
	if len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Error("a message came twice")
	}
	if st := subscriber.Stats(); st.Disconnects != resets || st.Reconnects != resets {
		t.Errorf("subscriber's Stats %+v, expected %d breaks", st, resets)
	}
	t.Logf("%d of %d messages arrived over %d resets", len(all), number, resets)
}

// A cable that is cut without a word is noticed by the pings, within the stated
// time.
func TestStall(t *testing.T) {
	p, o := through(t, bustest.Weather{})
	o.PingInterval, o.GiveUpAfter = 20*time.Millisecond, 300*time.Millisecond
	o.ConnectTimeout = 200 * time.Millisecond
	b := connect(t, o)
	p.Stall(true)
	expect(t, b, bus.Disconnected)
	expect(t, b, bus.GivenUp)
}

// Whoever subscribes, asks or waits for the server while connections break is told of
// no error but that an answer was lost.
func TestCallsWhileConnectionsBreak(t *testing.T) {
	node, _ := identities(t)
	closed := start(t, nats.ServerOptions{}.Closed(node))
	line := bustest.NewProxy(t, strings.TrimPrefix(closed.ClientURL(), "tls://"), bustest.Weather{})
	open, o := through(t, bustest.Weather{})
	for name, c := range map[string]struct {
		p *bustest.Proxy
		o nats.Options
	}{
		"plain": {open, o},
		"TLS":   {line, nats.Options{URLs: []string{"tls://" + line.Address()}, ReconnectWait: time.Millisecond}.Closed(node)},
	} {
		t.Run(name, func(t *testing.T) { breakCalls(t, c.p, connect(t, c.o)) })
	}
}

func breakCalls(t *testing.T, p *bustest.Proxy, b bus.Bus) {
	over, breaking := make(chan struct{}), make(chan int)
	go func() {
		breaks := 0
		for {
			select {
			case <-over:
				breaking <- breaks
				return
			case <-time.After(5 * time.Millisecond):
			}
			handshake := !connected(b)
			breaks += p.Reset()
			// A handshake may take longer than that: the next is let through.
			for deadline := time.Now().Add(bus.RequestTimeout); handshake && !connected(b) && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
		}
	}()
	for range 100 {
		s, err := b.Respond("x", "", func(m bus.Message) []byte { return m.Data })
		if err != nil {
			t.Error(err)
			break
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		if _, err := b.Request(ctx, "x", []byte("?")); err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, bus.ErrNoResponder) {
			t.Error(err)
		}
		cancel()
		if err := b.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		if err := s.Unsubscribe(); err != nil {
			t.Error(err)
		}
	}
	close(over)
	if breaks := <-breaking; breaks < 5 {
		t.Errorf("%d connections were broken, so little was tried", breaks)
	}
}

// connected reports whether each break that a bus met has been followed by a return.
func connected(b bus.Bus) bool {
	st := b.Stats()
	return st.Disconnects == st.Reconnects
}

// A server lets a client go that stood still, its own process's too: who publishes just
// then loses messages, and nothing else.
func TestTheServerLetsItsOwnProcessGo(t *testing.T) {
	s := start(t, nats.ServerOptions{})
	b, err := s.Connect(t.Context(), nats.Options{})
	b = closing(t, b, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for b.Reconnects() < 10 && t.Context().Err() == nil {
			time.Sleep(20 * time.Millisecond)
			s.LetGo()
		}
	}()
	for data := make([]byte, 32<<10); ; {
		if err := b.Publish("a.b", data); err != nil {
			t.Fatal(err)
		}
		select {
		case <-ended:
		default:
			continue
		}
		break
	}
}
