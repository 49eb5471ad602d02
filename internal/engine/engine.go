// Package engine steps the partitions of a network inside one process: a fixed
// pool of workers, fork and join, once per step. It owns the goroutines and the
// clock that the kernel does without.
package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// Config says how a network is run in this process. None of it changes a result.
type Config struct {
	Partitions int // default: Threads
	Threads    int // default: GOMAXPROCS

	// Built is called now and then while the network is built, with the number
	// of static synapses so far; one call at a time, from any goroutine.
	Built func(synapses int64)

	// Context, where not nil, ends the building when it is cancelled: New's error
	// is then ErrBuilding and the context's.
	Context context.Context
}

// ErrBuilding is that a network is not whole, since its building was ended.
var ErrBuilding = errors.New("building was ended")

// Engine holds partitions of a network, all or a node's share, and steps them
// together.
type Engine struct {
	Network    *kernel.Network
	Ranges     []snn.Range // of Partitions
	Partitions []*kernel.Partition
	Threads    int
	Build      Spent

	// Feed, where not nil, has what is injected; it is set before the first step.
	// StepShare does not read it.
	Feed Feed

	first int // number of the first of Partitions among the plan's

	batches    []*kernel.Batch
	outputs    []kernel.Output
	shares     []kernel.Share
	aggregates []kernel.Aggregate
	team       *team
	now        snn.Tick

	in     kernel.Input // of the step under way
	faults []*Fault     // of its partitions
	fault  *Fault       // that stopped the run
}

// New cuts the network, builds its partitions in parallel, and starts the workers.
// Close ends them.
func New(n *kernel.Network, c Config) (*Engine, error) {
	if c.Threads <= 0 {
		c.Threads = runtime.GOMAXPROCS(0)
	}
	if c.Partitions <= 0 {
		c.Partitions = c.Threads
	}
	c.Partitions = max(1, min(c.Partitions, n.Size()))
	return newShare(n, partition.Cut(n.Costs(), c.Partitions), 0, c)
}

// NewShare is New for the partitions of one node: ranges of a plan, of which first is
// the number of the first. It is stepped by StepShare. c.Partitions is not read.
func NewShare(n *kernel.Network, ranges []snn.Range, first int, c Config) (*Engine, error) {
	if c.Threads <= 0 {
		c.Threads = runtime.GOMAXPROCS(0)
	}
	return newShare(n, ranges, first, c)
}

func newShare(n *kernel.Network, ranges []snn.Range, first int, c Config) (*Engine, error) {
	c.Threads = max(1, min(c.Threads, len(ranges)))
	clock := StartClock()
	e := &Engine{Network: n, Ranges: ranges, Threads: c.Threads, first: first}
	e.Partitions = make([]*kernel.Partition, len(e.Ranges))
	faults := make([]error, len(e.Ranges))
	env := kernel.Environment{Memory: LargePages, Progress: c.progress()}
	var wg sync.WaitGroup
	slots := make(chan struct{}, c.Threads)
	for i, r := range e.Ranges {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			e.Partitions[i], faults[i] = build(env, n, r)
		})
	}
	wg.Wait()
	if c.ended() {
		return nil, fmt.Errorf("%w: %w", ErrBuilding, c.Context.Err())
	}
	for _, err := range faults {
		if err != nil {
			return nil, err
		}
	}
	e.outputs, e.faults = make([]kernel.Output, len(e.Partitions)), make([]*Fault, len(e.Partitions))
	e.team = newTeam(c.Threads, len(e.Partitions))
	e.Build = clock.Elapsed()
	return e, nil
}

// build is kernel.BuildIn with a panic as its error.
func build(env kernel.Environment, n *kernel.Network, r snn.Range) (p *kernel.Partition, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			if panicked == any(ErrBuilding) {
				err = ErrBuilding
				return
			}
			stack, cause := caught(panicked)
			err = fmt.Errorf("the partition of GIDs %d to %d could not be built: %w\n%s", r.First, r.End-1, cause, stack)
		}
	}()
	return kernel.BuildIn(env, n, r)
}

// ended reports whether the building is to end.
func (c Config) ended() bool { return c.Context != nil && c.Context.Err() != nil }

// progress sums up what the partitions have built, and panics with ErrBuilding where
// that is to end: the pure packages below know no other way out of their loops.
func (c Config) progress() func(int) {
	if c.Built == nil && c.Context == nil {
		return nil
	}
	var mutex sync.Mutex
	total := int64(0)
	return func(synapses int) {
		if c.ended() {
			panic(ErrBuilding)
		}
		if c.Built == nil {
			return
		}
		mutex.Lock()
		defer mutex.Unlock()
		total += int64(synapses)
		c.Built(total)
	}
}

// Close ends the workers.
func (e *Engine) Close() { e.team.close() }

// Now is the tick up to which the network has been simulated.
func (e *Engine) Now() snn.Tick { return e.now }

// Step advances every partition to tick to, at most to the network's Boundary,
// and returns their outputs in partition order, valid until the next call. trial,
// where not nil, starts with this step. The error is a *Fault, or Feed's; after a
// *Fault time stands still, and every call returns it again.
func (e *Engine) Step(to snn.Tick, trial *kernel.Trial) ([]kernel.Output, error) {
	if e.fault != nil {
		return nil, e.fault
	}
	in := kernel.Input{To: to, Spikes: e.batches, Aggregates: e.aggregates, Trial: trial}
	if e.Feed != nil && to > e.now {
		b, err := e.Feed.Spikes(e.now, to)
		if err != nil {
			return nil, err
		}
		in.Injected = b
	}
	if _, err := e.StepShare(in); err != nil {
		return nil, err
	}
	e.batches, e.shares = e.batches[:0], e.shares[:0]
	for _, o := range e.outputs {
		e.batches = append(e.batches, o.Spikes)
		e.shares = append(e.shares, o.Shares...)
	}
	e.aggregates = nil
	if len(e.shares) > 0 {
		e.aggregates = kernel.Sum(e.shares)
	}
	return e.outputs, nil
}

// StepShare is Step for a share: the caller brings what all partitions of the plan
// emitted in the step before, in their order, and the aggregates; and takes the
// outputs elsewhere.
func (e *Engine) StepShare(in kernel.Input) ([]kernel.Output, error) {
	if e.fault != nil {
		return nil, e.fault
	}
	e.in = in
	e.team.run(e.step)
	if e.fault = Worst(e.faults); e.fault != nil {
		return nil, e.fault
	}
	e.now = in.To
	return e.outputs, nil
}
