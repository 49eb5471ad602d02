package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/internal/checkpoint"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/session"
	"github.com/volley-snn/volley/snn/model"
)

// checkpointsDir is where a run's directory keeps its checkpoints.
const checkpointsDir = "checkpoints"

// blobs is a store of cluster/blob as internal/checkpoint wants it.
type blobs struct{ blob.Store }

func (b blobs) List(ctx context.Context, prefix string) ([]checkpoint.Entry, error) {
	all, err := b.Store.List(ctx, prefix)
	entries := make([]checkpoint.Entry, len(all))
	for i, e := range all {
		entries[i] = checkpoint.Entry(e)
	}
	return entries, err
}

// every reads bio:1s or wall:10s, which sets one of the two.
func every(text string) (bioMs float64, wall time.Duration, err error) {
	kind, span, _ := strings.Cut(text, ":")
	d, err := time.ParseDuration(strings.ReplaceAll(span, " ", ""))
	if err != nil || d <= 0 || kind != "bio" && kind != "wall" {
		return 0, 0, usageError{fmt.Errorf("--checkpoint-every %q: expected a span of biological or of wall time, such as bio:1s or wall:10s", text)}
	}
	if kind == "bio" {
		return float64(d) / float64(time.Millisecond), 0, nil
	}
	return 0, d, nil
}

// spare gives Go's scheduler one processor more than the run has threads, until the
// function that it returns is called. What stores a checkpoint waits for the disk most
// of the time, and in that time holds a processor that a thread of the run then lacks:
// stored beside two threads on two cores, a checkpoint delayed them four times as long.
func (f *runFlags) spare() (back func()) {
	before := runtime.GOMAXPROCS(0)
	if f.threads == 0 {
		f.threads = before
	}
	runtime.GOMAXPROCS(max(before, f.threads+1))
	return func() { runtime.GOMAXPROCS(before) }
}

// keeping is the checkpoints of a run and what it begins with. There are none where
// Checkpoints is nil.
type keeping struct {
	*session.Checkpoints

	// begins says that Resume is another run's: its rows are this one's too, and so are
	// its arrays of weights, which lie in its directory, arrays.
	begins bool
	arrays string
	source blob.Store

	apart bool // from the run's directory, which may be lost
}

// keeps prepares the checkpoints of a run into its directory or store, which it does
// not change yet. With --resume the run goes on from the last that is whole; with
// --from it begins with another run's.
func (f runFlags) keeps(ctx context.Context, m *model.Model) (k keeping, err error) {
	if f.every == "" && !f.resume && f.from == "" {
		return k, nil
	}
	c := &session.Checkpoints{Note: func(text string) { fmt.Fprintln(os.Stderr, "volley:", text) }}
	k.Checkpoints = c
	if f.every != "" {
		if c.EveryMs, c.Every, err = every(f.every); err != nil {
			return k, err
		}
	}
	where := f.kept()
	own, err := f.own(ctx)
	if err != nil {
		return k, err
	}
	if own != nil {
		c.Store = blobs{own}
		k.apart = f.store != ""
		if f.resume {
			if c.Resume, err = latest(ctx, own, where, m, c.Note); err != nil && !errors.Is(err, checkpoint.ErrNone) {
				return k, err
			}
		} else if err := f.mayClear(ctx, own); err != nil {
			return k, err
		}
	}
	switch {
	case c.Resume != nil:
		c.Note(fmt.Sprintf("the run goes on from checkpoint %d, at %.6g ms", c.Resume.Sequence, c.Resume.TimeMs))
	case f.from != "":
		return k, k.begin(ctx, f.from, where, m)
	case f.resume:
		c.Note("there is no checkpoint in " + where + ": the run begins anew")
	}
	return k, nil
}

// kept is where the run's checkpoints are.
func (f runFlags) kept() string {
	if f.store != "" {
		return f.store
	}
	return filepath.Join(f.out, checkpointsDir)
}

// own is the store of the run's checkpoints; nil where it is a folder that is not there
// yet.
func (f runFlags) own(ctx context.Context) (blob.Store, error) {
	if f.store != "" {
		return opened(blob.Open(ctx, f.store))
	}
	if _, err := os.Stat(f.kept()); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return blob.NewDirectory(f.kept())
}

// opened makes the error of words that name no store one of usage.
func opened(s blob.Store, err error) (blob.Store, error) {
	if errors.Is(err, blob.ErrWhere) {
		err = usageError{err}
	}
	return s, err
}

// mayClear refuses to remove from a store what --resume could go on from: a store is
// of no directory that says whose it is.
func (f runFlags) mayClear(ctx context.Context, own blob.Store) error {
	if f.store == "" || f.force {
		return nil
	}
	_, _, err := checkpoint.Latest(ctx, blobs{own})
	if errors.Is(err, checkpoint.ErrNone) {
		return nil
	}
	return usageError{fmt.Errorf("--store %s: the checkpoints of an earlier run are there: --resume goes on from them, --force removes them, and each run may have a prefix of its own", f.store)}
}

// latest is the last checkpoint of a store that is whole. The error is
// checkpoint.ErrNone where there is none at all.
func latest(ctx context.Context, s blob.Store, where string, m *model.Model, note func(string)) (*checkpoint.Checkpoint, error) {
	found, refused, err := checkpoint.Latest(ctx, blobs{s})
	for _, why := range refused {
		note(why.Error())
	}
	switch {
	case errors.Is(err, checkpoint.ErrNone):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%s: %w", where, err)
	case found.State != m.StateDigest():
		return nil, usageError{fmt.Errorf("%s: the checkpoint is of another model, or of this one with other --set: only the duration, the records, the rates and strengths of inputs and stimuli, and the rates of learning may differ", where)}
	}
	return found, nil
}

// begin finds the checkpoint of another run, whose directory or store is from, that
// this one begins with.
func (k *keeping) begin(ctx context.Context, from, own string, m *model.Model) (err error) {
	where := from
	if record.IsRun(from) {
		k.arrays, where = from, filepath.Join(from, checkpointsDir)
	}
	if same(where, own) {
		return usageError{fmt.Errorf("--from %s: the run's own checkpoints are there: --resume goes on from them, and another --out or --store begins with them", from)}
	}
	if k.source, err = opened(blob.OpenToRead(ctx, where)); errors.Is(err, os.ErrNotExist) {
		return usageError{fmt.Errorf("--from: %w", err)}
	} else if err != nil {
		return err
	}
	if k.Resume, err = latest(ctx, k.source, where, m, k.Note); errors.Is(err, checkpoint.ErrNone) {
		return usageError{fmt.Errorf("--from %s: %w: expected the directory of a run with --checkpoint-every, or the store of its checkpoints", from, err)}
	} else if err != nil {
		return err
	}
	if m.Duration > 0 && k.Resume.TimeMs > m.Duration {
		return usageError{fmt.Errorf("--from %s: its checkpoint is at %.6g ms, and this run ends at %.6g ms: the duration counts from the start of the run that it begins with", from, k.Resume.TimeMs, m.Duration)}
	}
	k.begins = true
	k.Note(fmt.Sprintf("the run begins with checkpoint %d of %s, at %.6g ms", k.Resume.Sequence, from, k.Resume.TimeMs))
	return nil
}

// same says whether two words name one store, as far as that can be told.
func same(a, b string) bool {
	one, errA := os.Stat(a)
	other, errB := os.Stat(b)
	return a == b || errA == nil && errB == nil && os.SameFile(one, other)
}

// open readies the store of a run whose directory is its own now.
func (k *keeping) open(ctx context.Context, dir *record.Dir) error {
	if k.Store == nil {
		store, err := blob.NewDirectory(filepath.Join(dir.Path(), checkpointsDir))
		if err != nil {
			return err
		}
		k.Store = blobs{store}
	}
	var segments []checkpoint.Blob
	if k.Resume != nil {
		segments = k.Resume.Segments
	}
	if k.Resume == nil || k.begins {
		if err := checkpoint.Clear(ctx, k.Store); err != nil {
			return err
		}
	}
	if k.apart {
		k.Files = dir.Path()
		if k.Resume != nil && !k.begins {
			if err := checkpoint.FetchFiles(ctx, k.Store, dir.Path()); err != nil {
				return err
			}
		}
	}
	if k.begins {
		if err := k.inherit(ctx, dir, segments); err != nil {
			return fmt.Errorf("what the run begins with: %w", err)
		}
	}
	var err error
	k.Journal, err = checkpoint.NewJournal(ctx, k.Store, segments, 0)
	return err
}

// inherit copies the rows of the run that this one begins with to its own store, and
// its arrays of weights to its directory.
func (k *keeping) inherit(ctx context.Context, dir *record.Dir, segments []checkpoint.Blob) error {
	for _, b := range segments {
		r, err := k.source.Get(ctx, b.Key)
		if err != nil {
			return err
		}
		err = k.Store.Put(ctx, b.Key, r, b.Size)
		r.Close()
		if err != nil {
			return err
		}
	}
	if k.arrays == "" {
		return checkpoint.FetchFiles(ctx, blobs{k.source}, dir.Path())
	}
	return record.CopyWeights(k.arrays, dir.Path())
}
