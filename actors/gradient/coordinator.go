package gradient

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn/train"
)

// CoordinatorConfig is what a coordinator needs.
type CoordinatorConfig struct {
	Bus     bus.Bus
	Run     string
	Threads training.Workers // of this process, for what is not the workers'
	Members []Member         // who takes part from the first batch on

	// Changes tells who comes, which counts from the next batch on, and who is lost.
	Changes <-chan Change
}

// Change is a member that comes or, where there is an error, is lost.
type Change struct {
	Member Member
	Lost   error
}

// Coordinator takes the batches of a training through the network by its workers. It
// is a training.Team of one goroutine.
type Coordinator struct {
	c       CoordinatorConfig
	inbox   *inbox
	burst   int           // parts that are sent unasked
	alone   time.Duration // that no member may be there
	members []Member
	shares  []messages.TrainingShare
	epoch   uint64 // of the shares
	stale   bool   // somebody has come, or gone, since the shares were made
	gap     bool   // shards are nobody's
	lost    error  // why the last one went

	step          int64
	version       int64 // of the values
	changed       bool  // the values are not those of the version
	values, batch []byte
	said          map[messages.Kind]repeated
}

// repeated is what was said again, so that who asks for the same does not have it sent
// twice.
type repeated struct {
	step  int64
	first uint32
	at    time.Time
}

const (
	// again is how long nothing may come before an order is repeated.
	again = 250 * time.Millisecond
	// answers is how long what was said again stands for who asks for the same.
	answers = 100 * time.Millisecond
	// mostAlone is how long a training waits for a worker where none is left.
	mostAlone = 30 * time.Second
)

// NewCoordinator listens from now on.
func NewCoordinator(c CoordinatorConfig) (*Coordinator, error) {
	i, err := listen(c.Bus, toCoordinator(c.Run))
	if err != nil {
		return nil, err
	}
	return &Coordinator{c: c, inbox: i, burst: mostParts, alone: mostAlone, members: c.Members, gap: true, changed: true, said: map[messages.Kind]repeated{}}, nil
}

// Close stops listening.
func (c *Coordinator) Close() { c.inbox.close() }

// Learn implements training.Team.
func (c *Coordinator) Learn(ctx context.Context, t *train.Trainer, s *train.Set, epoch, batch int) error {
	t.Begin(s, epoch, batch)
	if err := c.forward(ctx, t); err != nil {
		return err
	}
	if err := t.Meet(); err != nil {
		return err
	}
	o := messages.Order{Values: c.version, Backward: true, Spike: t.Spike()}
	err := c.collect(ctx, t, &o, messages.GradientFrame, func(first, shards int, p *parcel) error {
		return p.values(t.Gradient(first, shards), c.c.Threads.Each)
	})
	if err != nil {
		return err
	}
	c.c.Threads.Each(training.ReduceParts, func(k int) { t.Reduce(k, training.ReduceParts) })
	c.changed = true
	return t.Finish()
}

// Test implements training.Team. Noise stays in one process.
func (c *Coordinator) Test(ctx context.Context, t *train.Trainer, s *train.Set, batch int, noise *train.Noise) error {
	if noise != nil {
		return c.c.Threads.Test(ctx, t, s, batch, noise)
	}
	t.BeginTest(s, batch, nil)
	if err := c.forward(ctx, t); err != nil {
		return err
	}
	return t.Meet()
}

// forward takes the batch that was begun forward.
func (c *Coordinator) forward(ctx context.Context, t *train.Trainer) error {
	c.step++
	c.gap = c.gap || c.stale
	if c.changed {
		c.version++
		c.changed = false
		c.values = messages.AppendValues(c.values[:0], t.Net.Values)
		if err := c.post(messages.ValuesFrame, c.version, c.values, 0); err != nil {
			return err
		}
	}
	c.batch = batchBody(t)
	if err := c.post(messages.BatchFrame, c.step, c.batch, 0); err != nil {
		return err
	}
	o := messages.Order{Values: c.version}
	return c.collect(ctx, t, &o, messages.ActivityFrame, func(shard, _ int, p *parcel) error { return went(t, shard, p.body()) })
}

func (c *Coordinator) post(kind messages.Kind, step int64, body []byte, first int) error {
	return post(c.c.Bus, toWorkers(c.c.Run), messages.Frame{Kind: kind, Epoch: c.epoch, Step: step}, body, first, c.burst)
}

// share divides the shards among the members that are there now, where shards are
// nobody's. The error says that there is no member.
func (c *Coordinator) share(ctx context.Context, shards int) error {
	for more := true; more; {
		select {
		case change := <-c.c.Changes:
			c.change(change)
		default:
			more = false
		}
	}
	if !c.gap {
		return nil
	}
	limit := time.After(c.alone)
	for len(c.members) == 0 {
		select {
		case change := <-c.c.Changes:
			c.change(change)
		case <-limit:
			return fmt.Errorf("%w (%v)", ErrAlone, c.lost)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	c.epoch++
	c.shares, c.stale, c.gap = shares(c.members, shards), false, false
	return nil
}

// ErrAlone says that a training has no worker left.
var ErrAlone = fmt.Errorf("no node is left that takes part in the training, and none has come within %v", mostAlone)

// change is told who comes or goes.
func (c *Coordinator) change(ch Change) {
	c.stale = true
	if ch.Lost == nil {
		c.members = append(c.members, ch.Member)
		return
	}
	c.lost = ch.Lost
	c.members = slices.DeleteFunc(slices.Clone(c.members), func(m Member) bool { return m.Place == ch.Member.Place })
	c.gap = c.gap || slices.ContainsFunc(c.shares, func(s messages.TrainingShare) bool { return s.Place == ch.Member.Place })
}
