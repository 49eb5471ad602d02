package hosts_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/nats"
	"github.com/volley-snn/volley/cluster/hosts"
	"github.com/volley-snn/volley/cluster/keys"
	"github.com/volley-snn/volley/cluster/membership"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// roleVariable has this test binary play a node: name, address, keys, whom to join.
const roleVariable = "VOLLEY_TEST_NODE"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := node(strings.Fields(role)); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// gossip is fast enough for a test, and slow enough for a busy machine.
func gossip(name, listen string, id *keys.Identity, join ...string) membership.Config {
	c := membership.Quick()
	c.SuspicionMult = 6
	c.Name, c.Listen, c.Join, c.Key = name, listen, join, id.GossipKey
	return c
}

// node is a member with a NATS server of its own, which answers who it is until its
// standard input ends.
func node(role []string) error {
	name, address, config := role[0], role[1], role[2]
	id, err := keys.Load(config)
	if err != nil {
		return err
	}
	members, err := membership.Join(context.Background(), gossip(name, address+":7946", id, role[3:]...))
	if err != nil {
		return err
	}
	var routes []string
	for _, m := range members.Members() {
		if url := m.Meta["routes"]; url != "" {
			routes = append(routes, url)
		}
	}
	server, err := nats.Start(nats.ServerOptions{Name: name, Listen: address + ":4222", RouteListen: address + ":6222", Routes: routes}.Closed(id))
	if err != nil {
		return err
	}
	err = members.Update(context.Background(), map[string]string{"nats": server.ClientURL(), "routes": server.RouteURL()})
	if err != nil {
		return err
	}
	b, err := server.Connect(context.Background(), nats.Options{}.Closed(id))
	if err != nil {
		return err
	}
	if _, err := b.Respond("volley.who", "", func(bus.Message) []byte { return []byte(name) }); err != nil {
		return err
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	defer server.Shutdown()
	return members.Leave(context.Background())
}

// Three nodes on hosts of their own, with keys, that meet by gossip and by routes
// between their NATS servers; a client that sees them all through one. A cable is
// pulled: the node is dead. It is put back: the node is there again, on both.
func TestThreeHosts(t *testing.T) {
	gateway, all := hosts.New(t, 3)
	dir := t.TempDir()
	if _, err := keys.Init(dir, keys.Options{}); err != nil {
		t.Fatal(err)
	}
	names := []string{"n0", "n1", "n2"}
	for k, h := range all {
		role := []string{names[k], h.Address, filepath.Join(dir, keys.ConfigFile)}
		if k > 0 {
			role = append(role, all[k-1].Address+":7946")
		}
		startNode(t, h, role)
	}
	id, err := keys.Load(filepath.Join(dir, keys.ClientConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	c := gossip("client", gateway+":0", id, all[1].Address+":7946")
	c.Role = membership.Client
	members, err := membership.Join(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { members.Close() })
	seen := members.Watch()
	var url string
	awaitMembers(t, members, seen, "all three with their NATS servers", func(workers map[string]membership.Member) bool {
		url = workers["n0"].Meta["nats"]
		return len(workers) == 3 && url != "" && workers["n2"].Meta["nats"] != ""
	})
	b, err := nats.Connect(t.Context(), nats.Options{URLs: []string{url}}.Closed(id))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	awaitAnswers(t, b, names)

	all[2].Cut(t, true)
	awaitMembers(t, members, seen, "that n2 is dead", func(workers map[string]membership.Member) bool {
		_, there := workers["n2"]
		return !there && len(workers) == 2
	})
	all[2].Cut(t, false)
	awaitMembers(t, members, seen, "that n2 is back", func(workers map[string]membership.Member) bool {
		return len(workers) == 3 && workers["n2"].Returns == 1
	})
	awaitAnswers(t, b, names)
}

// startNode starts this test binary as a node on a host, and waits until it is ready.
func startNode(t *testing.T, h *hosts.Host, role []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := h.Command(self)
	c.Env = append(os.Environ(), roleVariable+"="+strings.Join(role, " "))
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		hang := time.AfterFunc(patience, func() { c.Process.Kill() })
		defer hang.Stop()
		if err := c.Wait(); err != nil {
			t.Errorf("%s: %v", role[0], err)
		}
	})
	hang := time.AfterFunc(patience, func() { c.Process.Kill() })
	defer hang.Stop()
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Fatalf("%s said %q, %v", role[0], line, err)
	}
}

func awaitMembers(t *testing.T, members *membership.Cluster, seen <-chan struct{}, what string, ok func(workers map[string]membership.Member) bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		workers := map[string]membership.Member{}
		for _, m := range members.Members() {
			if m.Role == membership.Worker {
				workers[m.Name] = m
			}
		}
		if ok(workers) {
			return
		}
		select {
		case <-seen:
		case <-deadline:
			t.Fatalf("not within %v: %s; there are %v", patience, what, workers)
		}
	}
}

// awaitAnswers asks who is there until all of the names have answered one question.
func awaitAnswers(t *testing.T, b bus.Bus, names []string) {
	t.Helper()
	var answered []string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		answered = nil
		err := bus.Collect(ctx, b, "volley.who", nil, func(m bus.Message) bool {
			answered = append(answered, string(m.Data))
			return len(answered) < len(names)
		})
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(answered)
		if slices.Equal(answered, names) {
			return
		}
	}
	t.Fatalf("%v answered, expected %v", answered, names)
}
