package actors_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/internal/injection"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/messages/control"
)

// kept gives nodes a store that all reach.
func kept(t *testing.T) func(*actors.Config) {
	t.Helper()
	store, err := blob.NewDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return func(c *actors.Config) { c.Store, c.StoreName = store, "a directory" }
}

// disturbance is what happens to a run on three nodes, of which the first coordinates
// it, and which nodes are left for it.
type disturbance struct {
	name string
	do   func(t *testing.T, c *cluster, run string)
}

// cut takes a node off the bus: nothing that it sends comes through any more.
func cut(node int) func(*testing.T, *cluster, string) {
	return func(_ *testing.T, c *cluster, _ string) { c.buses[node].Close() }
}

// Whatever nodes are lost, leave or come, a run goes on to the files that it would
// have written undisturbed.
func TestDisturbedRunsAreThoseOfOneProcess(t *testing.T) {
	b, n := pack(t, small.Recorded, "duration=20 s")
	want := local(t, n, 2)
	drain := func(node string) func(*testing.T, *cluster, string) {
		return func(t *testing.T, c *cluster, _ string) {
			if err := c.caller.Drain(t.Context(), node); err != nil {
				t.Errorf("draining %s: %v", node, err)
			}
		}
	}
	for _, d := range []disturbance{
		{"a node is lost", cut(2)},
		{"two nodes are lost", func(t *testing.T, c *cluster, run string) { cut(1)(t, c, run); cut(2)(t, c, run) }},
		{"the coordinator is lost", cut(0)},
		{"the coordinator and a node are lost", func(t *testing.T, c *cluster, run string) { cut(0)(t, c, run); cut(2)(t, c, run) }},
		{"a node leaves", drain("n1")},
		{"the coordinator leaves", drain("n0")},
		{"a checkpoint is asked for", func(t *testing.T, c *cluster, run string) {
			st, err := c.caller.Find(t.Context(), run)
			if err == nil {
				_, err = c.caller.Checkpoint(t.Context(), st)
			}
			if err != nil {
				t.Error(err)
			}
		}},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			c := start(t, 3, kept(t), func(c *actors.Config) { c.Threads = 1 })
			last, got := c.disturbed(t, b, 500+9000*rand.Float64(), d.do)
			if last.State != control.State_STATE_DONE {
				t.Fatalf("the run is %v: %v", last.State, last.Failure)
			}
			compare(t, got, want)
			if last.Epoch < 2 && d.name != "a checkpoint is asked for" {
				t.Errorf("the run ended in epoch %d: it was not disturbed", last.Epoch)
			}
		})
	}
}

// What was injected into a run counts also where its coordinator is lost, or leaves: the
// files are those of a run of the journal in one process.
func TestWhatIsInjectedOutlivesTheCoordinator(t *testing.T) {
	b, n := pack(t, small.Injected, "duration=6 s")
	for _, d := range []disturbance{
		{"a node is lost", cut(2)},
		{"the coordinator is lost", cut(0)},
		{"the coordinator leaves", func(t *testing.T, c *cluster, _ string) {
			if err := c.caller.Drain(t.Context(), "n0"); err != nil {
				t.Error(err)
			}
		}},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			c := start(t, 3, kept(t), func(c *actors.Config) { c.Threads = 1 })
			ctx, end := context.WithCancel(t.Context())
			c.inject(ctx, t)
			last, got := c.disturbed(t, b, 800+2000*rand.Float64(), d.do)
			end()
			if last.State != control.State_STATE_DONE || last.Epoch < 2 {
				t.Fatalf("the run is %v in epoch %d: %v", last.State, last.Epoch, last.Failure)
			}
			journal := got[record.InjectedFile]
			r, err := injection.Open(bytes.NewReader(journal), int64(len(journal)), n)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Ended || r.Kept.Records < 30 || float64(r.Kept.Last)*n.DtMs < 4000 {
				t.Errorf("the journal holds %+v: little was injected", r.Kept)
			}
			compare(t, got, local(t, n, 2, r))
		})
	}
}

// inject injects volleys into whatever run there is, until ctx is done.
func (c *cluster) inject(ctx context.Context, t *testing.T) {
	_, err := c.caller.Bus.Subscribe("volley.*.rec.0", func(m bus.Message) {
		if ctx.Err() == nil && rand.IntN(20) == 0 {
			c.volley(t, strings.Split(m.Subject, ".")[1])
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (c *cluster) volley(t *testing.T, run string) {
	if err := c.caller.Bus.Publish("volley."+run+".in.left", fmt.Appendf(nil, `{"neurons": [%d, 3, 5, 8, 13, 21, 34]}`, rand.IntN(40))); err != nil {
		t.Error(err)
	}
}

// disturbed runs a bundle and disturbs it at a biological time in ms.
func (c *cluster) disturbed(t *testing.T, b *actors.Bundle, atMs float64, do func(*testing.T, *cluster, string)) (*control.RunStatus, map[string][]byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	s, err := c.caller.Submit(ctx, "n0", b, &control.Submit{Format: "csv", CheckpointTicks: 3000})
	if err != nil {
		t.Fatal(err)
	}
	did := make(chan struct{})
	once := false
	last, err := c.caller.Follow(ctx, s.Run, s.Coordinator, func(st *control.RunStatus) {
		if once || st.TimeMs < atMs {
			return
		}
		once = true
		go func() {
			defer close(did)
			do(t, c, s.Run)
		}()
	})
	if err != nil {
		t.Fatal(err)
	}
	if !once {
		t.Fatal("the run was over before it was disturbed")
	}
	<-did
	return last, c.files(ctx, t, last)
}

// files are those of a run that is over.
func (c *cluster) files(ctx context.Context, t *testing.T, last *control.RunStatus) map[string][]byte {
	t.Helper()
	list, err := c.caller.Files(ctx, last.Run, last.Coordinator)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range list {
		var content bytes.Buffer
		if err := c.caller.Fetch(ctx, last.Run, last.Coordinator, f.Path, &content); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", f.Path, err))
		}
		files[f.Path] = content.Bytes()
	}
	return files
}

// The files of a run that is done may be lost with its coordinator before anybody has
// fetched them: another node computes the end of the run again. When they have been
// fetched its state is removed.
func TestFilesThatNobodyHasFetchedAreNotLost(t *testing.T) {
	b, n := pack(t, small.Recorded, "duration=4 s")
	dir := t.TempDir()
	store, err := blob.NewDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, 3, func(c *actors.Config) { c.Threads, c.Store, c.StoreName = 1, store, "a directory" })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	s, err := c.caller.Submit(ctx, "n0", b, &control.Submit{Format: "csv", CheckpointTicks: 3000})
	if err != nil {
		t.Fatal(err)
	}
	silent := func(*control.RunStatus) {}
	if _, err := c.caller.Follow(ctx, s.Run, s.Coordinator, silent); err != nil {
		t.Fatal(err)
	}
	cut(0)(t, c, s.Run)
	node, err := c.caller.Revive(ctx, s.Run, s.Coordinator)
	if err != nil || node == "n0" {
		t.Fatal(node, err)
	}
	last, err := c.caller.Follow(ctx, s.Run, node, silent)
	if err != nil || last.State != control.State_STATE_DONE {
		t.Fatal(last, err)
	}
	compare(t, c.files(ctx, t, last), local(t, n, 2))
	if err := c.caller.Fetched(ctx, last.Run, last.Coordinator); err != nil {
		t.Fatal(err)
	}
	for left := []string(nil); ; {
		left = left[:0]
		_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				left = append(left, path)
			}
			return nil
		})
		if !slices.ContainsFunc(left, func(path string) bool {
			return strings.Contains(path, "manifest") || strings.Contains(path, "segments") || strings.Contains(path, "parts")
		}) {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("the store still holds %d files of a run whose files have been fetched: %s", len(left), left)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if _, err := c.caller.Revive(ctx, last.Run, ""); err == nil || !strings.Contains(err.Error(), "there is no state of a run") {
		t.Errorf("a run whose files have been fetched goes on: %v", err)
	}
}
