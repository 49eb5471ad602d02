package gradient

import (
	"context"
	"errors"
	"fmt"

	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/messages"
)

// sum is the sum of some shards' gradients, as it travels.
type sum struct {
	first int
	body  []byte
}

// work does an order.
func (w *Worker) work(ctx context.Context, o *order) error {
	t, first, end := w.c.Trainer, int(o.share.First), int(o.share.End)
	if err := w.load(o); err != nil {
		return err
	}
	each := func(f func(shard int)) error {
		faults := make([]error, end-first)
		w.c.Threads.Each(end-first, func(k int) { faults[k] = guarded(ctx, f, first+k) })
		return errors.Join(faults...)
	}
	if w.at.step != o.step || w.at.epoch != o.epoch {
		w.at = progress{}
		err := each(func(shard int) {
			t.Forward(shard)
			w.results[shard] = activity(t, shard)
		})
		if err != nil {
			return err
		}
	}
	if o.Backward {
		t.Met(o.Spike)
		if err := each(t.Backward); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	if o.Backward {
		w.reduce(first, end)
	}
	w.at = progress{o.step, o.epoch, o.Backward}
	w.steps.Add(1)
	return w.tell(o)
}

// guarded does a shard's work unless ctx is done; a panic is its error.
func guarded(ctx context.Context, f func(shard int), shard int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("shard %d broke down: %v", shard, p)
		}
	}()
	if ctx.Err() == nil {
		f(shard)
	}
	return nil
}

// load gives the trainer the values and the batch of an order.
func (w *Worker) load(o *order) error {
	t := w.c.Trainer
	if w.held != o.Values {
		w.held = 0
		if err := o.values.values(t.Net.Values, w.c.Threads.Each); err != nil {
			return fmt.Errorf("the values of training %s: %w", w.c.Run, err)
		}
		t.Net.Refresh()
		w.held = o.Values
	}
	if w.begun != o.step {
		w.begun = 0
		if err := beginBatch(t, o.batch.body()); err != nil {
			return fmt.Errorf("training %s: %w", w.c.Run, err)
		}
		w.begun = o.step
	}
	o.values, o.batch = parcel{}, parcel{}
	return nil
}

// reduce makes the sums of the shards from first to end, as they travel.
func (w *Worker) reduce(first, end int) {
	t := w.c.Trainer
	w.c.Threads.Each(training.ReduceParts, func(k int) { t.ReduceSome(first, end, k, training.ReduceParts) })
	all := t.Sums(first, end)
	for len(w.sums) < len(all) {
		w.sums = append(w.sums, sum{})
	}
	w.sums = w.sums[:len(all)]
	w.c.Threads.Each(len(all), func(k int) {
		w.sums[k] = sum{all[k].First, messages.AppendValues(w.sums[k].body[:0], t.Gradient(all[k].First, all[k].Shards))}
	})
}

// tell says the results of an order that is done.
func (w *Worker) tell(o *order) error {
	if o.Backward {
		for _, s := range w.sums {
			if err := w.say(messages.GradientFrame, s.first, s.body, 0); err != nil {
				return err
			}
		}
		return nil
	}
	for shard := int(o.share.First); shard < int(o.share.End); shard++ {
		if err := w.say(messages.ActivityFrame, shard, w.results[shard], 0); err != nil {
			return err
		}
	}
	return nil
}

// say publishes the parts of a result from one on.
func (w *Worker) say(kind messages.Kind, from int, body []byte, first int) error {
	w.sent.Add(int64(len(body)))
	return post(w.c.Bus, toCoordinator(w.c.Run), messages.Frame{Kind: kind, From: uint32(from), Epoch: w.at.epoch, Step: w.at.step}, body, first, w.burst)
}
