//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childrenOf is the processes that a process has started.
func childrenOf(t *testing.T, id int) (all []int) {
	t.Helper()
	text, err := exec.Command("ps", "-A", "-o", "ppid=,pid=").Output()
	if err != nil {
		t.Skip("no ps that lists processes:", err)
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == strconv.Itoa(id) {
			child, _ := strconv.Atoi(f[1])
			all = append(all, child)
		}
	}
	return all
}

// Nodes that were started for a run end by themselves, and leave nothing, where who
// started them is killed.
func TestLocalNodesDoNotOutliveWhoStartedThem(t *testing.T) {
	dir := t.TempDir()
	c := process(t, dir, strings.Fields("run "+smallBrunel+" --duration 1000s --local-nodes 2 --threads 1 --quiet")...)
	temp := filepath.Join(dir, "temp")
	if err := os.Mkdir(temp, 0o777); err != nil {
		t.Fatal(err)
	}
	c.Env = append(c.Env, "TMPDIR="+temp)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	until := func(what string, is func() bool) {
		t.Helper()
		for range 300 {
			if is() {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatal("not after 30 s: ", what)
	}
	var nodes []int
	until("both nodes have a directory", func() bool {
		nodes = childrenOf(t, c.Process.Pid)
		left, _ := filepath.Glob(filepath.Join(temp, "volley-nodes-*", "*", "models"))
		return len(nodes) == 2 && len(left) == 2
	})
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	until("the nodes and their directories are gone", func() bool {
		left, _ := filepath.Glob(filepath.Join(temp, "*"))
		for _, id := range nodes {
			if p, err := os.FindProcess(id); err == nil && p.Signal(syscall.Signal(0)) == nil {
				return false
			}
		}
		return len(left) == 0
	})
}
