package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Nodes that are killed, stand still or are cut off for longer than others wait cost
// a run that keeps its state some time, and nothing else: its files are those of the
// local run.
func TestNodesAreLost(t *testing.T) {
	k := recorded(t, "2 s")
	want := local(t, k)
	for n, f := range []struct {
		name string
		at   arrangement
		do   func(t *testing.T, c *cluster)
	}{
		{"a node is killed", arrangement{3, 0}, func(t *testing.T, c *cluster) { kill(c.nodes[1]) }},
		{"the coordinator is killed", arrangement{3, 1}, func(t *testing.T, c *cluster) { kill(c.nodes[0]) }},
		{"two of four are killed", arrangement{4, 1}, func(t *testing.T, c *cluster) {
			kill(c.nodes[2])
			time.Sleep(time.Second)
			kill(c.nodes[0])
		}},
		{"a node stands still for 20 s", arrangement{3, 1}, func(t *testing.T, c *cluster) { pause(c.nodes[1], 20*time.Second) }},
		{"the coordinator stands still for 40 s", arrangement{3, 1}, func(t *testing.T, c *cluster) { pause(c.nodes[0], 40*time.Second) }},
		{"a cable is pulled for 20 s", arrangement{3, 0}, func(t *testing.T, c *cluster) {
			c.nodeHosts[1].Cut(t, true)
			time.Sleep(20 * time.Second)
			c.nodeHosts[1].Cut(t, false)
		}},
		{"the coordinator's cable is pulled for 40 s", arrangement{3, 0}, func(t *testing.T, c *cluster) {
			c.nodeHosts[0].Cut(t, true)
			time.Sleep(40 * time.Second)
			c.nodeHosts[0].Cut(t, false)
		}},
	} {
		t.Run(f.name, func(t *testing.T) {
			if n >= 2 && os.Getenv(matrixVariable) == "" {
				t.Skip("NOT TESTED without " + matrixVariable + "=1")
			}
			t.Parallel()
			c := newCluster(t, f.at, nil, append(slow, "--store", filepath.Join(t.TempDir(), "store"))...)
			run, out := c.submit(t, k, "--checkpoint-every", "bio:200ms")
			f.do(t, c)
			if code := run.ending(t); code != 0 {
				t.Fatalf("exit code %d: %s", code, run.said)
			}
			same(t, out, want)
		})
	}
}
