package nats_test

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/bustest"
	"github.com/volley-snn/volley/cluster/bus/nats"
)

// numbered publishes numbers on a subject, from the given one on.
func numbered(t *testing.T, b bus.Bus, subject string, from, to int) {
	t.Helper()
	for k := from; k < to; k++ {
		if err := b.Publish(subject, binary.LittleEndian.AppendUint32(nil, uint32(k))); err != nil {
			t.Fatal(err)
		}
	}
}

// await publishes on a subject until it is heard: then the servers know of the
// subscription.
func await(t *testing.T, from bus.Bus, subject string, got <-chan bus.Message) {
	t.Helper()
	deadline := time.After(bustest.Patience)
	for {
		if err := from.Publish(subject, []byte("?")); err != nil {
			t.Fatal(err)
		}
		select {
		case <-got:
			return
		case <-deadline:
			t.Fatalf("%s is not heard within %v", subject, bustest.Patience)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Three servers with routes, of which each was told of one other: order by
// publisher holds across them, and a request finds its responder.
func TestThreeServers(t *testing.T) {
	servers := cluster(t, 3)
	var nodes []*nats.Bus
	for _, s := range servers {
		nodes = append(nodes, connect(t, nats.Options{URLs: []string{s.ClientURL()}}))
	}
	const messages = 5000
	got := make(chan bus.Message, 4*messages)
	if _, err := nodes[2].Subscribe("three.*", func(m bus.Message) { got <- m }); err != nil {
		t.Fatal(err)
	}
	await(t, nodes[0], "three.probe", got)
	await(t, nodes[1], "three.probe", got)
	numbered(t, nodes[0], "three.a", 0, messages)
	numbered(t, nodes[1], "three.b", 0, messages)
	next := map[string]uint32{"three.a": 0, "three.b": 0}
	for next["three.a"] < messages || next["three.b"] < messages {
		select {
		case m := <-got:
			if m.Subject == "three.probe" {
				continue
			}
			if n := binary.LittleEndian.Uint32(m.Data); n != next[m.Subject] {
				t.Fatalf("%s: got %d, expected %d", m.Subject, n, next[m.Subject])
			}
			next[m.Subject]++
		case <-time.After(bustest.Patience):
			t.Fatalf("got %v of %d each", next, messages)
		}
	}
	if _, err := nodes[1].Respond("who", "q", func(bus.Message) []byte { return []byte("b") }); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(bustest.Patience)
	for {
		answer, err := nodes[2].Request(t.Context(), "who", nil)
		if err == nil && string(answer) == "b" {
			break
		}
		if !errors.Is(err, bus.ErrNoResponder) || time.Now().After(deadline) {
			t.Fatalf("answer %q, %v", answer, err)
		}
		time.Sleep(time.Millisecond)
	}
}

// The server that a client is on is killed: the client is told, finds another
// server that it was never told of, and the numbers of what it got afterwards show
// exactly what it missed.
func TestServerKilled(t *testing.T) {
	servers := cluster(t, 3)
	publisher := connect(t, nats.Options{URLs: []string{servers[0].ClientURL()}})
	subscriber := connect(t, nats.Options{URLs: []string{servers[2].ClientURL()}, ReconnectWait: time.Millisecond})
	got := make(chan bus.Message, 1<<16)
	if _, err := subscriber.Subscribe("n", func(m bus.Message) { got <- m }); err != nil {
		t.Fatal(err)
	}
	await(t, publisher, "n", got)
	numbered(t, publisher, "n", 0, 1000)
	servers[2].Shutdown()
	expect(t, subscriber, bus.Disconnected)
	numbered(t, publisher, "n", 1000, 2000) // nobody hears these, and the publisher sees no error
	expect(t, subscriber, bus.Reconnected)
	if now := subscriber.Server(); now != servers[0].ClientURL() && now != servers[1].ClientURL() {
		t.Errorf("subscriber is on %s, expected one of the two that are left", now)
	}
	last := uint32(0)
	deadline := time.After(bustest.Patience)
	for k := 2000; ; k++ {
		numbered(t, publisher, "n", k, k+1)
		select {
		case m := <-got:
			if len(m.Data) != 4 {
				continue // a probe
			}
			n := binary.LittleEndian.Uint32(m.Data)
			if n < last {
				t.Fatalf("got %d after %d", n, last)
			}
			if last = n; n >= 2000 {
				return
			}
		case <-time.After(time.Millisecond):
		case <-deadline:
			t.Fatal("nothing is heard after the reconnection")
		}
	}
}

// A server learns of another while it runs, whose own routes find it.
func TestAddRoutes(t *testing.T) {
	a := start(t, nats.ServerOptions{Name: "a", RouteListen: "127.0.0.1:0"})
	b := start(t, nats.ServerOptions{Name: "b", RouteListen: "127.0.0.1:0"})
	client := connect(t, nats.Options{URLs: []string{a.ClientURL()}})
	for range 2 { // the second time nothing is new
		if err := a.AddRoutes(b.RouteURL(), a.RouteURL()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), bustest.Patience)
	defer cancel()
	if err := errors.Join(a.AwaitPeers(ctx, 1), b.AwaitPeers(ctx, 1)); err != nil {
		t.Fatal(err)
	}
	if st := client.Stats(); st.Disconnects != 0 {
		t.Error("a client was cut off by a new route")
	}
	if err := a.AddRoutes("nats://127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "expected nats-route://") {
		t.Errorf("a client's URL as a route: %v", err)
	}
}

// A server that is told that another is gone looks for it no more, and finds the next.
func TestRemoveRoutes(t *testing.T) {
	a := start(t, nats.ServerOptions{Name: "a", RouteListen: "127.0.0.1:0"})
	ctx, cancel := context.WithTimeout(t.Context(), bustest.Patience)
	defer cancel()
	for range 3 {
		b := start(t, nats.ServerOptions{Name: "b", RouteListen: "127.0.0.1:0"})
		if err := errors.Join(a.AddRoutes(b.RouteURL()), a.AwaitPeers(ctx, 1)); err != nil {
			t.Fatal(err)
		}
		if st := a.Stats(); st.Dialled != 1 || st.Routes != 1 {
			t.Fatalf("with a route: %+v", st)
		}
		gone := b.RouteURL()
		b.Shutdown() // else it might find this server
		if err := a.RemoveRoutes(gone, "nats-route://127.0.0.1:1"); err != nil {
			t.Fatal(err)
		}
		for st := a.Stats(); st.Dialled != 0 || st.Routes != 0; st = a.Stats() {
			if ctx.Err() != nil {
				t.Fatalf("without a route: %+v", st)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// What holds on to a server is counted while it does.
func TestServerStats(t *testing.T) {
	s := start(t, nats.ServerOptions{})
	before := s.Stats()
	b := connect(t, nats.Options{URLs: []string{s.ClientURL()}})
	sub, err := b.Subscribe("some.thing", func(bus.Message) {})
	if err != nil {
		t.Fatal(err)
	}
	if st := s.Stats(); st.Connections != before.Connections+1 || st.Subscriptions != before.Subscriptions+1 || b.Stats().Subscriptions != 1 {
		t.Errorf("with a subscription: %+v, before %+v; the bus counts %d", st, before, b.Stats().Subscriptions)
	}
	if err := errors.Join(sub.Unsubscribe(), b.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
	if st := s.Stats(); st.Subscriptions != before.Subscriptions || b.Stats().Subscriptions != 0 {
		t.Errorf("with none: %+v, before %+v; the bus counts %d", st, before, b.Stats().Subscriptions)
	}
}

// A server on all addresses says one that others can use.
func TestAdvertise(t *testing.T) {
	s := start(t, nats.ServerOptions{Listen: "0.0.0.0:0", RouteListen: "0.0.0.0:0", Insecure: true, Advertise: "localhost"})
	if !strings.HasPrefix(s.ClientURL(), "nats://localhost:") || !strings.HasPrefix(s.RouteURL(), "nats-route://localhost:") {
		t.Errorf("URLs %s and %s, expected localhost", s.ClientURL(), s.RouteURL())
	}
	s = start(t, nats.ServerOptions{Name: "b", Listen: "0.0.0.0:0", Insecure: true})
	if err := connect(t, nats.Options{URLs: []string{s.ClientURL()}}).Flush(t.Context()); err != nil || strings.Contains(s.ClientURL(), "0.0.0.0") {
		t.Errorf("%s: %v", s.ClientURL(), err)
	}
}

// Each fault of the options is told, all at once.
func TestOptionsFaults(t *testing.T) {
	err := nats.ServerOptions{Listen: "0.0.0.0:0", RouteListen: "here", MaxBytes: 10, Advertise: "a:1", Users: []nats.User{{Name: "x"}}}.Validate()
	for _, want := range []string{"0.0.0.0:0 is reached by other machines", `"here": expected host:port`, "at least 256 KiB", `Advertise "a:1"`, `user "x": expected a name and a password`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("server's faults: %v; expected %q among them", err, want)
		}
	}
	if err := (nats.ServerOptions{Listen: "0.0.0.0:0", Insecure: true}).Validate(); err != nil {
		t.Errorf("insecure by explicit choice: %v", err)
	}
	err = nats.Options{URLs: []string{"http://x", "nats://"}, CredentialsFile: "f", User: "u", PingInterval: -1}.Validate()
	for _, want := range []string{`"http://x": expected nats://`, `"nats://": expected`, "expected one of them", "PingInterval: expected more than 0"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("client's faults: %v; expected %q among them", err, want)
		}
	}
	if _, err := nats.Connect(t.Context(), nats.Options{}); err == nil {
		t.Error("no URL is no error")
	}
}
