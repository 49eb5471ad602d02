package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/volley-snn/volley/cluster/bus/chaos"
)

// faultKind is something that can happen to a run.
type faultKind struct {
	name, about string

	lines   bool   // the nodes come to one NATS server beside them, each by a line of its own; else each has a server
	disturb string // volley node --disturb, from the first step to the last

	// do lets it happen to a node, by its place, and returns when it is over; nil where
	// there is no moment to it.
	do func(ctx context.Context, c *faultCluster, node int) error

	// coordinator: it happens to the node that looks after the run; others: never to it.
	coordinator, others bool

	atLeast int // nodes
}

// faultKinds are all, in the order of tables.
var faultKinds = []faultKind{
	{name: "none", about: "nothing"},
	{name: "lossy", about: "of all messages 1 % are lost, 2 % come twice, 2 % late, and 2 % are overtaken", disturb: "drop=0.01,duplicate=0.02,delay=0.02,reorder=0.02"},
	{name: "reset", about: "a node's connection to NATS is reset five times in a second", lines: true, do: func(ctx context.Context, c *faultCluster, node int) error {
		for range 5 {
			c.lines[node].Reset()
			rest(ctx, 200*time.Millisecond)
		}
		return nil
	}},
	{name: "cut", about: "nothing passes between a node and NATS for 5 s", lines: true, do: func(ctx context.Context, c *faultCluster, node int) error {
		c.lines[node].Stall(true)
		rest(ctx, 5*time.Second)
		c.lines[node].Stall(false)
		return nil
	}},
	{name: "server", about: "the only NATS server is killed, and started anew after 1 s", lines: true, do: func(ctx context.Context, c *faultCluster, _ int) error {
		kill(c.server)
		rest(ctx, time.Second)
		return c.startServer(ctx)
	}},
	{name: "pause", about: "a node stands still for 3 s (SIGSTOP)", do: func(ctx context.Context, c *faultCluster, node int) error {
		if err := suspend(c.nodes[node].command); err != nil {
			return err
		}
		rest(ctx, 3*time.Second)
		return resume(c.nodes[node].command)
	}},
	{name: "stop", about: "a node stands still for 10 s (SIGSTOP), is given up meanwhile, and comes back", do: func(ctx context.Context, c *faultCluster, node int) error {
		if err := suspend(c.nodes[node].command); err != nil {
			return err
		}
		rest(ctx, 10*time.Second)
		return resume(c.nodes[node].command)
	}},
	{name: "kill", about: "a node is killed that does not coordinate the run (SIGKILL)", others: true, do: func(_ context.Context, c *faultCluster, node int) error {
		kill(c.nodes[node])
		return nil
	}},
	{name: "coordinator", about: "the node is killed that coordinates the run (SIGKILL)", coordinator: true, do: func(_ context.Context, c *faultCluster, node int) error {
		kill(c.nodes[node])
		return nil
	}},
	{name: "two", about: "two nodes are killed at once (SIGKILL)", atLeast: 3, do: func(_ context.Context, c *faultCluster, node int) error {
		both := []*localNode{c.nodes[node], c.nodes[(node+1)%len(c.nodes)]}
		for _, n := range both {
			_ = n.command.Process.Kill()
		}
		for _, n := range both {
			<-n.exited
		}
		return nil
	}},
	{name: "added", about: "a node joins", do: func(ctx context.Context, c *faultCluster, _ int) error {
		return c.startNode(ctx, len(c.nodes))
	}},
	{name: "drained", about: "a node is asked to leave (volley drain)", atLeast: 2, do: func(ctx context.Context, c *faultCluster, node int) error {
		_, err := prints(ctx, []string{"drain", nodeNameOf(node), "--cluster", c.at})
		return err
	}},
}

// faultNames are the names of all kinds.
func faultNames() (names []string) {
	for _, k := range faultKinds {
		names = append(names, k.name)
	}
	return names
}

// rest waits, unless there is nothing left to wait for.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func kill(n *localNode) {
	_ = n.command.Process.Kill()
	<-n.exited
}

// faultCluster is nodes on this machine, and what lies between them.
type faultCluster struct {
	*localNodes
	kind    *faultKind
	threads int
	disturb string // --disturb of every node; empty for none

	servers localNodes // of which the last is in use
	server  *localNode
	url     string // of the server
	lines   []*chaos.Proxy
	at      string // says which cluster
}

// startFaultCluster starts what a kind of fault needs.
func startFaultCluster(ctx context.Context, kind *faultKind, nodes, threads int, disturb, dir string) (c *faultCluster, err error) {
	c = &faultCluster{localNodes: &localNodes{dir: dir}, kind: kind, threads: threads, disturb: disturb}
	defer func() {
		if err != nil {
			c.end()
		}
	}()
	if kind.lines {
		if err := c.startServer(ctx); err != nil {
			return nil, err
		}
		c.at = c.url
	}
	for k := range nodes {
		if err := c.startNode(ctx, k); err != nil {
			return nil, fmt.Errorf("node %d of %d: %w", k+1, nodes, err)
		}
	}
	return c, nil
}

// startNode starts the k-th node, from 0.
func (c *faultCluster) startNode(ctx context.Context, k int) error {
	args := []string{"node", "--name", nodeNameOf(k), "--threads", fmt.Sprint(c.threads), "--dir", fmt.Sprintf("%s/%d", c.dir, k), "--store", c.dir + "/store", "--until-eof", "--fleeting"}
	if c.disturb != "" {
		args = append(args, "--disturb", c.disturb)
	}
	switch {
	case c.kind.lines:
		line, err := chaos.NewProxy(strings.TrimPrefix(c.url, "nats://"), chaos.Weather{})
		if err != nil {
			return err
		}
		c.lines = append(c.lines, line)
		args = append(args, "--nats", "nats://"+line.Address())
	case k > 0:
		args = append(args, "--join", c.at)
	default:
		args = append(args, "--listen", "127.0.0.1:0")
	}
	at, err := c.start(ctx, args)
	if c.at == "" {
		c.at = at
	}
	return err
}

// nodeNameOf is the name of a node by its place.
func nodeNameOf(k int) string { return fmt.Sprintf("n%d", k+1) }

// startServer starts a NATS server, the second time where the first was.
func (c *faultCluster) startServer(ctx context.Context) error {
	listen := "127.0.0.1:0"
	if c.url != "" {
		listen = strings.TrimPrefix(c.url, "nats://")
	}
	url, err := c.servers.start(ctx, []string{"bench", "server", "--listen", listen})
	if err != nil {
		return fmt.Errorf("a NATS server: %w", err)
	}
	c.url, c.server = url, c.servers.nodes[len(c.servers.nodes)-1]
	return nil
}

// end ends all processes, and removes what they left.
func (c *faultCluster) end() {
	for _, n := range c.nodes {
		_ = resume(n.command)
	}
	c.localNodes.end()
	for _, line := range c.lines {
		line.Close()
	}
	c.servers.end()
}

// victim chooses the node that a fault meets.
func (k *faultKind) victim(chance *rand.Rand, nodes int, coordinator string) int {
	at := -1
	for i := range nodes {
		if nodeNameOf(i) == coordinator {
			at = i
		}
	}
	switch {
	case k.coordinator && at >= 0:
		return at
	case k.others && at >= 0 && nodes > 1:
		return (at + 1 + chance.IntN(nodes-1)) % nodes
	}
	return chance.IntN(nodes)
}
