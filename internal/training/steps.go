package training

import "github.com/volley-snn/volley/snn/train"

// reduceParts is how many parts gradients are added in: enough for any workers.
const reduceParts = 16

// learn takes one batch of an epoch through the network and changes the weights.
func (w Workers) learn(t *train.Trainer, s *train.Set, epoch, batch int) error {
	t.Begin(s, epoch, batch)
	w.each(t.Shards, t.Forward)
	if err := t.Meet(); err != nil {
		return err
	}
	w.each(t.Shards, t.Backward)
	w.each(reduceParts, func(k int) { t.Reduce(k, reduceParts) })
	return t.Finish()
}

// test takes one batch of a set through the network.
func (w Workers) test(t *train.Trainer, s *train.Set, batch int, noise *train.Noise) error {
	t.BeginTest(s, batch, noise)
	w.each(t.Shards, t.Forward)
	return t.Meet()
}
