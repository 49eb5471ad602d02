package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/volley-snn/volley/cluster/hosts"
	"github.com/volley-snn/volley/cluster/keys"
)

// arrangement is how many nodes and NATS servers a cluster has.
type arrangement struct {
	nodes, servers int // 0 servers: each node runs one, and they find each other by gossip
}

func (a arrangement) String() string {
	if a.servers == 0 {
		return fmt.Sprintf("%d nodes", a.nodes)
	}
	return fmt.Sprintf("%d nodes on %d servers", a.nodes, a.servers)
}

// cluster is nodes and servers, each on a host of its own, with keys, and a host
// for who submits runs.
type cluster struct {
	dir            string
	gateway        string // the test's own address
	nodes, servers []*process
	nodeHosts      []*hosts.Host
	serverHosts    []*hosts.Host
	client         *hosts.Host
	urls           []string // of the servers
	at             []string // says which cluster, on a command line
	lines          lineTo
}

// lineTo gives the URL at which a node reaches a server.
type lineTo func(c *cluster, node, server int) string

// nodeKeys says where the keys are.
func (c *cluster) nodeKeys() []string {
	return []string{"--config", filepath.Join(c.dir, "keys", keys.ConfigFile)}
}

// newCluster starts servers and nodes. lines may be nil, where nodes reach the servers
// at their own URLs; more is what a node is told beside.
func newCluster(t *testing.T, a arrangement, lines lineTo, more ...string) *cluster {
	t.Helper()
	gateway, all := hosts.New(t, a.nodes+a.servers+1)
	c := &cluster{dir: t.TempDir(), gateway: gateway, nodeHosts: all[:a.nodes], serverHosts: all[a.nodes : a.nodes+a.servers], client: all[a.nodes+a.servers], lines: lines}
	t.Cleanup(func() {
		for _, n := range append(c.servers, c.nodes...) {
			if t.Failed() {
				t.Logf("%s: %s", n.name, n.said)
			}
		}
	})
	must(t, nil, c.dir, "cluster", "init", "keys")
	for k := range c.serverHosts {
		c.startServer(t, k)
		c.urls = append(c.urls, fmt.Sprintf("tls://%s:4222", c.serverHosts[k].Address))
	}
	clientKeys := filepath.Join(c.dir, "keys", keys.ClientConfigFile)
	if a.servers > 0 {
		c.at = []string{"--cluster", c.urls[0], "--config", clientKeys}
	} else {
		c.at = []string{"--cluster", c.nodeHosts[a.nodes-1].Address + ":7400", "--config", clientKeys}
	}
	for k := range c.nodeHosts {
		c.startNode(t, k, more...)
	}
	return c
}

// startServer starts a server, which has routes to those before it.
func (c *cluster) startServer(t *testing.T, k int) {
	t.Helper()
	address := c.serverHosts[k].Address
	role := []string{fmt.Sprint("s", k), address + ":4222", address + ":6222", c.nodeKeys()[1], "open"}
	if c.lines != nil {
		role[4] = "discreet"
	}
	for _, h := range c.serverHosts[:k] {
		role = append(role, fmt.Sprintf("nats-route://%s:6222", h.Address))
	}
	s := server(t, c.serverHosts[k], role...)
	s.await(t, " is ready at ")
	c.servers = append(c.servers[:k], s)
}

func (c *cluster) startNode(t *testing.T, k int, more ...string) {
	t.Helper()
	h, args := c.nodeHosts[k], append(c.nodeKeys(), more...)
	switch {
	case len(c.urls) == 0:
		args = append(args, "--listen", h.Address+":7400")
		if k > 0 {
			args = append(args, "--join", c.nodeHosts[0].Address+":7400")
		}
	default:
		var urls []string
		for s := range c.urls {
			s = (s + k) % len(c.urls) // nodes are spread over the servers
			if c.lines != nil {
				urls = append(urls, c.lines(c, k, s))
			} else {
				urls = append(urls, c.urls[s])
			}
		}
		args = append(args, "--nats", strings.Join(urls, ","))
	}
	n := node(t, h, c.dir, fmt.Sprint("n", k), args...)
	c.nodes = append(c.nodes[:k], n)
	n.await(t, " is ready at ")
}

// run runs a task on all nodes, and returns its directory.
func (c *cluster) run(t *testing.T, k task) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "run")
	must(t, c.client, c.dir, k.run(out, c.at...)...)
	if got := summary(t, out).Nodes; got != len(c.nodes) && c.lines == nil { // whose line is broken when nodes are looked for takes no part
		t.Errorf("the run was on %d nodes, of %d", got, len(c.nodes))
	}
	return out
}
