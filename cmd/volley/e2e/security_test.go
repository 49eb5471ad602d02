package e2e

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus/nats"
	"github.com/volley-snn/volley/cluster/keys"
	"github.com/volley-snn/volley/cluster/membership"
)

// closed is two nodes with keys on this machine.
type closed struct {
	dir, at     string // where to join
	url, route  string // of n0's server
	node, other []string
	client      *keys.Identity
	stranger    *keys.Identity
}

func newClosed(t *testing.T) *closed {
	t.Helper()
	c := &closed{dir: t.TempDir()}
	for _, to := range []string{"keys", "others"} {
		must(t, nil, c.dir, "cluster", "init", to)
	}
	config := func(dir, file string) string { return filepath.Join(c.dir, dir, file) }
	c.node, c.other = []string{"--config", config("keys", keys.ConfigFile)}, []string{"--config", config("others", keys.ConfigFile)}
	var err error
	if c.client, err = keys.Load(config("keys", keys.ClientConfigFile)); err != nil {
		t.Fatal(err)
	}
	if c.stranger, err = keys.Load(config("others", keys.ConfigFile)); err != nil {
		t.Fatal(err)
	}
	n0 := node(t, nil, c.dir, "n0", append(c.node, "--listen", "127.0.0.1:0")...)
	c.at = n0.await(t, " is ready at ")
	c.url = n0.await(t, "reads along at ")
	node(t, nil, c.dir, "n1", append(c.node, "--join", c.at)...).await(t, " is ready at ")
	m, err := membership.Join(t.Context(), membership.Config{Name: "looks", Role: membership.Client, Join: []string{c.at}, Key: c.client.GossipKey})
	if err != nil {
		t.Fatal(err)
	}
	for _, member := range m.Members() {
		if member.Name == "n0" {
			c.route = member.Meta["route"]
		}
	}
	_ = m.Leave(t.Context())
	if !strings.HasPrefix(c.url, "tls://") || !strings.HasPrefix(c.route, "nats-route://") {
		t.Fatalf("n0 is at %q and %q, expected tls:// and nats-route://", c.url, c.route)
	}
	return c
}

// Who has no keys, or another cluster's, gets nowhere, with one error; whoever talks
// nonsense to a port, or says with a client's keys what is no message of volley's,
// disturbs no run.
func TestStrangers(t *testing.T) {
	c := newClosed(t)
	k := recorded(t, "5 s")
	want := local(t, k)
	t.Run("refused", func(t *testing.T) {
		for _, r := range []struct{ name, words, args string }{
			{"a node without keys", "does not understand", "node --name x --join " + c.at},
			{"a node with other keys", "does not understand", "node --name x --join " + c.at + " " + strings.Join(c.other, " ")},
			{"a node without keys, on NATS", "certificates", "node --name x --nats " + c.url},
			{"a node with other keys, on NATS", "certificates", "node --name x --nats " + c.url + " " + strings.Join(c.other, " ")},
			{"a client without keys", "does not understand", "run example:brunel --out x --cluster " + c.at},
			{"a client without keys, on NATS", "certificates", "run example:brunel --out x --cluster " + c.url},
			{"a client with other keys, on NATS", "certificates", "status --cluster " + c.url + " " + strings.Join(c.other, " ")},
		} {
			began := time.Now()
			o := volley(t, nil, t.TempDir(), strings.Fields(r.args)...)
			if o.code != 1 || !strings.Contains(o.stderr, r.words) || strings.Count(o.stderr, "\n") != 1 || time.Since(began) > 20*time.Second {
				t.Errorf("%s: exit code %d after %v: %s", r.name, o.code, time.Since(began), o.stderr)
			}
		}
	})
	t.Run("handshakes", func(t *testing.T) {
		server, route := strings.TrimPrefix(c.url, "tls://"), strings.TrimPrefix(c.route, "nats-route://")
		unverified := func(from *tls.Config) *tls.Config {
			o := &tls.Config{InsecureSkipVerify: true}
			if from != nil {
				o.Certificates = from.Certificates
			}
			return o
		}
		for _, h := range []struct {
			name string
			at   string
			with *tls.Config
			ok   bool
		}{
			{"client", server, c.client.ClientTLS(), true},
			{"nobody", server, unverified(nil), false},
			{"other authority", server, unverified(c.stranger.ClientTLS()), false},
			{"who does not trust the server", server, c.stranger.ClientTLS(), false},
			{"nobody at a route", route, unverified(nil), false},
			{"other authority at a route", route, unverified(c.stranger.ClientTLS()), false},
			{"client at a route", route, unverified(c.client.ClientTLS()), false},
		} {
			if err := handshake(h.at, h.with); (err == nil) != h.ok {
				t.Errorf("%s: %v", h.name, err)
			}
		}
	})
	t.Run("nonsense in a run", func(t *testing.T) {
		b, err := nats.Connect(t.Context(), nats.Options{URLs: []string{c.url}}.Closed(c.client))
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		out := filepath.Join(t.TempDir(), "run")
		p := start(t, "volley run", command(nil, program(t), k.run(out, append([]string{"--cluster", c.at}, c.node...)...)...))
		written := filepath.Join(c.dir, "*", "runs", "*")
		awaitFiles(t, filepath.Join(written, "weights", "learning.0ms.npy"), 1)
		all, _ := filepath.Glob(written)
		run := filepath.Base(all[0])
		said := 0
		for over := false; !over; said++ {
			junk := bytes.Repeat([]byte{byte(said), 0xff, 'v'}, 1+said%500)
			for _, subject := range []string{"spk.0.0", "spk.1.0", "rec.0", "rec.1", "ask.0", "ask.1", "ask.2", "fix.0", "fix.1", "fix.2", "evt"} {
				if err := b.Publish("volley."+run+"."+subject, junk); err != nil {
					t.Fatal(err)
				}
			}
			for _, subject := range []string{"volley.node.n0.ctl", "volley.node.n1.ctl", "volley.nodes.ctl"} {
				if err := b.Ask(subject, "_INBOX.nobody", junk); err != nil {
					t.Fatal(err)
				}
			}
			for _, port := range []string{"udp:" + c.at, "tcp:" + c.at, "tcp:" + strings.TrimPrefix(c.url, "tls://"), "tcp:" + strings.TrimPrefix(c.route, "nats-route://")} {
				network, address, _ := strings.Cut(port, ":")
				if conn, err := net.Dial(network, address); err == nil {
					_, _ = conn.Write(junk)
					_ = conn.Close()
				}
			}
			select {
			case <-p.exited:
				over = true
			case <-time.After(20 * time.Millisecond):
			}
		}
		if code := p.ending(t); code != 0 || said < 5 {
			t.Fatalf("exit code %d after %d rounds of nonsense: %s", code, said, p.said)
		}
		same(t, out, want)
	})
}

// handshake speaks to a NATS server: it tells of itself in the clear, then wants TLS,
// and answers a ping who is let in so far.
func handshake(at string, with *tls.Config) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", at)
	if err != nil {
		return err
	}
	defer raw.Close()
	_ = raw.SetDeadline(time.Now().Add(10 * time.Second))
	info, err := bufio.NewReaderSize(raw, 1).ReadString('\n')
	if err != nil || !strings.HasPrefix(info, "INFO ") {
		return fmt.Errorf("%q, %w", info, err)
	}
	conn := tls.Client(raw, with)
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer := make([]byte, 1)
	_, err = io.ReadFull(conn, answer)
	return err
}
