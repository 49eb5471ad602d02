package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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

// keeps prepares the checkpoints of a run into its directory, which it does not
// change yet; nil where none are asked for. With --resume the run goes on from the
// last that is whole.
func (f runFlags) keeps(ctx context.Context, m *model.Model) (*session.Checkpoints, error) {
	if f.every == "" && !f.resume {
		return nil, nil
	}
	c := &session.Checkpoints{Note: func(text string) { fmt.Fprintln(os.Stderr, "volley:", text) }}
	var err error
	if f.every != "" {
		if c.EveryMs, c.Every, err = every(f.every); err != nil {
			return nil, err
		}
	}
	path := filepath.Join(f.out, checkpointsDir)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if f.resume {
			c.Note("there is no checkpoint in " + path + ": the run begins anew")
		}
		return c, nil
	}
	store, err := blob.NewDirectory(path)
	if err != nil {
		return nil, err
	}
	c.Store = blobs{store}
	if !f.resume {
		return c, nil
	}
	found, refused, err := checkpoint.Latest(ctx, c.Store)
	for _, why := range refused {
		c.Note(why.Error())
	}
	switch {
	case errors.Is(err, checkpoint.ErrNone):
		c.Note("there is no checkpoint in " + path + ": the run begins anew")
		return c, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case found.State != m.StateDigest():
		return nil, usageError{fmt.Errorf("%s: the checkpoint is of another model, or of this one with other --set: only the duration, the records, the rates and strengths of inputs and stimuli, and the rates of learning may differ", path)}
	}
	c.Note(fmt.Sprintf("the run goes on from checkpoint %d, at %.6g ms", found.Sequence, found.TimeMs))
	c.Resume = found
	return c, nil
}

// openJournal readies the store of a run whose directory is its own now.
func openJournal(ctx context.Context, c *session.Checkpoints, dir *record.Dir) error {
	if c.Store == nil {
		store, err := blob.NewDirectory(filepath.Join(dir.Path(), checkpointsDir))
		if err != nil {
			return err
		}
		c.Store = blobs{store}
	}
	var segments []checkpoint.Blob
	if c.Resume != nil {
		segments = c.Resume.Segments
	} else if err := checkpoint.Clear(ctx, c.Store); err != nil {
		return err
	}
	var err error
	c.Journal, err = checkpoint.NewJournal(ctx, c.Store, segments)
	return err
}
