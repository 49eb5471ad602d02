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

// StoreParts waits for the nodes' parts. Once the run has failed there is no waiting:
// a node that cannot go on never copies its state.
func (f *Follower) StoreParts(ctx context.Context, _ checkpoint.Store, sequence int64) (parts []checkpoint.Blob, err error) {
	err = f.unlessBroken(ctx, func(ctx context.Context) error {
		parts, err = f.c.Keeping.Parts(ctx, sequence)
		return err
	})
	return parts, err
}

// unlessBroken does something under a context that ends when the run fails; then the
// error is why it has.
func (f *Follower) unlessBroken(ctx context.Context, do func(context.Context) error) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	go func() {
		select {
		case <-f.broken:
			end(f.fault())
		case <-ctx.Done():
		}
	}()
	err := do(ctx)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
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
	return f.unlessBroken(ctx, func(ctx context.Context) error { return f.c.Keeping.Restore(ctx, c.Sequence) })
}
