package exchange

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/lockstep"
	"github.com/volley-snn/volley/internal/checkpoint"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// FollowerConfig says which run is followed, and how its nodes are asked.
type FollowerConfig struct {
	Network *kernel.Network
	Plan    *partition.Plan

	Bus    bus.Bus
	Run    string
	Epoch  uint64
	Credit int // that of the shares

	// Weights yields the weights onto a partition, of the node that has it, as
	// engine.Simulation's EachWeight.
	Weights func(part int, p *kernel.Projection, yield func(target int, sources []uint32, weights []float64)) error

	// Accounts is what each node holds, in the order of the plan.
	Accounts func() ([]*engine.Account, error)

	// StopAt tells every node to end after a step.
	StopAt func(step int64) error

	Late func(from int, step, waitedNs int64) // a node is waited for; may be nil

	// Keeping is how the nodes' state is kept and put back; nil where it is not.
	Keeping *Keeping
}

// Keeping is how the nodes keep their state.
type Keeping struct {
	// SaveAfter tells every node to copy its state after a step, for a checkpoint of a
	// number.
	SaveAfter func(step, sequence int64) error

	// Parts waits until every node has stored its parts, and returns them in the
	// order of partitions.
	Parts func(ctx context.Context, sequence int64) ([]checkpoint.Blob, error)

	// Restore lets every node put the state of a checkpoint into what it has built.
	Restore func(ctx context.Context, sequence int64) error
}

// Follower is the recorder's side of a run: an engine.Simulation whose steps the
// nodes have computed.
type Follower struct {
	c    FollowerConfig
	link *link

	ready chan lockstep.Effect // a step's payloads; its Compute is reported by the next Advance
	taken lockstep.Step        // shown to the observers, and not yet reported
	last  lockstep.Step        // nothing is advanced beyond; 0 for the end
	save  lockstep.Step        // the nodes keep their state after this step; 0 for none

	from, now snn.Tick // of the step taken last
	batches   []kernel.Batch
	outputs   []kernel.Output
	shares    []kernel.Share

	mutex  sync.Mutex
	failed error
	broken chan struct{} // closed with failed
	stop   bool
	waited time.Duration

	waits atomic.Bool // for the nodes
}

// NewFollower prepares to follow a run from its first step.
func NewFollower(c FollowerConfig) (*Follower, error) {
	nodes := len(c.Plan.Shares)
	l := lockstep.Default()
	l.Self, l.Peers, l.Epoch, l.Lag = lockstep.Peer(nodes), peers(c.Network, c.Plan), c.Epoch, 0
	if c.Credit > 0 {
		l.Credit = c.Credit
	}
	for k := range nodes {
		l.Sources = append(l.Sources, lockstep.Peer(k))
	}
	k, err := newLink(c.Bus, c.Run, l)
	if err != nil {
		return nil, err
	}
	f := &Follower{c: c, link: k, ready: make(chan lockstep.Effect, 1), broken: make(chan struct{})}
	f.batches, f.outputs = make([]kernel.Batch, len(c.Plan.Parts)), make([]kernel.Output, len(c.Plan.Parts))
	k.compute = func(e *lockstep.Effect) { f.ready <- *e }
	k.send = func(lockstep.Step, any) error { return nil }
	k.resend = func(lockstep.Peer, any) error { return nil }
	k.read, k.late = readPayload, func(e lockstep.Effect) {
		if c.Late != nil {
			c.Late(int(e.Peer), int64(e.Step), e.WaitedNs)
		}
	}
	return f, nil
}

// Listen subscribes to what the nodes record. It comes before they start.
func (f *Follower) Listen() error {
	for k := range f.c.Plan.Shares {
		if err := f.link.listen("rec.%d", k); err != nil {
			return err
		}
	}
	if err := f.link.listen("fix.%d", len(f.c.Plan.Shares)); err != nil {
		return err
	}
	return f.link.listen("ask.%d", len(f.c.Plan.Shares))
}

// Run receives, asks and acknowledges until ctx is done.
func (f *Follower) Run(ctx context.Context) error {
	err := f.link.handle(lockstep.Event{Kind: lockstep.Started})
	if err == nil {
		err = f.link.loop(ctx)
	} else {
		f.link.close()
	}
	if err != nil {
		f.Fail(err)
	} else {
		f.Fail(ctx.Err()) // whoever still waits for a step waits in vain
	}
	return err
}

// Fail ends the run with an error: a node is lost, say. The first one stands.
func (f *Follower) Fail(err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.failed == nil {
		f.failed = err
		close(f.broken)
	}
}

func (f *Follower) fault() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.failed
}

// Stop ends the run early: soon, at one step of all nodes, Advance returns
// context.Canceled, and Settle settles what was simulated up to there.
func (f *Follower) Stop() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.stop = true
}

// Waited is how long Advance has waited for the nodes.
func (f *Follower) Waited() time.Duration { return f.waited }

// Waits reports whether it waits for the nodes now. It may be called at any time.
func (f *Follower) Waits() bool { return f.waits.Load() }

// Compiled is the network.
func (f *Follower) Compiled() *kernel.Network { return f.c.Network }

// Now is the tick up to which the run has been followed.
func (f *Follower) Now() snn.Tick { return f.now }

// Account is what the nodes hold together.
func (f *Follower) Account() (*engine.Account, error) {
	nodes, err := f.c.Accounts()
	if err != nil {
		return nil, err
	}
	return engine.MergeAccounts(nodes), nil
}

// EachWeight reads weights from the nodes, which must stand at a held step, or at
// the end.
func (f *Follower) EachWeight(p *kernel.Projection, yield func(target int, sources []uint32, weights []float64)) error {
	for i, part := range f.c.Plan.Parts {
		if part.Range.Intersect(p.Target.Range).Len() == 0 {
			continue
		}
		if err := f.c.Weights(i, p, yield); err != nil {
			return err
		}
	}
	return nil
}

// Advance waits until all nodes have computed the step.
func (f *Follower) Advance(m *engine.Moment, to snn.Tick, _ *kernel.Trial) error {
	if err := f.stopping(); err != nil {
		return err
	}
	e, err := f.next()
	if err != nil {
		return err
	}
	if err := f.read(&e, to); err != nil {
		f.Fail(err)
		return err
	}
	f.from, f.now, m.To, m.Outputs = f.now, to, to, f.outputs
	if len(f.shares) > 0 {
		m.Aggregates = kernel.Sum(f.shares)
	}
	return nil
}

// stopping agrees with the nodes on a last step, where the run is to stop, and says
// so when it is behind.
func (f *Follower) stopping() error {
	f.mutex.Lock()
	stop := f.stop
	f.mutex.Unlock()
	if stop && f.last == 0 {
		// No node can be further than the credit from what has been acknowledged.
		f.last = f.beyond()
		if err := f.c.StopAt(int64(f.last)); err != nil {
			f.Fail(err)
			return err
		}
	}
	if f.last > 0 && f.taken >= f.last {
		return context.Canceled
	}
	return nil
}

// beyond is the first step of which no node can have begun the next.
func (f *Follower) beyond() lockstep.Step {
	return f.taken + lockstep.Step(max(f.c.Credit, lockstep.Default().Credit))
}

// next reports the step before as done, and waits for the payloads of the next.
func (f *Follower) next() (lockstep.Effect, error) {
	if err := f.fault(); err != nil {
		return lockstep.Effect{}, err
	}
	if f.taken > 0 {
		f.report(false)
	}
	start := time.Now()
	f.waits.Store(true)
	defer func() {
		f.waits.Store(false)
		f.waited += time.Since(start)
	}()
	select {
	case e := <-f.ready:
		f.taken = e.Step
		return e, nil
	case <-f.broken:
		return lockstep.Effect{}, f.fault()
	}
}

// report tells the machine that the step taken is done with.
func (f *Follower) report(last bool) {
	done := lockstep.Event{Kind: lockstep.Computed, Step: f.taken, Payload: struct{}{}, Held: f.held(), Last: last}
	select {
	case f.link.calls <- func() {
		if err := f.link.handle(done); err != nil {
			f.Fail(err)
		}
	}:
	case <-f.broken:
	}
}

// held reports whether the nodes wait at this step: then they are told at once.
func (f *Follower) held() bool {
	if f.from == 0 {
		return false
	}
	for i := range f.c.Network.Snapshots {
		if f.c.Network.Snapshots[i].Due(f.from) {
			return true
		}
	}
	return false
}

// read makes the outputs of a step of the nodes' payloads.
func (f *Follower) read(e *lockstep.Effect, to snn.Tick) error {
	f.shares = f.shares[:0]
	var faults []*engine.Fault
	for _, payload := range e.Payloads {
		if in := payload.(*incoming); in.fault != nil {
			faults = append(faults, in.fault)
		}
	}
	if fault := engine.Worst(faults); fault != nil {
		fault.Ahead = !f.stopsAll(fault)
		return fault
	}
	for node, payload := range e.Payloads {
		if err := f.readNode(node, payload.(*incoming), to); err != nil {
			return err
		}
	}
	return nil
}

// stopsAll reports whether every node hears the one that failed, and so stops at the
// same step.
func (f *Follower) stopsAll(fault *engine.Fault) bool {
	failed := f.c.Plan.Parts[fault.Partition].Node
	return len(f.c.Plan.Shares[failed].Consumers) == len(f.c.Plan.Shares)-1
}

func (f *Follower) readNode(node int, in *incoming, to snn.Tick) error {
	own := &f.c.Plan.Shares[node]
	if len(in.Batches) != own.Parts {
		return fmt.Errorf("node %s sends %d batches of its %d partitions", own.Node.Name, len(in.Batches), own.Parts)
	}
	for k := range in.Batches {
		i := own.First + k
		if int(in.Batches[k].Partition) != i {
			return fmt.Errorf("node %s sends a batch of partition %d in place of %d", own.Node.Name, in.Batches[k].Partition, i)
		}
		if err := in.batch(k, f.now, to, &f.batches[i]); err != nil {
			return fmt.Errorf("node %s: %w", own.Node.Name, err)
		}
		f.outputs[i] = kernel.Output{Spikes: &f.batches[i], Samples: f.outputs[i].Samples[:0]}
	}
	for k := range in.Shares {
		f.shares = append(f.shares, share(&in.Shares[k]))
	}
	for _, s := range in.Samples {
		i := own.First
		for !f.c.Plan.Parts[i].Range.Contains(snn.GID(s.First)) {
			if i++; i == own.First+own.Parts {
				return fmt.Errorf("node %s sends samples of GID %d, which it does not have", own.Node.Name, s.First)
			}
		}
		f.outputs[i].Samples = append(f.outputs[i].Samples, kernel.Samples{Signal: int(s.Signal), Tick: snn.Tick(s.Tick), First: snn.GID(s.First), Values: s.Values})
	}
	return nil
}

// Settle waits until all nodes have taken in what the last step emitted.
func (f *Follower) Settle() error {
	e, err := f.next()
	if err != nil {
		return err
	}
	for node, payload := range e.Payloads {
		in := payload.(*incoming)
		if in.fault != nil {
			f.Fail(in.fault)
			return in.fault
		}
		if in.Ticks != 0 || len(in.Batches) > 0 {
			err := fmt.Errorf("node %s goes on after the run's end", f.c.Plan.Shares[node].Node.Name)
			f.Fail(err)
			return err
		}
	}
	f.report(true)
	return nil
}
