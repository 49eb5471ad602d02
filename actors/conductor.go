package actors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/results"
	"github.com/volley-snn/volley/internal/session"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// conductor takes a run through its life: it plans, lets the nodes prepare, follows
// the run as its recorder, and writes its files. Where nodes are lost, come or go, it
// does so again from the last checkpoint, in a new epoch.
type conductor struct {
	c       Config
	run     string
	bundle  *Bundle
	submit  *control.Submit
	dir     string
	created bool // dir has been made here
	caller  Caller
	shelf   *shelf // where the run's state is kept; nil for nowhere
	tell    func(*control.RunStatus)

	mutex  sync.Mutex
	state  control.RunStatus
	events int64
	began  time.Time

	network *kernel.Network
	epoch   uint64
	lost    string // node that is known to be; empty for none
	of      int    // nodes that had a part in a run that is taken over
	record  []byte // of the epoch, in the store
	plan    *partition.Plan
	message *control.Plan
	nodes   []*control.NodeStatus // of the plan, in its order

	injecting *injecting  // nil where nothing is injected
	saveStep  int64       // of the checkpoint under way
	wanted    atomic.Bool // a checkpoint
	moves     moves
	leaving   atomic.Bool // this node is to leave
	balance   balance
}

// conduct runs the run, and says at its end how it went.
func (k *conductor) conduct(ctx context.Context) (err error) {
	err = k.guarded(ctx)
	defer k.letGo()
	if k.shelf != nil && k.epoch > 0 && !elsewhere(err) && errors.Is(k.shelf.owns(context.WithoutCancel(ctx), k.epoch), errFenced) {
		err = errFenced
	}
	if elsewhere(err) {
		k.c.Log.Info("a run goes on elsewhere", "run", k.run, "why", err)
		return err
	}
	k.release(k.epoch, CallTimeout)
	if err != nil && !errors.Is(context.Cause(ctx), errStopped) && !errors.Is(err, bus.ErrClosed) {
		k.discard() // else once the files have been fetched: they may be lost before
	}
	k.change(func(st *control.RunStatus) {
		st.State = control.State_STATE_DONE
		if err == nil {
			st.Done = 1
			return
		}
		st.State, st.Failure = control.State_STATE_FAILED, k.failure(ctx, err)
		if st.Failure.Kind == control.Kind_KIND_CANCELLED {
			st.State = control.State_STATE_CANCELLED
		}
	})
	if err != nil {
		k.c.Log.Info("a run ended", "run", k.run, "error", err)
	}
	return err
}

// letGo forgets what a run that is over, or elsewhere, needs no more: its coordinator
// is kept for who asks how it ended.
func (k *conductor) letGo() {
	k.bundle, k.submit, k.network, k.plan, k.message, k.nodes, k.injecting, k.record = nil, nil, nil, nil, nil, nil, nil, nil
}

// guarded is conducted with a panic as its error.
func (k *conductor) guarded(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the coordinator of run %s broke down: %v", k.run, p)
		}
	}()
	return k.conducted(ctx)
}

// failure words why a run ended before its end.
func (k *conductor) failure(ctx context.Context, err error) *control.Refused {
	var fault *engine.Fault
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errCancelled) && ends(err):
		return &control.Refused{Kind: control.Kind_KIND_CANCELLED, Why: errCancelled.Error()}
	case errors.Is(err, context.Canceled) && cause != nil:
		return refused(cause)
	case errors.As(err, &fault):
		return &control.Refused{Kind: control.Kind_KIND_FAULT, Why: err.Error()}
	}
	return refused(err)
}

// ends reports whether an error may be no more than what the cancelling of a run
// brought with it: nobody is waited for, or recovers from anything, any more.
func ends(err error) bool {
	var r *Refusal
	var m *moved
	if !errors.As(err, &r) {
		return errors.Is(err, context.Canceled) || errors.As(err, &m)
	}
	switch r.Kind {
	case control.Kind_KIND_NODE_LOST, control.Kind_KIND_TIMEOUT, control.Kind_KIND_UNKNOWN_RUN, control.Kind_KIND_STALE_EPOCH, control.Kind_KIND_STORE, control.Kind_KIND_BUSY:
		return true
	}
	return false
}

// conducted takes the run through as many epochs as it needs.
func (k *conductor) conducted(ctx context.Context) error {
	if err := k.open(ctx); err != nil {
		return err
	}
	defer func() { _ = k.injecting.close() }()
	for why := ""; ; {
		err := k.oneEpoch(ctx, why)
		why = k.goesOn(ctx, err)
		if why == "" {
			return err
		}
		k.note(control.State_STATE_RECOVERING, why)
	}
}

// open compiles the model, of a run that was taken over as it was submitted, and
// keeps what is needed to take the run over.
func (k *conductor) open(ctx context.Context) (err error) {
	if k.bundle == nil {
		if err := k.reaches(ctx); err != nil {
			return err
		}
		if k.shelf.hasEnded(ctx) {
			if err := k.shelf.sweep(ctx); err != nil { // who ended it may have been killed before
				k.c.Log.Warn("the state of a run that is over stays in the store", "run", k.run, "error", err)
			}
			return errFenced
		}
		if k.bundle, k.submit, err = k.shelf.submission(ctx); err != nil {
			return refuse(control.Kind_KIND_STORE, "what run %s was submitted with cannot be read: %v", k.run, err)
		}
	}
	n, err := k.bundle.Open()
	if err != nil {
		return refuse(control.Kind_KIND_MODEL, "%v", err)
	}
	k.network = n
	k.mutex.Lock()
	k.state.Model = exampleName(k.bundle.Path)
	k.mutex.Unlock()
	if k.shelf != nil && k.epoch == 0 {
		if err := k.shelf.submitted(ctx, k.bundle, k.submit); err != nil {
			return refuse(control.Kind_KIND_STORE, "the run cannot be kept in the store: %v", err)
		}
	}
	return nil
}

// oneEpoch runs the run from its last checkpoint, on the nodes that are there now.
func (k *conductor) oneEpoch(ctx context.Context, why string) error {
	if err := k.begin(ctx, why); err != nil {
		return err
	}
	findings, err := results.New(k.network)
	if err != nil {
		return refuse(control.Kind_KIND_MODEL, "%v", k.network.Model.Faults(err))
	}
	keeps, err := k.keeps(ctx)
	if err != nil {
		return err
	}
	if err := k.planned(ctx); err != nil {
		return err
	}
	dir, err := k.create(ctx, keeps)
	if err != nil {
		return err
	}
	defer dir.Abort()
	if err := k.inject(ctx, resumed(keeps)); err != nil {
		return dir.Fail(err)
	}
	if err := k.prepare(ctx); err != nil {
		if err = causeOf(ctx, err); k.recovers(err) {
			return err
		}
		return dir.Fail(err)
	}
	result, err := k.follow(ctx, dir, findings, keeps)
	if result != nil {
		k.change(func(st *control.RunStatus) {
			for _, name := range result.Names {
				st.Findings = append(st.Findings, &control.Finding{Name: name, Text: fmt.Sprintf("%s", result.Summary.Results[name])})
			}
			st.WallS, st.Spikes, st.Injection = result.Summary.WallS.Simulate, result.Summary.Spikes, k.injecting.status()
		})
	}
	return causeOf(ctx, err)
}

// follow records the run from its first step to its files. When ctx is done all
// nodes end at one step, and the files are those of a run that ended there.
func (k *conductor) follow(ctx context.Context, dir *record.Dir, findings *results.Collector, keeps *session.Checkpoints) (*session.Result, error) {
	alive, end := context.WithCancel(context.Background())
	var working sync.WaitGroup
	defer working.Wait()
	defer end()
	f, err := exchange.NewFollower(exchange.FollowerConfig{Network: k.network, Plan: k.plan, Bus: k.c.Bus, Run: k.run, Epoch: k.epoch,
		Weights: func(part int, p *kernel.Projection, yield func(target int, sources []uint32, weights []float64)) error {
			return k.eachWeight(alive, part, p.Name, yield)
		},
		Accounts: func() ([]*engine.Account, error) { return k.accounts(alive, ctx.Err() == nil) },
		StopAt:   func(step int64) error { return k.stopAt(alive, step) },
		Keeping:  k.keeping(alive),
	})
	if err != nil {
		return nil, dir.Fail(err)
	}
	if err := f.Listen(); err != nil {
		return nil, dir.Fail(err)
	}
	working.Go(func() { _ = f.Run(alive) }) // its error fails the follower
	if err := k.injecting.begin(alive, &working, f.Fail); err != nil {
		return nil, dir.Fail(err)
	}
	working.Go(func() { k.watch(alive, f) })
	stop := context.AfterFunc(ctx, f.Stop)
	defer stop()
	k.moves.begin(f.Fail)
	defer k.moves.end()
	s := &starting{Follower: f, start: func() error { return firstOf([]error{k.start(alive), k.injecting.start(alive)}) }}
	return session.Run(context.Background(), s, session.Config{Dir: dir, Findings: findings, Command: k.submit.Command, Version: k.c.Version,
		Checkpoints: keeps, Abandons: k.recovers,
		Injected: func() (*record.Injected, error) { return k.injecting.finish(alive) }, Watchers: []engine.Observer{newWatcher(k)}})
}

// starting is a follower that lets the nodes start when the first step is asked for:
// before that the weights are read as they were built.
type starting struct {
	*exchange.Follower
	start   func() error
	started bool
}

// Advance is the follower's, once all have started.
func (s *starting) Advance(m *engine.Moment, to snn.Tick, starts *kernel.Trial) error {
	if !s.started {
		s.started = true
		if err := s.start(); err != nil {
			s.Fail(err)
			return err
		}
	}
	return s.Follower.Advance(m, to, starts)
}

// start lets all nodes step.
func (k *conductor) start(ctx context.Context) error {
	err := k.each(ctx, func(ctx context.Context, i int) error {
		_, err := k.caller.Call(ctx, k.nodes[i].Name, &control.Request{Body: &control.Request_Start{Start: &control.Start{Run: k.run, Epoch: k.epoch}}})
		return err
	})
	k.began = time.Now()
	k.balance.start(k.began, k.snapshot().Done)
	k.change(func(st *control.RunStatus) { st.State = control.State_STATE_RUNNING })
	return err
}

// causeOf is why ctx ended where err says no more than that it did.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(err, context.Canceled) && cause != nil && !errors.Is(cause, errCancelled) {
		return cause
	}
	return err
}

// makePlan finds the nodes and divides the network among them.
func (k *conductor) makePlan(ctx context.Context) error {
	caller := k.caller.Without(k.lost)
	replies, err := caller.Nodes(ctx)
	if err != nil {
		return err
	}
	k.nodes = nil
	for _, r := range replies {
		st := r.GetNodeStatus()
		asked := len(k.submit.Nodes) == 0 || slices.Contains(k.submit.Nodes, st.GetName())
		switch {
		case st == nil || st.Draining || !asked:
			continue
		case r.Version != k.c.Version:
			return &Refusal{control.Kind_KIND_VERSION, fmt.Sprintf("it is volley %s, and the run's coordinator is volley %s, whose spikes may differ: run the same volley on all", r.Version, k.c.Version), st.Name}
		}
		k.nodes = append(k.nodes, st)
	}
	for _, name := range k.submit.Nodes {
		if !slices.ContainsFunc(k.nodes, func(st *control.NodeStatus) bool { return st.Name == name }) {
			return &Refusal{control.Kind_KIND_NODE_LOST, "the run asks for it, and it is not there, or it is draining", name}
		}
	}
	if len(k.nodes) == 0 {
		return refuse(control.Kind_KIND_NODE_LOST, "no node takes part in runs")
	}
	k.plan, k.message, err = plan(k.network, k.nodes, int(k.submit.Partitions), k.balance.scales)
	if err != nil {
		return err
	}
	k.message.Epoch = k.epoch
	k.nodes = k.nodes[:len(k.plan.Shares)]
	k.change(func(st *control.RunStatus) {
		st.Nodes, st.Building, st.Of = nil, 0, 0
		for _, n := range k.nodes {
			st.Nodes = append(st.Nodes, &control.NodeProgress{Name: n.Name})
		}
	})
	return nil
}

// each does something for every node of the plan at once, and returns the first error
// in the order of nodes.
func (k *conductor) each(ctx context.Context, do func(ctx context.Context, node int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	faults := make([]error, len(k.nodes))
	var wg sync.WaitGroup
	for i := range k.nodes {
		wg.Go(func() {
			if faults[i] = do(ctx, i); faults[i] != nil {
				cancel()
			}
		})
	}
	wg.Wait()
	return firstOf(faults)
}

// firstOf is the first error that is not but a consequence of another's.
func firstOf(faults []error) (first error) {
	for _, err := range faults {
		if err != nil && (first == nil || errors.Is(first, context.Canceled)) {
			first = err
		}
	}
	return first
}

// prepare sends the model to the nodes and waits until all have built their shares.
func (k *conductor) prepare(ctx context.Context) error {
	bundle := k.bundle.without(k.submit.Replay)
	model := bundle.Message()
	var mutex sync.Mutex
	progress := make([]*control.Building, len(k.nodes))
	return k.each(ctx, func(ctx context.Context, i int) error {
		node := k.nodes[i].Name
		if err := k.caller.send(ctx, node, bundle); err != nil {
			return err
		}
		for {
			reply, err := k.caller.Call(ctx, node, &control.Request{Body: &control.Request_Prepare{Prepare: &control.Prepare{Run: k.run, Model: model, Plan: k.message, Coordinator: k.c.Name, Record: k.record}}})
			if err != nil {
				return err
			}
			b := reply.GetBuilding()
			mutex.Lock()
			progress[i] = b
			built, of := int64(0), int64(0)
			for _, p := range progress {
				built, of = built+p.GetSynapses(), of+p.GetOf()
			}
			mutex.Unlock()
			k.change(func(st *control.RunStatus) { st.Building, st.Of = built, of })
			if b.GetBuilt() {
				return nil
			}
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
}

// release lets the nodes go, also of a run that has failed.
func (k *conductor) release(epoch uint64, limit time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var wg sync.WaitGroup
	for _, n := range k.nodes {
		wg.Go(func() {
			if _, err := k.caller.Call(ctx, n.Name, &control.Request{Body: &control.Request_Release{Release: &control.Release{Run: k.run, Epoch: epoch}}}); err != nil {
				k.c.Log.Warn("a share was not let go", "run", k.run, "node", n.Name, "error", err)
			}
		})
	}
	wg.Wait()
}

// change changes how the run stands, tells the actors, and publishes it.
func (k *conductor) change(how func(*control.RunStatus)) {
	k.mutex.Lock()
	how(&k.state)
	k.events++
	e := &control.Event{Run: k.run, Epoch: k.epoch, Node: k.c.Name, Number: k.events}
	k.mutex.Unlock()
	st := k.snapshot()
	e.Body = &control.Event_Status{Status: st}
	if k.tell != nil {
		k.tell(st)
	}
	data, err := proto.Marshal(e)
	if err == nil {
		err = k.c.Bus.Publish(EventSubject(k.run), data)
	}
	if err != nil {
		k.c.Log.Warn("an event was not published", "run", k.run, "error", err)
	}
}
