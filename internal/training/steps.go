package training

import (
	"context"

	"github.com/volley-snn/volley/snn/train"
)

// Team takes batches through a network: Workers of this process, or nodes. What a
// batch makes of the weights does not depend on the team.
type Team interface {
	// Learn takes one batch of an epoch through the network and changes the weights. An
	// error leaves them as they were, unless it is of the network itself.
	Learn(ctx context.Context, t *train.Trainer, s *train.Set, epoch, batch int) error
	// Test takes one batch of a set through the network.
	Test(ctx context.Context, t *train.Trainer, s *train.Set, batch int, noise *train.Noise) error
}

// ReduceParts is how many parts gradients are added in: enough for any workers.
const ReduceParts = 16

// Learn implements Team.
func (w Workers) Learn(_ context.Context, t *train.Trainer, s *train.Set, epoch, batch int) error {
	t.Begin(s, epoch, batch)
	w.Each(t.Shards, t.Forward)
	if err := t.Meet(); err != nil {
		return err
	}
	w.Each(t.Shards, t.Backward)
	w.Each(ReduceParts, func(k int) { t.Reduce(k, ReduceParts) })
	return t.Finish()
}

// Test implements Team.
func (w Workers) Test(_ context.Context, t *train.Trainer, s *train.Set, batch int, noise *train.Noise) error {
	t.BeginTest(s, batch, noise)
	w.Each(t.Shards, t.Forward)
	return t.Meet()
}
