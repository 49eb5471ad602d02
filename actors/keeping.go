package actors

import (
	"context"
	"fmt"
	"time"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/internal/checkpoint"
	"github.com/volley-snn/volley/messages/control"
)

// keeping is how the run's nodes keep their state and put it back.
func (k *conductor) keeping(alive context.Context) *exchange.Keeping {
	if k.shelf == nil {
		return nil
	}
	return &exchange.Keeping{
		SaveAfter: func(step, sequence int64) error {
			k.saveStep = step
			_, err := k.saved(alive, step, sequence)
			return err
		},
		Parts:   k.parts,
		Restore: k.restore,
	}
}

// askAgain is how soon a node is asked again how far it is.
const askAgain = 50 * time.Millisecond

// saved lets all nodes save after a step, or asks how far they are.
func (k *conductor) saved(ctx context.Context, step, sequence int64) ([]*control.Saved, error) {
	all := make([]*control.Saved, len(k.nodes))
	err := k.each(ctx, func(ctx context.Context, i int) error {
		reply, err := k.caller.Call(ctx, k.nodes[i].Name, &control.Request{Body: &control.Request_Save{Save: &control.Save{Run: k.run, Epoch: k.epoch, Sequence: sequence, AfterStep: step}}})
		all[i] = reply.GetSaved()
		return err
	})
	return all, err
}

// parts waits until all nodes have stored what they saved.
func (k *conductor) parts(ctx context.Context, sequence int64) ([]checkpoint.Blob, error) {
	for {
		all, err := k.saved(ctx, k.saveStep, sequence)
		if err != nil {
			return nil, err
		}
		var blobs []checkpoint.Blob
		done := true
		for i, s := range all {
			done = done && s.GetDone()
			if s.GetDone() && len(s.Parts) != k.plan.Shares[i].Parts {
				return nil, fmt.Errorf("node %s stored %d parts of its %d partitions", k.nodes[i].Name, len(s.Parts), k.plan.Shares[i].Parts)
			}
			for _, p := range s.GetParts() {
				blobs = append(blobs, checkpoint.Blob{Key: p.Key, Size: p.Size, Digest: p.Digest})
			}
		}
		if done {
			return blobs, nil
		}
		if err := pause(ctx, askAgain); err != nil {
			return nil, err
		}
	}
}

// restore lets all nodes restore a checkpoint, and waits until they have.
func (k *conductor) restore(ctx context.Context, sequence int64) error {
	return k.each(ctx, func(ctx context.Context, i int) error {
		for {
			reply, err := k.caller.Call(ctx, k.nodes[i].Name, &control.Request{Body: &control.Request_Restore{Restore: &control.Restore{Run: k.run, Epoch: k.epoch, Sequence: sequence}}})
			if err != nil || reply.GetBuilding().GetBuilt() {
				return err
			}
			if err := pause(ctx, askAgain); err != nil {
				return err
			}
		}
	})
}

// pause waits, or until ctx is done.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
