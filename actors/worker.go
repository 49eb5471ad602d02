package actors

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/volley-snn/volley/actors/gradient"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/model"
)

// worker looks after a node's part in a training: it lets the network be built, and
// gradients be computed as the training's coordinator orders, until that lets it go or
// is silent.
type worker struct {
	c       Config
	parent  *actor.PID
	train   *control.Train
	left    int64       // bytes of memory that the part may take; 0 is not known
	leaving func() bool // the node takes no part in anything new

	self    *actor.PID
	root    *actor.RootContext
	ctx     context.Context
	cancel  context.CancelFunc
	working chan struct{} // closed when what was started last has ended

	made      *gradient.Worker // by the goroutine that builds
	gradients *gradient.Worker // the same, once that is known to be whole
	bytes     int64
	failure   error
	heard     time.Time // when the coordinator asked last
}

// What a worker's goroutines tell it.
type (
	builtWorker struct {
		gradients *gradient.Worker
		bytes     int64
		err       error
	}
	endedWorker struct{ err error }
)

func newWorker(c Config, parent *actor.PID, m *control.Train, left int64, leaving func() bool) *worker {
	w := &worker{c: c, parent: parent, train: m, left: left, leaving: leaving, heard: time.Now()}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w
}

// Receive implements actor.Actor.
func (w *worker) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		w.self, w.root = c.Self(), c.ActorSystem().Root
		w.work(func() any { return w.build() })
		w.beat()
	case *actor.Stopping:
		w.cancel()
		<-w.working
		if w.made != nil {
			w.made.Close() // it may never have run
		}
	case *actor.Stopped:
		w.root.Send(w.parent, &shareChanged{run: w.train.Run})
	case *control.Request:
		w.heard = time.Now()
		c.Respond(w.answer(m))
	case *builtWorker:
		w.gradients, w.bytes = m.gradients, m.bytes
		if w.failed(m.err); m.err == nil {
			w.work(func() any { return &endedWorker{w.run()} })
		}
	case *endedWorker:
		w.failed(m.err)
	case *beat:
		quiet := time.Since(w.heard)
		if w.gradients != nil {
			quiet = min(quiet, time.Since(w.gradients.Heard()))
		}
		if quiet > silence {
			w.c.Log.Warn("a training's coordinator is silent, the part in it is let go", "run", w.train.Run, "silent", quiet)
			c.Stop(w.self)
			return
		}
		w.tell()
		w.beat()
	}
}

// beat lets a beat come.
func (w *worker) beat() {
	time.AfterFunc(pulse, func() { w.root.Send(w.self, &beat{}) })
}

// work runs a goroutine of the worker's, one at a time.
func (w *worker) work(job func() any) {
	ended := make(chan struct{})
	w.working = ended
	go func() {
		defer close(ended)
		w.root.Send(w.self, job())
	}()
}

func (w *worker) answer(r *control.Request) *control.Reply {
	if w.failure != nil {
		return refusal(w.failure)
	}
	switch r.Body.(type) {
	case *control.Request_Train:
		return &control.Reply{Body: &control.Reply_Building{Building: &control.Building{Built: w.gradients != nil, Bytes: w.bytes}}}
	case *control.Request_Report:
		return &control.Reply{Body: &control.Reply_Reports{Reports: &control.PartitionReports{Load: w.load(), Threads: int32(w.c.Threads), Draining: w.leaving()}}}
	}
	return refusal(refuse(control.Kind_KIND_MALFORMED, "a node's part in a training does not know this request"))
}

// build makes the network; it has no weights until the coordinator sends them.
func (w *worker) build() (b *builtWorker) {
	b = &builtWorker{}
	defer func() {
		if p := recover(); p != nil {
			b.err = fmt.Errorf("the network of training %s could not be built: %v", w.train.Run, p)
		}
	}()
	m, pixels := &model.Training{}, int(w.train.Pixels)
	if err := json.Unmarshal(w.train.Model, m); err != nil {
		b.err = refuse(control.Kind_KIND_MALFORMED, "the model of training %s is not understood: %v", w.train.Run, err)
		return b
	}
	if m.Digest() != w.train.Digest || pixels < 1 || m.Batch < 1 || m.Shards < 1 || m.Network.Hidden < 1 || m.Network.Outputs < 1 || m.Ticks() < 1 {
		b.err = refuse(control.Kind_KIND_DIGEST, "the model of training %s is not what its coordinator has", w.train.Run)
		return b
	}
	b.bytes = training.WorkerBytes(m, pixels)
	if w.left > 0 && b.bytes > w.left {
		b.err = refuse(control.Kind_KIND_MEMORY, "its part in training %s may take about %s of memory, and it has %s left: nodes with more are expected, or --node with those that have it",
			w.train.Run, sizeText(b.bytes), sizeText(w.left))
		return b
	}
	w.made, b.err = gradient.NewWorker(gradient.WorkerConfig{Trainer: training.Build(m, pixels), Threads: training.Workers(w.c.Threads), Bus: w.c.Bus, Run: w.train.Run, Place: w.train.Place})
	if b.err == nil {
		b.err = w.c.Bus.Flush(w.ctx) // the order that follows finds it listening
	}
	if b.err == nil {
		b.gradients = w.made
	}
	return b
}

// run computes; a panic is its error.
func (w *worker) run() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the part in training %s broke down: %v", w.train.Run, p)
		}
	}()
	return w.gradients.Run(w.ctx)
}

// failed notes an error, where there is one.
func (w *worker) failed(err error) {
	if err != nil {
		w.failure = err
		w.c.Log.Error("a part in a training failed", "run", w.train.Run, "error", err)
	}
	w.tell()
}

func (w *worker) load() *control.Load {
	if w.gradients == nil {
		return &control.Load{}
	}
	return &control.Load{Steps: w.gradients.Steps(), BytesSent: w.gradients.SentBytes()}
}

// tell tells the node how its part is.
func (w *worker) tell() {
	st := &control.RunStatus{Run: w.train.Run, State: control.State_STATE_RUNNING, Load: w.load()}
	switch {
	case w.failure != nil:
		st.State, st.Failure = control.State_STATE_FAILED, refused(w.failure)
	case w.gradients == nil:
		st.State = control.State_STATE_PREPARING
	}
	w.root.Send(w.parent, &shareChanged{w.train.Run, st, w.bytes})
}
