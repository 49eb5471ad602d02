package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/keys"
	"github.com/volley-snn/volley/internal/record"
)

// asVolley makes the test's binary the command, so that what is tested is what users
// run: processes that know each other by address alone.
const asVolley = "VOLLEY_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asVolley) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a command line in a process of its own.
func process(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, self, args...)
	c.Dir, c.Env = dir, append(os.Environ(), asVolley+"=1")
	return c
}

// runs a command line and returns what it printed and its exit code.
func runs(t *testing.T, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	c := process(t, dir, args...)
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), said.String(), c.ProcessState.ExitCode()
}

// aNode is a node process. Its input is held open: it ends with the test at the latest.
type aNode struct {
	*exec.Cmd
	address string
	input   io.Closer
	said    *lines
}

// lines is what a process prints, for two goroutines.
type lines struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

func startNode(t *testing.T, dir string, args ...string) *aNode {
	t.Helper()
	n := &aNode{Cmd: process(t, dir, append([]string{"node", "--threads", "1", "--until-eof"}, args...)...), said: &lines{}}
	input, err := n.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	n.input, n.Stdout, n.Stderr = input, n.said, n.said
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { _ = n.Wait(); close(exited) }()
	t.Cleanup(func() { _ = n.input.Close(); <-exited })
	for range 200 {
		if _, rest, ok := strings.Cut(n.said.String(), " is ready at "); ok && strings.Contains(rest, "\n") {
			n.address, _, _ = strings.Cut(rest, "\n")
			return n
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("a node is not ready: %s", n.said)
	return nil
}

var brief = []string{"--set", "scale=0.1", "--set", "discard=0ms", "--duration", "100ms", "--no-report", "--quiet"}

func printedSummary(t *testing.T, text string) (s record.Summary) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatalf("%v: %q", err, text)
	}
	return s
}

// Two nodes with keys give the hash of the local run; whoever has no keys, or others,
// is refused with one error; a node that is killed ends the run with one.
func TestClusterOfProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("several processes")
	}
	dir := t.TempDir()
	text, said, code := runs(t, dir, append([]string{"run", "example:brunel", "--json", "--out", "local"}, brief...)...)
	if code != 0 {
		t.Fatal(said)
	}
	want := printedSummary(t, text)
	for _, to := range []string{"keys", "others"} {
		if _, said, code := runs(t, dir, "cluster", "init", to); code != 0 {
			t.Fatal(said)
		}
	}
	config := []string{"--config", filepath.Join("keys", keys.ConfigFile)}
	a := startNode(t, dir, append([]string{"--name", "a", "--listen", "127.0.0.1:0"}, config...)...)
	b := startNode(t, dir, append([]string{"--name", "b", "--join", a.address}, config...)...)
	at := append([]string{"--cluster", b.address}, config...)

	t.Run("same spikes", func(t *testing.T) {
		text, said, code := runs(t, dir, append(append([]string{"run", "example:brunel", "--json", "--out", "on-nodes"}, brief...), at...)...)
		if code != 0 {
			t.Fatal(said)
		}
		got := printedSummary(t, text)
		if got.SpikeHash != want.SpikeHash || got.Nodes != 2 || want.Spikes < 500 {
			t.Errorf("%d nodes gave %d spikes with the hash %s; locally %d with %s", got.Nodes, got.Spikes, got.SpikeHash, want.Spikes, want.SpikeHash)
		}
		theirs, err := os.ReadFile(filepath.Join(dir, "on-nodes", "spikes.parquet"))
		ours, _ := os.ReadFile(filepath.Join(dir, "local", "spikes.parquet"))
		if err != nil || !bytes.Equal(theirs, ours) {
			t.Errorf("spikes.parquet differs from the local one: %v", err)
		}
	})
	t.Run("refused", func(t *testing.T) {
		for _, c := range []struct {
			args  []string
			words string
		}{
			{[]string{"status", "--cluster", a.address}, "does not understand"},
			{[]string{"status", "--cluster", a.address, "--config", strings.Replace(config[1], "keys", "others", 1)}, "does not understand"},
			{append([]string{"node", "--name", "a", "--join", a.address, "--dir", "taken"}, config...), "taken"},
			{append([]string{"attach", "nothing"}, at...), "no node knows a run"},
		} {
			began := time.Now()
			_, said, code := runs(t, dir, c.args...)
			if code != exitFailed || !strings.Contains(said, c.words) || strings.Count(said, "\n") != 1 || time.Since(began) > 20*time.Second {
				t.Errorf("volley %v: exit code %d after %v, said %q", c.args, code, time.Since(began), said)
			}
		}
	})
	t.Run("killed", func(t *testing.T) {
		args := append(append([]string{"run", "example:brunel", "--out", "lost"}, brief...), at...)
		c := process(t, dir, append(args, "--duration", "10000s")...)
		said := &lines{}
		c.Stderr = said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for range 200 {
			text, _, _ := runs(t, dir, append([]string{"top", "--times", "1"}, at...)...)
			if strings.Contains(text, "running") && strings.Contains(text, "kappa") && strings.Contains(text, "LAG") {
				break
			}
		}
		if err := b.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
		if c.ProcessState.ExitCode() != exitFailed || !strings.Contains(said.String(), "node b: it is gone") {
			t.Errorf("exit code %d, said %q", c.ProcessState.ExitCode(), said)
		}
		text, err := os.ReadFile(filepath.Join(dir, "lost", record.RunFile))
		if err != nil || !strings.Contains(string(text), `"status": "failed"`) {
			t.Errorf("run.json of the failed run: %v %s", err, text)
		}
	})
}

// A client in another language, which knows only docs/WIRE.md, hears every spike.
func TestAnyClientHearsTheSpikes(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || testing.Short() {
		t.Skip("no python3, or several processes are too many: nothing is heard")
	}
	script, err := filepath.Abs("../../docs/clients/spikes.py")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	a := startNode(t, dir, "--name", "a", "--listen", "127.0.0.1:0")
	url := ""
	for found := false; !found; _, url, found = strings.Cut(a.said.String(), "reads along at nats://") {
		if t.Context().Err() != nil {
			t.Fatal(a.said)
		}
		time.Sleep(10 * time.Millisecond) // it is said after the node is ready
	}
	b := startNode(t, dir, "--name", "b", "--join", a.address)
	listener := exec.CommandContext(t.Context(), python, script, strings.TrimSpace(url), "--nodes", "2")
	said, heard := &lines{}, &lines{}
	listener.Stderr, listener.Stdout = said, heard
	if err := listener.Start(); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if strings.Contains(said.String(), "listening") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	text, ran, code := runs(t, dir, append([]string{"run", "example:brunel", "--json", "--cluster", b.address}, brief...)...)
	if code != 0 {
		t.Fatal(ran)
	}
	if err := listener.Wait(); err != nil {
		t.Fatal(err, said)
	}
	want := printedSummary(t, text)
	if !strings.Contains(said.String(), "hash "+want.SpikeHash) || int64(strings.Count(heard.String(), "\n")) != want.Spikes || want.Spikes < 500 {
		t.Errorf("heard %d of %d spikes, and said %q; the run's hash is %s", strings.Count(heard.String(), "\n"), want.Spikes, said, want.SpikeHash)
	}
}
