package gradient

import (
	"cmp"
	"context"
	"sync/atomic"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn/train"
)

// WorkerConfig is what a worker needs.
type WorkerConfig struct {
	Trainer *train.Trainer // of the training's model
	Threads training.Workers
	Bus     bus.Bus
	Run     string
	Place   uint32
}

// Worker computes a node's share of a training's batches.
type Worker struct {
	c     WorkerConfig
	inbox *inbox
	burst int // parts that are sent unasked

	values, batch arriving
	order         *order // the last; nil until there is one
	fresh         bool   // nobody has seen to it

	working bool   // what follows is a goroutine's, which says when it is done
	doing   *order // by it
	done    chan error
	at      progress
	held    int64    // number of the values that the network has
	begun   int64    // step whose batch the trainer has
	results [][]byte // activities by shard
	sums    []sum

	heard atomic.Int64 // when a message came, in ns since 1970
	steps atomic.Int64 // orders that have been done
	sent  atomic.Int64 // bytes of bodies
}

// arriving is the newest body of a kind.
type arriving struct {
	step int64
	parcel
}

func (a *arriving) add(f messages.Frame, body []byte) {
	if f.Step > a.step {
		*a = arriving{step: f.Step}
	}
	if f.Step == a.step {
		a.parcel.add(f, body)
	}
}

// has reports whether the body of a step is whole.
func (a *arriving) has(step int64) bool { return a.step == step && a.whole() }

// order is an order to this worker.
type order struct {
	step  int64
	epoch uint64
	share messages.TrainingShare
	messages.Order
	values, batch parcel // where the trainer has not got them
}

// later reports whether an order came after another, or is of the same way of sharing
// the same batch.
func (o *order) later(than *order) bool {
	return than == nil || cmp.Or(cmp.Compare(o.step, than.step), cmp.Compare(o.epoch, than.epoch)) >= 0
}

// is reports whether two orders are one that was said twice.
func (o *order) is(other *order) bool {
	return o.step == other.step && o.epoch == other.epoch && o.Backward == other.Backward
}

// progress is what has been done: a step's shards have gone forward, and back where it
// says so.
type progress struct {
	step     int64
	epoch    uint64
	backward bool
}

// does reports whether that is what an order asks for.
func (p *progress) does(o *order) bool {
	return p.step == o.step && p.epoch == o.epoch && (p.backward || !o.Backward)
}

// NewWorker listens from now on.
func NewWorker(c WorkerConfig) (*Worker, error) {
	i, err := listen(c.Bus, toWorkers(c.Run))
	if err != nil {
		return nil, err
	}
	return &Worker{c: c, inbox: i, burst: mostParts, done: make(chan error, 1), results: make([][]byte, c.Trainer.Shards)}, nil
}

// Heard is when the coordinator last said something; long ago where it never has.
func (w *Worker) Heard() time.Time { return time.Unix(0, w.heard.Load()) }

// Steps is how many orders have been done.
func (w *Worker) Steps() int64 { return w.steps.Load() }

// SentBytes is how much has been said.
func (w *Worker) SentBytes() int64 { return w.sent.Load() }

// Close stops listening, of a worker that does not run.
func (w *Worker) Close() { w.inbox.close() }

// Run works until ctx is done; the error is of what can never be done.
func (w *Worker) Run(ctx context.Context) error {
	defer w.inbox.close()
	for {
		var err error
		select {
		case m := <-w.inbox.received:
			err = w.message(m)
		case err = <-w.done:
			w.working = false
		case <-ctx.Done():
			if w.working {
				<-w.done
			}
			return nil
		}
		if err == nil {
			err = w.next(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// message takes a message. What is none is lost: the order comes again.
func (w *Worker) message(m bus.Message) error {
	f, body, _, err := messages.NextFrame(m.Data)
	if err != nil {
		return nil
	}
	w.heard.Store(time.Now().UnixNano())
	switch f.Kind {
	case messages.ValuesFrame:
		w.values.add(f, body)
	case messages.BatchFrame:
		w.batch.add(f, body)
	case messages.OrderFrame:
		o := &order{step: f.Step, epoch: f.Epoch}
		if o.Read(body) != nil || !o.later(w.order) || w.working && w.doing.is(o) {
			return nil
		}
		for _, s := range o.Shares {
			if s.Place == w.c.Place && int(s.End) <= w.c.Trainer.Shards {
				o.share = s
				w.order, w.fresh = o, true
			}
		}
	case messages.LackFrame:
		return w.lacking(f, body)
	}
	return nil
}

// lacking says more of a sum whose parts somebody lacks.
func (w *Worker) lacking(f messages.Frame, body []byte) error {
	var l messages.Lack
	if l.Read(body) != nil || l.Kind != messages.GradientFrame || w.working || !w.at.backward || w.at.step != f.Step || w.at.epoch != f.Epoch {
		return nil
	}
	for _, s := range w.sums {
		if s.first == int(f.From) {
			return w.say(messages.GradientFrame, s.first, s.body, int(l.First))
		}
	}
	return nil
}

// next sees to the last order, where that can be.
func (w *Worker) next(ctx context.Context) error {
	if w.working || !w.fresh {
		return nil
	}
	w.fresh = false
	o := w.order
	switch {
	case w.at.does(o):
		return w.tell(o)
	case w.held != o.Values && !w.values.has(o.Values):
		return w.lack(messages.ValuesFrame, o.Values, &w.values)
	case w.begun != o.step && !w.batch.has(o.step):
		return w.lack(messages.BatchFrame, o.step, &w.batch)
	}
	if w.held != o.Values {
		o.values, w.values.parcel = w.values.parcel, parcel{}
	}
	if w.begun != o.step {
		o.batch, w.batch.parcel = w.batch.parcel, parcel{}
	}
	w.working, w.doing = true, o
	go func() { w.done <- w.work(ctx, o) }()
	return nil
}

// lack asks for what is missing of a body.
func (w *Worker) lack(kind messages.Kind, step int64, a *arriving) error {
	l := messages.Lack{Kind: kind}
	if a.step == step {
		l.First = uint32(a.missing())
	}
	return post(w.c.Bus, toCoordinator(w.c.Run), messages.Frame{Kind: messages.LackFrame, From: w.c.Place, Step: step}, l.Append(nil), 0, 1)
}
