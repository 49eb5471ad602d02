package gradient

import (
	"context"
	"fmt"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn/train"
)

// collection is what an order has brought so far.
type collection struct {
	c       *Coordinator
	t       *train.Trainer
	order   *messages.Order
	kind    messages.Kind // of the results
	take    func(first, shards int, p *parcel) error
	missing map[int]*result // by first shard
	heard   bool
}

// result is one that is not whole.
type result struct {
	parcel
	place  uint32
	shards int
}

// collect gives an order for the batch that was begun, and takes what comes of it until
// nothing is missing. Where a worker is lost, others do what it had.
func (c *Coordinator) collect(ctx context.Context, t *train.Trainer, o *messages.Order, kind messages.Kind, take func(first, shards int, p *parcel) error) error {
	k := &collection{c: c, t: t, order: o, kind: kind, take: take}
	if err := k.begin(ctx); err != nil {
		return err
	}
	clock := time.NewTicker(again)
	defer clock.Stop()
	for len(k.missing) > 0 {
		var err error
		select {
		case m := <-c.inbox.received:
			err = k.message(m)
		case change := <-c.c.Changes:
			if c.change(change); c.gap {
				err = k.begin(ctx)
			}
		case <-clock.C:
			err = k.quiet()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begin gives the order to all, for the first time or in a new epoch.
func (k *collection) begin(ctx context.Context) error {
	if err := k.c.share(ctx, k.t.Shards); err != nil {
		return err
	}
	k.missing = map[int]*result{}
	for _, s := range k.c.shares {
		if k.kind == messages.GradientFrame {
			for _, sum := range k.t.Sums(int(s.First), int(s.End)) {
				k.missing[sum.First] = &result{place: s.Place, shards: sum.Shards}
			}
			continue
		}
		for shard := s.First; shard < s.End; shard++ {
			k.missing[int(shard)] = &result{place: s.Place, shards: 1}
		}
	}
	return k.tell(func(*result) bool { return true })
}

// tell gives the order to those of whom something is missing that is wanted.
func (k *collection) tell(wanted func(*result) bool) error {
	k.order.Shares = k.order.Shares[:0]
	for _, s := range k.c.shares {
		for _, r := range k.missing {
			if r.place == s.Place && wanted(r) {
				k.order.Shares = append(k.order.Shares, s)
				break
			}
		}
	}
	if len(k.order.Shares) == 0 {
		return nil
	}
	return k.c.post(messages.OrderFrame, k.c.step, k.order.Append(nil), 0)
}

// message takes a message. What is none is lost.
func (k *collection) message(m bus.Message) error {
	f, body, _, err := messages.NextFrame(m.Data)
	if err != nil {
		return nil
	}
	switch f.Kind {
	case messages.LackFrame:
		return k.lacking(f, body)
	case k.kind:
	default:
		return nil // of an order before
	}
	r := k.missing[int(f.From)]
	if r == nil || f.Step != k.c.step || f.Epoch != k.c.epoch {
		return nil
	}
	k.heard = true
	if !r.add(f, body) {
		if (int(f.Part)+1)%k.c.burst == 0 {
			return k.lack(int(f.From), r)
		}
		return nil
	}
	if err := k.take(int(f.From), r.shards, &r.parcel); err != nil {
		return fmt.Errorf("a worker of training %s says what cannot be: %w", k.c.c.Run, err)
	}
	delete(k.missing, int(f.From))
	return nil
}

// lacking says again what a worker lacks, and then gives it the order again.
func (k *collection) lacking(f messages.Frame, body []byte) error {
	var l messages.Lack
	if l.Read(body) != nil {
		return nil
	}
	k.heard = true
	what := k.c.values
	switch {
	case l.Kind == messages.ValuesFrame && f.Step == k.c.version:
	case l.Kind == messages.BatchFrame && f.Step == k.c.step:
		what = k.c.batch
	default:
		return nil
	}
	if last := k.c.said[l.Kind]; last.step != f.Step || last.first != l.First || time.Since(last.at) > answers {
		if err := k.c.post(l.Kind, f.Step, what, int(l.First)); err != nil {
			return err
		}
		k.c.said[l.Kind] = repeated{f.Step, l.First, time.Now()}
	}
	return k.tell(func(r *result) bool { return r.place == f.From })
}

// lack asks for what is missing of a result that has begun to come.
func (k *collection) lack(first int, r *result) error {
	l := messages.Lack{Kind: k.kind, First: uint32(r.missing())}
	return post(k.c.c.Bus, toWorkers(k.c.c.Run), messages.Frame{Kind: messages.LackFrame, From: uint32(first), Epoch: k.c.epoch, Step: k.c.step}, l.Append(nil), 0, 1)
}

// quiet repeats what was asked for, where nothing has come for a while.
func (k *collection) quiet() error {
	if k.heard {
		k.heard = false
		return nil
	}
	for first, r := range k.missing {
		if k.kind == messages.GradientFrame && r.parts != nil {
			if err := k.lack(first, r); err != nil {
				return err
			}
		}
	}
	return k.tell(func(r *result) bool { return k.kind != messages.GradientFrame || r.parts == nil })
}
