package exchange

import (
	"context"
	"errors"

	"github.com/volley-snn/volley/internal/checkpoint"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/state"
)

// A Follower is a session.Saver: the nodes keep and restore the network, and the
// follower says after which step.

var errNotKept = errors.New("the nodes have no store to keep their state in")

// SaveSoon lets the nodes save after a step that none of them can have passed.
func (f *Follower) SaveSoon(sequence int64) error {
	if f.c.Keeping == nil {
		return errNotKept
	}
	f.save = f.beyond()
	return f.c.Keeping.SaveAfter(int64(f.save), sequence)
}

// Saved reports whether the step that was followed last is the one that the nodes
// save after.
func (f *Follower) Saved() (bool, error) { return f.save > 0 && f.taken == f.save, nil }

// StoreParts waits for the nodes' parts.
func (f *Follower) StoreParts(ctx context.Context, _ checkpoint.Store, sequence int64) ([]checkpoint.Blob, error) {
	return f.c.Keeping.Parts(ctx, sequence)
}

// Restore lets the nodes restore a checkpoint, before they start.
func (f *Follower) Restore(ctx context.Context, c *checkpoint.Checkpoint, around func(state.Section) error) error {
	if f.c.Keeping == nil {
		return errNotKept
	}
	if err := c.Around(ctx, around); err != nil {
		return err
	}
	f.now = snn.Tick(c.Tick)
	return f.c.Keeping.Restore(ctx, c.Sequence)
}
