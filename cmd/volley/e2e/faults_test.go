package e2e

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// slow has messages arrive late, so that a run lasts a while without work.
var slow = []string{"--disturb", "seed=1,delay=1"}

// submit starts a run whose progress is shown, and returns it when it is under way.
func (c *cluster) submit(t *testing.T, k task, more ...string) (run *process, out string) {
	t.Helper()
	out = filepath.Join(t.TempDir(), "run")
	args := append(append(append([]string{"run"}, k.args...), "--no-report", "--out", out), append(c.at, more...)...)
	p := start(t, "volley run", command(c.client, program(t), args...))
	p.await(t, "of biological time")
	return p, out
}

func kill(p *process) {
	_ = p.Process.Kill()
	<-p.exited
}

func pause(p *process, d time.Duration) {
	_ = p.Process.Signal(syscall.SIGSTOP)
	time.Sleep(d)
	_ = p.Process.Signal(syscall.SIGCONT)
}

// A run that something happens to beneath its nodes, which is over after a while, goes
// on and leaves the files of an undisturbed one.
func TestFaultsThatPass(t *testing.T) {
	k := recorded(t, "2 s")
	want := local(t, k)
	for n, f := range []struct {
		name string
		at   arrangement
		do   func(t *testing.T, c *cluster)
	}{
		{"the server is killed and started anew", arrangement{2, 1}, func(t *testing.T, c *cluster) {
			kill(c.servers[0])
			time.Sleep(2 * time.Second)
			c.startServer(t, 0)
		}},
		{"one of three servers is killed", arrangement{3, 3}, func(t *testing.T, c *cluster) { kill(c.servers[1]) }},
		{"a cable is pulled for 5 s", arrangement{3, 0}, func(t *testing.T, c *cluster) {
			c.nodeHosts[1].Cut(t, true)
			time.Sleep(5 * time.Second)
			c.nodeHosts[1].Cut(t, false)
		}},
		{"the server's cable is pulled for 5 s", arrangement{2, 1}, func(t *testing.T, c *cluster) {
			c.serverHosts[0].Cut(t, true)
			time.Sleep(5 * time.Second)
			c.serverHosts[0].Cut(t, false)
		}},
		{"a node stands still for 3 s", arrangement{3, 1}, func(t *testing.T, c *cluster) { pause(c.nodes[1], 3*time.Second) }},
		{"the coordinator stands still for 10 s", arrangement{3, 1}, func(t *testing.T, c *cluster) { pause(c.nodes[0], 10*time.Second) }},
	} {
		t.Run(f.name, func(t *testing.T) {
			if n >= 3 && os.Getenv(matrixVariable) == "" {
				t.Skip("NOT TESTED without " + matrixVariable + "=1")
			}
			t.Parallel()
			c := newCluster(t, f.at, nil, slow...)
			run, out := c.submit(t, k)
			began := time.Now()
			f.do(t, c)
			select {
			case <-run.exited:
				t.Errorf("the run was over before the fault was: %s", run.said)
			default:
			}
			code := run.ending(t)
			if code != 0 {
				t.Fatalf("%v after the fault began: exit code %d: %s", time.Since(began).Round(time.Second), code, run.said)
			}
			same(t, out, want)
		})
	}
}
