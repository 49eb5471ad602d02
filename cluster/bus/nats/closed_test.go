package nats_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/bustest"
	"github.com/volley-snn/volley/cluster/bus/nats"
	"github.com/volley-snn/volley/cluster/keys"
)

// identities makes the keys of a cluster.
func identities(t *testing.T) (node, client *keys.Identity) {
	t.Helper()
	dir := t.TempDir()
	if _, err := keys.Init(dir, keys.Options{}); err != nil {
		t.Fatal(err)
	}
	node, err := keys.Load(filepath.Join(dir, keys.ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	client, err = keys.Load(filepath.Join(dir, keys.ClientConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	return node, client
}

func TestConformanceClosed(t *testing.T) {
	if testing.Short() {
		t.Skip("the same over TLS: not with -short")
	}
	node, _ := identities(t)
	bustest.Run(t, func(t *testing.T) bustest.Setup {
		o := nats.Options{URLs: []string{start(t, nats.ServerOptions{}.Closed(node)).ClientURL()}}.Closed(node)
		return bustest.Setup{
			Connect: func(t *testing.T) bus.Bus { return connect(t, o) },
			ConnectNarrow: func(t *testing.T, maxPendingBytes int64) bus.Bus {
				o.MaxPendingBytes = maxPendingBytes
				return connect(t, o)
			},
		}
	})
}

// Who has not what the cluster's members have is refused, with one error, soon.
func TestClosedRefuses(t *testing.T) {
	node, client := identities(t)
	stranger, _ := identities(t)
	s := start(t, nats.ServerOptions{Name: "a", RouteListen: "127.0.0.1:0"}.Closed(node))
	open := start(t, nats.ServerOptions{Name: "open"})
	at := func(s *nats.Server) nats.Options {
		return nats.Options{URLs: []string{s.ClientURL()}, ConnectTimeout: 2 * time.Second}
	}
	unverified := &tls.Config{InsecureSkipVerify: true}
	for _, c := range []struct {
		name    string
		options nats.Options
		want    string // empty: let in
	}{
		{"node", at(s).Closed(node), ""},
		{"client", at(s).Closed(client), ""},
		{"node of another authority", at(s).Closed(stranger), "certificates are not of one authority"},
		{"nobody", nats.Options{URLs: []string{strings.Replace(s.ClientURL(), "tls://", "nats://", 1)}}, "certificates are not of one authority"},
		{"no certificate", func() nats.Options { o := at(s).Closed(node); o.TLS = unverified; return o }(), "certificates are not of one authority"},
		{"certificate, no password", func() nats.Options { o := at(s).Closed(client); o.User, o.Password = "", ""; return o }(), "credentials"},
		{"wrong password", func() nats.Options { o := at(s).Closed(client); o.Password = "guessed"; return o }(), "credentials"},
		{"keys where there are none", at(open).Closed(client), "TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			b, err := nats.Connect(t.Context(), c.options)
			if b != nil {
				b.Close()
			}
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (!errors.Is(err, bus.ErrRefused) || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, expected ErrRefused and %q", err, c.want)
			}
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// A server of another authority, and one without keys, get no route.
func TestRouteRefused(t *testing.T) {
	node, _ := identities(t)
	stranger, _ := identities(t)
	warned := make(chan string, 1000)
	o := nats.ServerOptions{Name: "a", RouteListen: "127.0.0.1:0", Log: func(line string) {
		select {
		case warned <- line:
		default:
		}
	}}
	a := start(t, o.Closed(node))
	for name, other := range map[string]nats.ServerOptions{
		"stranger": nats.ServerOptions{}.Closed(stranger),
		"open":     {},
	} {
		other.Name, other.RouteListen, other.Routes = name, "127.0.0.1:0", []string{a.RouteURL()}
		s := start(t, other)
		select {
		case <-warned: // a has refused it once
		case <-time.After(bustest.Patience):
			t.Errorf("%s: not a word about it", name)
		}
		if s.Peers() != 0 || a.Peers() != 0 {
			t.Errorf("%s: has %d peers, and a has %d", name, s.Peers(), a.Peers())
		}
		s.Shutdown()
	}
	b := nats.ServerOptions{Name: "b", RouteListen: "127.0.0.1:0", Routes: []string{a.RouteURL()}}
	ctx, cancel := context.WithTimeout(t.Context(), bustest.Patience)
	defer cancel()
	if err := start(t, b.Closed(node)).AwaitPeers(ctx, 1); err != nil {
		t.Errorf("a node of the cluster: %v", err)
	}
}

// A client may not use what is not volley's; it is told, and goes on.
func TestClientsPermissions(t *testing.T) {
	node, client := identities(t)
	s := start(t, nats.ServerOptions{}.Closed(node))
	b := connect(t, nats.Options{URLs: []string{s.ClientURL()}}.Closed(client))
	if err := b.Publish("elsewhere", nil); err != nil {
		t.Fatal(err)
	}
	expect(t, b, bus.Refused)
	got := make(chan bus.Message, 1)
	if _, err := b.Subscribe("volley.x", func(m bus.Message) { got <- m }); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish("volley.x", nil); err != nil {
		t.Fatal(err)
	}
	select {
	case <-got:
	case <-time.After(bustest.Patience):
		t.Error("what is allowed does not arrive")
	}
}

// Whoever talks nonsense to a server is cut off, and nobody else notices.
func TestNonsense(t *testing.T) {
	s := start(t, nats.ServerOptions{})
	b := connect(t, nats.Options{URLs: []string{s.ClientURL()}})
	for _, nonsense := range [][]byte{[]byte("GET / HTTP/1.1\r\n\r\n"), []byte("PUB x 99999999999999999999\r\n"), []byte("PUB x 5\r\nlonger than five\r\n"), bytes.Repeat([]byte{0xff}, 1<<16)} {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.ClientURL(), "nats://"))
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(bustest.Patience))
		c.Write(nonsense)
		for err == nil {
			_, err = c.Read(make([]byte, 4096))
		}
		c.Close()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after %.20q the server waits for more", nonsense)
		}
	}
	if err := b.Flush(t.Context()); err != nil || b.Stats().Disconnects != 0 {
		t.Errorf("another client: %v, %+v", err, b.Stats())
	}
}

// An address where no NATS server answers: one error within ConnectTimeout.
func TestWrongAddress(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for name, at := range map[string]string{"mute": mute.Addr().String(), "closed": closed.Addr().String()} {
		began := time.Now()
		_, err := nats.Connect(t.Context(), nats.Options{URLs: []string{"nats://" + at}, ConnectTimeout: 300 * time.Millisecond})
		if err == nil || !strings.Contains(err.Error(), at) {
			t.Errorf("%s: %v; expected an error with the address", name, err)
		}
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := nats.Connect(ctx, nats.Options{URLs: []string{"nats://" + mute.Addr().String()}}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}
