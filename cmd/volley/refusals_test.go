package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What goes wrong with a cluster before a run is one clear error, within the time that
// it states.
func TestRefusalsOfClusters(t *testing.T) {
	dir := t.TempDir()
	n := startNode(t, dir, "--name", "small", "--listen", "127.0.0.1:0", "--memory", "1000000", "--dir", filepath.Join(dir, "small"))
	for _, c := range []struct {
		args, want string
		code       int
		within     time.Duration
	}{
		{"status --cluster 127.0.0.1:1", "no node answers at 127.0.0.1:1 within 5s: is volley node running there?", exitFailed, 5 * time.Second},
		{"run example:brunel --cluster nats://127.0.0.1:1 --out o", "no NATS server at nats://127.0.0.1:1", exitFailed, 5 * time.Second},
		{"node --name x --nats nats://127.0.0.1:1", "no NATS server at nats://127.0.0.1:1", exitFailed, 5 * time.Second},
		{"status --cluster localhost", "--cluster localhost: expected HOST:PORT of a node", exitUsage, time.Second},
		{"status --cluster 192.0.2.1:7400", "expected --config with the client.yaml of volley cluster init", exitUsage, time.Second},
		{"node --name small --join " + n.address, `"small" is already that of the member at ` + n.address, exitFailed, 5 * time.Second},
		{"run example:brunel --quiet --out o --cluster " + n.address, "node small: its share takes about 22.0", exitUsage, 10 * time.Second},
		{"run " + smallBrunel + " --quiet --out o --node other --cluster " + n.address, "node other: the run asks for it, and it is not there", exitFailed, 10 * time.Second},
		{"attach none --cluster " + n.address, `no node knows a run "none"`, exitFailed, 10 * time.Second},
	} {
		began := time.Now()
		_, said, code := runs(t, dir, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(said, c.want) || strings.Count(strings.TrimSpace(said), "\n") > 0 {
			t.Errorf("volley %s: exit code %d and\n%s\nexpected %d and %q", c.args, code, said, c.code, c.want)
		}
		if took := time.Since(began); took > 2*c.within+10*time.Second { // others may keep the machine busy
			t.Errorf("volley %s took %v", c.args, took)
		}
	}
}
