package actors_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/memory"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/results"
	"github.com/volley-snn/volley/internal/session"
	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

const version = "test"

// cluster is nodes in this process, on a bus in memory.
type cluster struct {
	caller *actors.Caller
	nodes  []*actors.Node
	buses  []bus.Bus
	dirs   []string
}

func start(t *testing.T, nodes int, change ...func(*actors.Config)) *cluster {
	t.Helper()
	hub := memory.New()
	c := &cluster{}
	client := hub.Connect()
	t.Cleanup(func() { client.Close() })
	c.caller = &actors.Caller{Bus: client, Sender: "test", Version: version}
	for k := range nodes {
		b, dir := hub.Connect(), t.TempDir()
		config := actors.Config{Name: fmt.Sprint("n", k), Bus: b, Dir: dir, Version: version, Threads: 1 + k%2}
		for _, f := range change {
			f(&config)
		}
		n, err := actors.Start(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		c.nodes, c.buses, c.dirs = append(c.nodes, n), append(c.buses, b), append(c.dirs, dir)
		t.Cleanup(func() { n.Stop(); b.Close() })
	}
	return c
}

func pack(t *testing.T, text string, set ...string) (*actors.Bundle, *kernel.Network) {
	t.Helper()
	b, n, err := actors.Pack(fstest.MapFS{"m.yaml": {Data: []byte(text)}}, "m.yaml", model.Options{Set: set})
	if err != nil {
		t.Fatal(err)
	}
	return b, n
}

// run submits a bundle to the first node and waits for its end.
func (c *cluster) run(t *testing.T, b *actors.Bundle) (*control.RunStatus, map[string][]byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := c.caller.Submit(ctx, "n0", b, &control.Submit{Format: "csv"})
	if err != nil {
		t.Fatal(err)
	}
	last, err := c.caller.Follow(ctx, s.Run, s.Coordinator, func(*control.RunStatus) {})
	if err != nil {
		t.Fatal(err)
	}
	list, err := c.caller.Files(ctx, s.Run, s.Coordinator)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range list {
		var content bytes.Buffer
		if err := c.caller.Fetch(ctx, s.Run, s.Coordinator, f.Path, &content); err != nil {
			t.Fatal(err)
		}
		files[f.Path] = content.Bytes()
	}
	return last, files
}

// local is the files of a run in this process.
func local(t *testing.T, n *kernel.Network, partitions int, feed ...engine.Feed) map[string][]byte {
	t.Helper()
	path := t.TempDir()
	dir, err := record.Create(path, record.Options{Format: record.CSV})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := results.New(n)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(n, engine.Config{Partitions: partitions, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, f := range feed {
		e.Feed = f
	}
	_, _ = session.Run(t.Context(), e, session.Config{Dir: dir, Findings: findings})
	files := map[string][]byte{}
	for _, pattern := range []string{"*.csv", "weights/*", "*.json"} {
		found, _ := filepath.Glob(filepath.Join(path, pattern))
		for _, f := range found {
			name, _ := filepath.Rel(path, f)
			if files[filepath.ToSlash(name)], err = os.ReadFile(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	return files
}

func summary(t *testing.T, files map[string][]byte) *record.Summary {
	t.Helper()
	s := &record.Summary{}
	if err := json.Unmarshal(files[record.SummaryFile], s); err != nil {
		t.Fatal(err)
	}
	return s
}

// compare reports what differs but for the two files that tell what a run cost.
func compare(t *testing.T, got, want map[string][]byte) {
	t.Helper()
	for name, content := range want {
		if !strings.HasSuffix(name, ".json") && !bytes.Equal(got[name], content) {
			t.Errorf("%s differs from that of the local run", name)
		}
	}
	a, b := summary(t, got), summary(t, want)
	if a.SpikeHash != b.SpikeHash || a.WeightHash != b.WeightHash || a.Synapses != b.Synapses || a.SynapticEvents != b.SynapticEvents {
		t.Errorf("hashes %.12s %.12s, %d synapses, %d events; the local run has %.12s %.12s, %d, %d",
			a.SpikeHash, a.WeightHash, a.Synapses, a.SynapticEvents, b.SpikeHash, b.WeightHash, b.Synapses, b.SynapticEvents)
	}
}

func TestRunsAreThoseOfOneProcess(t *testing.T) {
	b, n := pack(t, small.Recorded)
	want := local(t, n, 2)
	if len(want) < 8 || summary(t, want).Spikes < 500 {
		t.Fatalf("%d files and %d spikes, so little is compared", len(want), summary(t, want).Spikes)
	}
	for _, nodes := range []int{1, 2, 5} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			last, got := start(t, nodes).run(t, b)
			if last.State != control.State_STATE_DONE {
				t.Fatalf("the run is %v: %v", last.State, last.Failure)
			}
			compare(t, got, want)
			if s := summary(t, got); s.Nodes != nodes {
				t.Errorf("%d nodes in the summary, want %d", s.Nodes, nodes)
			}
		})
	}
}

// Runs do not disturb each other, and a run that is sent twice is done once.
func TestSeveralRunsAtOnce(t *testing.T) {
	c := start(t, 3)
	b, n := pack(t, small.Recorded)
	want := summary(t, local(t, n, 1)).SpikeHash
	runs := map[string]bool{}
	done := make(chan string, 4)
	for k := range 4 {
		s, err := c.caller.Submit(t.Context(), fmt.Sprint("n", k%3), b, &control.Submit{Format: "csv"})
		if err != nil {
			t.Fatal(err)
		}
		runs[s.Run] = true
		go func() {
			last, err := c.caller.Follow(t.Context(), s.Run, s.Coordinator, func(*control.RunStatus) {})
			var text bytes.Buffer
			if err == nil && last.State == control.State_STATE_DONE {
				err = c.caller.Fetch(t.Context(), s.Run, s.Coordinator, record.SummaryFile, &text)
			}
			done <- fmt.Sprint(text.String(), err, last.GetFailure().GetWhy())
		}()
	}
	for range 4 {
		if said := <-done; !strings.Contains(said, want) {
			t.Errorf("a run of four came to %s", said)
		}
	}
	if len(runs) != 4 {
		t.Errorf("four runs have %d names", len(runs))
	}
	all, err := c.caller.Runs(t.Context())
	if err != nil || len(all) != 4 {
		t.Errorf("%d runs are remembered: %v", len(all), err)
	}
}

const unstable = `
name: unstable
duration: 100 ms
populations:
  net: {model: hh_psc_alpha, size: 10}
stimuli:
  drive: {model: dc_generator, target: net, amplitude: 800 pA}
  surge: {model: dc_generator, target: net, amplitude: -1e300 pA, start: 40 ms}
projections:
  all:
    {source: net, target: net, rule: all_to_all, weight: 10 pA, delay: 1.5 ms, synapse_model: stdp_synapse}
records:
  weights: [{projection: all, at: [10 ms]}]
`

// A neuron that fails on any node ends the run as it ends one in this process.
func TestAFaultIsThatOfOneProcess(t *testing.T) {
	b, n := pack(t, unstable)
	last, got := start(t, 2).run(t, b) // 1 and 2 threads: 3 partitions
	want := local(t, n, 3)
	var ran, localRan record.Run
	if err := errors.Join(json.Unmarshal(got[record.RunFile], &ran), json.Unmarshal(want[record.RunFile], &localRan)); err != nil {
		t.Fatal(err)
	}
	if last.State != control.State_STATE_FAILED || last.Failure.Kind != control.Kind_KIND_FAULT || ran.Error == "" || ran.Error != localRan.Error || last.Failure.Why != ran.Error {
		t.Errorf("the run is %v: %v; run.json says %q, and locally %q", last.State, last.Failure, ran.Error, localRan.Error)
	}
	compare(t, got, want)
}

func TestCancelledRunsKeepWhatTheyComputed(t *testing.T) {
	c := start(t, 2)
	b, _ := pack(t, small.Recorded, "duration=10000 s")
	s, err := c.caller.Submit(t.Context(), "n1", b, &control.Submit{Format: "csv"})
	if err != nil {
		t.Fatal(err)
	}
	told := false
	last, err := c.caller.Follow(t.Context(), s.Run, s.Coordinator, func(st *control.RunStatus) {
		if st.TimeMs > 0 && !told {
			told = true
			if err := c.caller.Cancel(t.Context(), s.Run, s.Coordinator, "a test"); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil || last.State != control.State_STATE_CANCELLED {
		t.Fatalf("the run is %v: %v %v", last.GetState(), last.GetFailure(), err)
	}
	var text bytes.Buffer
	if err := c.caller.Fetch(t.Context(), s.Run, s.Coordinator, record.SummaryFile, &text); err != nil {
		t.Fatal(err)
	}
	got := summary(t, map[string][]byte{record.SummaryFile: text.Bytes()})
	_, n := pack(t, small.Recorded, fmt.Sprintf("duration=%g ms", got.DurationMs))
	if want := summary(t, local(t, n, 1)); got.SpikeHash != want.SpikeHash || got.WeightHash != want.WeightHash || !got.Interrupted {
		t.Errorf("cancelled after %g ms with hashes %.12s %.12s; a run of that length has %.12s %.12s", got.DurationMs, got.SpikeHash, got.WeightHash, want.SpikeHash, want.WeightHash)
	}
}

// Each is one error, and says what is wrong.
func TestRefusals(t *testing.T) {
	b, _ := pack(t, small.Recorded)
	for _, c := range []struct {
		name   string
		change func(*actors.Config)
		caller string // its version
		kind   control.Kind
		words  string
	}{
		{"small", func(c *actors.Config) { c.MemoryBytes = 100 }, version, control.Kind_KIND_MEMORY, "more nodes or larger ones"},
		{"other node", func(c *actors.Config) {
			if c.Name == "n1" {
				c.Version = "other"
			}
		}, version, control.Kind_KIND_VERSION, "node n1"},
		{"other client", nil, "other", control.Kind_KIND_VERSION, "run the same volley on all"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var change []func(*actors.Config)
			if c.change != nil {
				change = append(change, c.change)
			}
			nodes := start(t, 2, change...)
			nodes.caller.Version = c.caller
			s, err := nodes.caller.Submit(t.Context(), "n0", b, &control.Submit{})
			if err == nil {
				var last *control.RunStatus
				if last, err = nodes.caller.Follow(t.Context(), s.Run, s.Coordinator, func(*control.RunStatus) {}); err == nil {
					err = actors.RefusalOf(last.GetFailure())
				}
			}
			var r *actors.Refusal
			if !errors.As(err, &r) || r.Kind != c.kind || !strings.Contains(r.Error(), c.words) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestANameIsTaken(t *testing.T) {
	hub := memory.New()
	b := hub.Connect()
	defer b.Close()
	n, err := actors.Start(t.Context(), actors.Config{Name: "n0", Bus: b, Dir: t.TempDir(), Version: version})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Stop()
	other := hub.Connect()
	defer other.Close()
	_, err = actors.Start(t.Context(), actors.Config{Name: "n0", Bus: other, Dir: t.TempDir(), Version: version})
	var r *actors.Refusal
	if !errors.As(err, &r) || r.Kind != control.Kind_KIND_NAME_TAKEN {
		t.Errorf("a second node of the name: %v", err)
	}
}

// A node that goes without a word ends the run with one error that names it.
func TestALostNodeEndsTheRun(t *testing.T) {
	c := start(t, 3)
	b, _ := pack(t, small.Recorded, "duration=10000 s")
	s, err := c.caller.Submit(t.Context(), "n0", b, &control.Submit{Format: "csv"})
	if err != nil {
		t.Fatal(err)
	}
	killed := false
	last, err := c.caller.Follow(t.Context(), s.Run, s.Coordinator, func(st *control.RunStatus) {
		if st.TimeMs > 0 && !killed {
			killed = true
			c.buses[2].Close()
		}
	})
	if err != nil || last.State != control.State_STATE_FAILED || last.Failure.Kind != control.Kind_KIND_NODE_LOST || last.Failure.Node != "n2" {
		t.Fatalf("the run is %v: %v %v", last.GetState(), last.GetFailure(), err)
	}
	var text bytes.Buffer
	if err := c.caller.Fetch(t.Context(), s.Run, s.Coordinator, record.RunFile, &text); err != nil {
		t.Fatal(err)
	}
	var ran record.Run
	if err := json.Unmarshal(text.Bytes(), &ran); err != nil || ran.Status != record.Failed || !strings.Contains(ran.Error, "node n2: it is gone") || ran.DurationMs <= 0 {
		t.Errorf("run.json says %s after %g ms: %s %v", ran.Status, ran.DurationMs, ran.Error, err)
	}
}
