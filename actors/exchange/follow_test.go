package exchange_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/nats"
)

// The wire is open: a client in another language, written after docs/WIRE.md and with
// nothing but sockets, follows a run on a NATS server and comes to its spike hash.
func TestAClientInPythonFollowsARun(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here: docs/follow.py is not checked")
	}
	n := recorded(t)
	want := local(t, n)
	server, err := nats.Start(nats.ServerOptions{Name: "follow"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Shutdown()
	address, err := url.Parse(server.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client := exec.CommandContext(ctx, python, "../../docs/follow.py", address.Host, "test", "3")
	var out bytes.Buffer
	client.Stdout = &out
	said, err := client.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	words := bufio.NewReader(said)
	if line, err := words.ReadString('\n'); err != nil || line != "listening\n" {
		t.Fatalf("the client said %q: %v", line, err)
	}
	g := start(t, n, 3, 1, func() bus.Bus {
		b, err := nats.Connect(ctx, nats.Options{URLs: []string{server.ClientURL()}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		return b
	})
	compare(t, want, write(t, n, g.follower))
	complaints, _ := words.ReadString(0)
	if err := client.Wait(); err != nil || complaints != "" {
		t.Errorf("the client ended with %v and said %q", err, complaints)
	}
	g.end(t)
	if got := strings.TrimSpace(out.String()); got != fmt.Sprintf("%d %s", want.count, want.spikes) {
		t.Errorf("the client printed %q, want %d spikes and the hash %s", got, want.count, want.spikes)
	}
}
