package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/internal/bench"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/messages/control"
)

// trial runs the model on nodes, lets something happen at a moment that the seed
// says, and compares what comes of it with the undisturbed run.
func (f *faultsFlags) trial(ctx context.Context, arg string, kind *faultKind, nodes int, seed uint64, want *undisturbed) (*bench.FaultTrial, error) {
	t := &bench.FaultTrial{Model: want.Model, Digest: want.ModelDigest, Version: version, Kind: kind.name, Nodes: nodes, Late: f.late, Seed: seed}
	dir, err := os.MkdirTemp("", "volley-faults-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	c, err := startFaultCluster(ctx, kind, nodes, f.threadsEach, f.disturbing(kind, seed), filepath.Join(dir, "nodes"))
	if err != nil {
		return nil, err
	}
	defer c.end()
	s, err := visit(ctx, c.at, "")
	if err != nil {
		return nil, err
	}
	defer s.close()
	w, err := watchRuns(s.bus)
	if err != nil {
		return nil, err
	}
	sitting := ctx
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	out := filepath.Join(dir, "run")
	args := append(f.command(arg, out), "--cluster", c.at, "--checkpoint-every", f.every)
	type outcome struct {
		summary *record.Summary
		err     error
	}
	ended := make(chan outcome, 1)
	began := time.Now()
	over, finish := context.WithCancel(ctx)
	go func() {
		defer finish()
		s, err := runsAlone(ctx, args)
		ended <- outcome{s, err}
	}()
	chance := rand.New(rand.NewPCG(seed, uint64(nodes)))
	moment, later := 0.05+0.8*chance.Float64(), time.Duration(chance.Int64N(int64(200*time.Millisecond))) // progress is told so often
	if kind.do == nil {
		t.Disturbed = true
	} else if coordinator, ok := w.await(over, moment); ok {
		rest(over, later)
		if over.Err() == nil {
			victim := kind.victim(chance, nodes, coordinator)
			t.Disturbed, t.Node = true, nodeNameOf(victim)
			t.AtDone = w.from(time.Now())
			if err := kind.do(over, c, victim); err != nil && over.Err() == nil {
				return nil, fmt.Errorf("%s: %w", kind.name, err)
			}
		}
	}
	o := <-ended
	t.WallS = time.Since(began).Seconds()
	if t.Disturbed && kind.do != nil {
		t.RecoveryS = w.standstill(time.Now()).Seconds()
	}
	t.Epochs, t.Whys = w.epochs()
	if o.err != nil {
		if sitting.Err() != nil {
			return nil, sitting.Err()
		}
		t.Error = o.err.Error()
		return t, nil
	}
	t.Completed = !o.summary.Interrupted
	t.NodesEnd = o.summary.Nodes
	t.SameSpikes, t.SameWeights = o.summary.SpikeHash == want.SpikeHash, o.summary.WeightHash == want.WeightHash
	t.SameFiles, err = want.filesAre(out)
	return t, err
}

// disturbing is what becomes of the messages of the nodes of a trial, in the words of
// --disturb.
func (f *faultsFlags) disturbing(kind *faultKind, seed uint64) string {
	switch {
	case kind.disturb != "":
		return fmt.Sprintf("seed=%d,%s", seed, kind.disturb)
	case f.late > 0:
		return fmt.Sprintf("seed=%d,delay=%g", seed, f.late)
	}
	return ""
}

// undisturbed is a run in one process, which trials are compared with.
type undisturbed struct {
	*record.Summary
	files map[string][sha256.Size]byte // of its results, by name
}

// runUndisturbed runs the model in one process.
func (f *faultsFlags) runUndisturbed(ctx context.Context, arg string) (u *undisturbed, err error) {
	dir, err := os.MkdirTemp("", "volley-faults-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	u = &undisturbed{}
	if u.Summary, err = runsAlone(ctx, f.command(arg, dir)); err != nil {
		return nil, fmt.Errorf("the undisturbed run: %w", err)
	}
	u.files, err = resultFiles(dir)
	return u, err
}

// filesAre reports whether a run left the same files, byte for byte.
func (u *undisturbed) filesAre(dir string) (bool, error) {
	files, err := resultFiles(dir)
	return maps.Equal(files, u.files), err
}

// resultFiles are the sums of the files that hold a run's results; not of those that
// tell what it cost and where it ran.
func resultFiles(dir string) (map[string][sha256.Size]byte, error) {
	all := map[string][sha256.Size]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.Name() == checkpointsDir:
			return fs.SkipDir
		case e.IsDir() || strings.HasSuffix(path, ".json"):
			return nil
		}
		name, _ := filepath.Rel(dir, path)
		text, err := os.ReadFile(path)
		all[name] = sha256.Sum256(text)
		return err
	})
	return all, err
}

// command is the command line of the model's run.
func (f *faultsFlags) command(arg, out string) []string {
	args := []string{"run", arg, "--json", "--quiet", "--no-report", "--out", out}
	for _, set := range f.set {
		args = append(args, "--set", set)
	}
	if f.data != "" {
		args = append(args, "--data", f.data)
	}
	return args
}

// runsAlone runs a command line of this program that prints a summary.
func runsAlone(ctx context.Context, args []string) (*record.Summary, error) {
	text, err := prints(ctx, args)
	if err != nil {
		return nil, err
	}
	s := &record.Summary{}
	return s, json.Unmarshal(text, s)
}

// prints runs a command line of this program and returns what it prints.
func prints(ctx context.Context, args []string) ([]byte, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, self, args...)
	ownGroup(c)
	var said bytes.Buffer
	c.Stderr = &said
	text, err := c.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		return nil, fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	return text, nil
}

// runWatch knows how far a run is, whoever coordinates it.
type runWatch struct {
	mutex       sync.Mutex
	coordinator string
	done        float64
	furthest    float64 // ms
	advanced    time.Time
	disturbed   time.Time
	longest     time.Duration // without an advance, since it was disturbed
	epoch       uint64
	whys        []string // epochs began, but for the first
	told        chan struct{}
}

func watchRuns(b bus.Bus) (*runWatch, error) {
	w := &runWatch{told: make(chan struct{}, 1)}
	_, err := b.Subscribe(actors.EventSubject("*"), func(m bus.Message) {
		e := &control.Event{}
		if proto.Unmarshal(m.Data, e) != nil || e.GetStatus() == nil {
			return
		}
		w.take(e.GetStatus(), time.Now())
	})
	return w, err
}

func (w *runWatch) take(st *control.RunStatus, now time.Time) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.coordinator, w.done = st.Coordinator, st.Done
	w.epoch = max(w.epoch, st.Epoch)
	if k := len(w.whys); st.State == control.State_STATE_RECOVERING && st.Note != "" && (k == 0 || w.whys[k-1] != st.Note) {
		w.whys = append(w.whys, st.Note)
	}
	if st.TimeMs > w.furthest {
		w.furthest = st.TimeMs
		w.advance(now)
	}
	select {
	case w.told <- struct{}{}:
	default:
	}
}

func (w *runWatch) advance(now time.Time) {
	if !w.disturbed.IsZero() {
		since := w.advanced
		if since.Before(w.disturbed) {
			since = w.disturbed
		}
		w.longest = max(w.longest, now.Sub(since))
	}
	w.advanced = now
}

// await waits until a share of the run is done, and names its coordinator; false
// where ctx is done before.
func (w *runWatch) await(ctx context.Context, done float64) (coordinator string, ok bool) {
	for {
		select {
		case <-w.told:
		case <-ctx.Done():
			return "", false
		}
		w.mutex.Lock()
		coordinator, ok = w.coordinator, w.done >= done && w.done < 1
		w.mutex.Unlock()
		if ok {
			return coordinator, true
		}
	}
}

// from measures standstills from now on; it returns how much of the run is done.
func (w *runWatch) from(now time.Time) float64 {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.disturbed = now
	return w.done
}

// epochs is how many there were, and why the later ones began.
func (w *runWatch) epochs() (uint64, []string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.epoch, w.whys
}

// standstill is the longest time without an advance since from, up to the run's end.
func (w *runWatch) standstill(end time.Time) time.Duration {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.advance(end)
	return w.longest
}
