package nats_test

import (
	"context"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/bustest"
	"github.com/volley-snn/volley/cluster/bus/nats"
)

// start starts a server that the test's end stops.
func start(t testing.TB, o nats.ServerOptions) *nats.Server {
	t.Helper()
	s, err := nats.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	return s
}

func closing(t testing.TB, b *nats.Bus, err error) *nats.Bus {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// connect makes a connection over loopback that the test's end closes.
func connect(t testing.TB, o nats.Options) *nats.Bus {
	t.Helper()
	b, err := nats.Connect(context.Background(), o)
	return closing(t, b, err)
}

// cluster starts n servers with routes between all of them.
func cluster(t testing.TB, n int) []*nats.Server {
	t.Helper()
	var all []*nats.Server
	for k := range n {
		o := nats.ServerOptions{Name: string(rune('a' + k)), RouteListen: "127.0.0.1:0"}
		if k > 0 {
			o.Routes = []string{all[0].RouteURL()}
		}
		all = append(all, start(t, o))
	}
	ctx, cancel := context.WithTimeout(context.Background(), bustest.Patience)
	defer cancel()
	for _, s := range all {
		if err := s.AwaitPeers(ctx, n-1); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestConformanceInProcess(t *testing.T) {
	bustest.Run(t, func(t *testing.T) bustest.Setup {
		s := start(t, nats.ServerOptions{})
		return bustest.Setup{
			Connect: func(t *testing.T) bus.Bus {
				b, err := s.Connect(t.Context(), nats.Options{})
				return closing(t, b, err)
			},
			ConnectNarrow: func(t *testing.T, maxPendingBytes int64) bus.Bus {
				b, err := s.Connect(t.Context(), nats.Options{MaxPendingBytes: maxPendingBytes})
				return closing(t, b, err)
			},
		}
	})
}

func TestConformanceLoopback(t *testing.T) {
	bustest.Run(t, func(t *testing.T) bustest.Setup {
		o := nats.Options{URLs: []string{start(t, nats.ServerOptions{}).ClientURL()}}
		return bustest.Setup{
			Connect: func(t *testing.T) bus.Bus { return connect(t, o) },
			ConnectNarrow: func(t *testing.T, maxPendingBytes int64) bus.Bus {
				o.MaxPendingBytes = maxPendingBytes
				return connect(t, o)
			},
		}
	})
}

// A server that goes away and comes back on the same port: both are told, messages
// flow again, and nothing hangs.
func TestServerRestarts(t *testing.T) {
	s, err := nats.Start(nats.ServerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b := connect(t, nats.Options{URLs: []string{s.ClientURL()}, ReconnectWait: time.Millisecond})
	got := make(chan bus.Message, 10)
	if _, err := b.Subscribe("x", func(m bus.Message) { got <- m }); err != nil {
		t.Fatal(err)
	}
	listen := s.ClientURL()[len("nats://"):]
	s.Shutdown()
	expect(t, b, bus.Disconnected)
	for range 20 { // more than is kept: lost like all that was in flight
		if err := b.Publish("y", make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	start(t, nats.ServerOptions{Listen: listen})
	expect(t, b, bus.Reconnected)
	if err := b.Publish("x", []byte("again")); err != nil {
		t.Fatal(err)
	}
	select {
	case m := <-got:
		if string(m.Data) != "again" {
			t.Errorf("got %q", m.Data)
		}
	case <-time.After(bustest.Patience):
		t.Error("no message after the restart")
	}
	if st := b.Stats(); st.Disconnects != 1 || st.Reconnects != 1 {
		t.Errorf("Stats: %+v", st)
	}
}

// A server that stays away is given up after the stated time.
func TestServerStaysAway(t *testing.T) {
	s, err := nats.Start(nats.ServerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b := connect(t, nats.Options{URLs: []string{s.ClientURL()}, ReconnectWait: time.Millisecond, GiveUpAfter: 100 * time.Millisecond})
	s.Shutdown()
	expect(t, b, bus.Disconnected)
	expect(t, b, bus.GivenUp)
	if err := b.Publish("x", nil); err != bus.ErrClosed {
		t.Errorf("Publish: %v, expected ErrClosed", err)
	}
}

// expect waits for a trouble of a kind.
func expect(t *testing.T, b bus.Bus, kind bus.TroubleKind) {
	t.Helper()
	select {
	case err := <-b.Lost():
		if trouble, ok := err.(*bus.Trouble); !ok || trouble.Kind != kind {
			t.Fatalf("Lost told %v, expected %v", err, kind)
		}
	case <-time.After(bustest.Patience):
		t.Fatalf("Lost told nothing, expected %v", kind)
	}
}
