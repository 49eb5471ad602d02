package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// limit says below which number a process's further files must be.
func limit(t *testing.T, p *process, below int) {
	t.Helper()
	if out, err := exec.Command("prlimit", "--pid", fmt.Sprint(p.Process.Pid), fmt.Sprintf("--nofile=%d:1024", below)).CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED: limits of another process cannot be set here: %v: %s", err, out)
	}
}

// A node that can open no further file goes on with what it has, and the one that
// writes a run's files ends the run with one error; both take the next run.
func TestOutOfFiles(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED: limits of another process need Linux")
	}
	k := recorded(t, "10 s")
	want := local(t, k)
	dir := t.TempDir()
	n0 := node(t, nil, dir, "n0", "--listen", "127.0.0.1:0")
	at := n0.await(t, " is ready at ")
	n1 := node(t, nil, dir, "n1", "--join", at)
	n1.await(t, " is ready at ")
	for _, c := range []struct {
		who *process
		ok  bool
	}{{n1, true}, {n0, false}, {nil, true}} {
		out := filepath.Join(t.TempDir(), "run")
		begun, _ := filepath.Glob(filepath.Join(dir, "n0", "runs", "*"))
		p := start(t, "volley run", command(nil, program(t), k.run(out, "--cluster", at)...))
		if c.who != nil {
			awaitFiles(t, filepath.Join(dir, "n0", "runs", "*", "weights", "learning.0ms.npy"), len(begun)+1)
			limit(t, c.who, 4) // it has those
		}
		code := p.ending(t)
		switch {
		case c.ok && code != 0:
			t.Errorf("exit code %d: %s", code, p.said)
		case c.ok:
			same(t, out, want)
		default:
			if code != 1 {
				t.Errorf("exit code %d, expected 1", code)
			}
			oneError(t, p.said.String(), "too many open files")
		}
		if c.who != nil {
			limit(t, c.who, 1024)
		}
	}
}
