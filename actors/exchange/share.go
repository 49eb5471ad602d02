package exchange

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/lockstep"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/state"
)

// ShareConfig says which part of which run a node has.
type ShareConfig struct {
	Network *kernel.Network
	Plan    *partition.Plan
	Self    int // place among the plan's shares

	Bus   bus.Bus
	Run   string // a token of a subject
	Epoch uint64

	Credit int // steps; 0 is the default of lockstep
	Built  func(synapses int64)
	Late   func(from int, step, waitedNs int64) // a peer is waited for; may be nil

	// Computing, where not nil, is called when the computing of a step begins, and
	// when it has ended.
	Computing func(begins bool)
}

// Share is a node's part of a run: it steps the node's partitions when the others'
// envelopes allow it.
type Share struct {
	c      ShareConfig
	engine *engine.Engine
	link   *link
	writer *writer
	sums   *sums

	schedule *engine.Schedule
	heard    []kernel.Batch  // by partition of the plan, of other nodes
	spikes   []*kernel.Batch // the input of a step
	injected bool            // the ingest is the last source
	given    kernel.Batch    // that it says of a step
	before   step            // that was computed last
	watched  int64           // spikes of the watched population in it, of all nodes
	stopAt   lockstep.Step   // the run ends after this step; 0 for its own end
	settled  bool
	failed   error

	resumed []*kernel.Batch // the input of the first step, after a restoration
	save    saving

	pending int // envelopes that the recorder has not been sent
	records []byte

	computeNs, encodeNs int64 // see Status

	status shareStatus
}

// Status is how far a share is.
type Status struct {
	Step, Tick int64
	Spikes     int64 // emitted
	Settled    bool  // the last step has been computed and taken in
	Computing  bool  // a step, now
	Lockstep   lockstep.Stats
	Corrupt    int64 // messages that were no frames

	// Where the time went that was not spent waiting: stepping the partitions, and
	// reading and writing envelopes.
	ComputeNs, EncodeNs int64

	Sent, SentBytes, Received, ReceivedBytes int64 // messages
}

type shareStatus struct {
	at        atomic.Pointer[Status]
	computing atomic.Bool
}

// NewShare prepares a share. Build makes its partitions.
func NewShare(c ShareConfig) (*Share, error) {
	own := &c.Plan.Shares[c.Self]
	nodes := len(c.Plan.Shares)
	l := lockstep.Default()
	l.Self, l.Peers, l.Epoch, l.Recorder = lockstep.Peer(c.Self), peers(c.Network, c.Plan), c.Epoch, lockstep.Peer(nodes)
	if c.Credit > 0 {
		l.Credit = c.Credit
	}
	for _, p := range own.Sources {
		l.Sources = append(l.Sources, lockstep.Peer(p))
	}
	injected := injects(c.Network, own)
	if injected { // needed for the step itself, the others for the one after
		l.SourceLags = make([]lockstep.Step, len(l.Sources)+1)
		for k := range l.Sources {
			l.SourceLags[k] = l.Lag
		}
		l.Sources = append(l.Sources, ingestPeer(c.Plan))
	}
	for _, p := range own.Consumers {
		l.Consumers, l.Lags = append(l.Consumers, lockstep.Peer(p)), append(l.Lags, 1)
	}
	l.Consumers, l.Lags = append(l.Consumers, l.Recorder), append(l.Lags, 0)
	k, err := newLink(c.Bus, c.Run, l)
	if err != nil {
		return nil, err
	}
	s := &Share{c: c, link: k, schedule: engine.NewSchedule(c.Network), injected: injected}
	s.writer = newWriter(c.Network, engine.ToPlan(c.Network), own, l.Credit+2)
	s.sums = newSums(c.Self, c.Plan.Sums)
	s.heard, s.spikes = make([]kernel.Batch, len(c.Plan.Parts)), make([]*kernel.Batch, len(c.Plan.Parts))
	for i := range s.heard {
		s.spikes[i] = &s.heard[i]
	}
	k.compute, k.send, k.resend, k.pause, k.read, k.late = s.compute, s.send, s.resend, s.flush, readPayload, s.late
	s.status.at.Store(&Status{})
	return s, nil
}

// Build makes the partitions, and only these.
func (s *Share) Build() (err error) {
	own := &s.c.Plan.Shares[s.c.Self]
	var ranges []snn.Range
	for _, p := range s.c.Plan.Parts[own.First : own.First+own.Parts] {
		ranges = append(ranges, p.Range)
	}
	s.engine, err = engine.NewShare(s.c.Network, ranges, own.First, engine.Config{Threads: own.Node.Threads, Built: s.c.Built})
	return err
}

// Listen subscribes to what the others will send. All shares must listen before
// any starts.
func (s *Share) Listen() error {
	for _, from := range s.c.Plan.Shares[s.c.Self].Sources {
		for a, audience := range s.c.Plan.Shares[from].Audiences {
			for _, m := range audience.Members {
				if m != s.c.Self {
					continue
				}
				if err := s.link.listen("spk.%d.%d", from, a); err != nil {
					return err
				}
			}
		}
	}
	if s.injected {
		if err := s.link.listen("inj"); err != nil {
			return err
		}
	}
	if err := s.link.listen("fix.%d", s.c.Self); err != nil {
		return err
	}
	return s.link.listen("ask.%d", s.c.Self)
}

// Run answers and, once started, computes, until ctx is done. The error is that of
// a broken invariant or of the bus; then the share can do no more. A partition that
// fails is no error here: the recorder is told.
func (s *Share) Run(ctx context.Context) error {
	defer s.engine.Close()
	return s.link.loop(ctx)
}

// Close ends a share whose Run is never called.
func (s *Share) Close() {
	s.link.close()
	if s.engine != nil {
		s.engine.Close()
	}
}

// Start lets the share compute.
func (s *Share) Start(ctx context.Context) error {
	var err error
	if late := s.link.do(ctx, func() { err = s.link.handle(lockstep.Event{Kind: lockstep.Started}) }); late != nil {
		return late
	}
	return err
}

// StopAt ends the run after a step, which the share must not have computed yet. The
// last spikes are settled as at the end of a run.
func (s *Share) StopAt(ctx context.Context, last int64) error {
	var err error
	late := s.link.do(ctx, func() {
		if at := s.link.machine.Next(); at > lockstep.Step(last)+1 {
			err = fmt.Errorf("step %d has been computed: the run cannot stop after %d", at-1, last)
			return
		}
		s.stopAt = lockstep.Step(last)
	})
	if late != nil {
		return late
	}
	return err
}

// saving is a step after which the partitions' state is to be copied.
type saving struct {
	after lockstep.Step // 0 for none
	take  func(*engine.Engine) error
	done  func(error)
}

// SaveAfter has take called with the share's engine at the end of a step, before
// anything changes, and done with its error; done is told at once where the step is
// behind. An earlier request that has not come to its step is forgotten.
func (s *Share) SaveAfter(ctx context.Context, step int64, take func(*engine.Engine) error, done func(error)) error {
	return s.link.do(ctx, func() {
		if at := s.link.machine.Next(); at > lockstep.Step(step)+1 {
			done(fmt.Errorf("step %d has been computed: the state after %d is gone", at-1, step))
			return
		}
		s.save = saving{lockstep.Step(step), take, done}
	})
}

// saved copies the state where it is the moment.
func (s *Share) saved() {
	if s.save.after == 0 || s.before.number != s.save.after {
		return
	}
	save := s.save
	s.save = saving{}
	save.done(save.take(s.engine))
}

// Restore puts a state, of which restore hands on the sections and returns where the
// schedule stood, into a share that has been built and not started.
func (s *Share) Restore(ctx context.Context, restore func(use func(state.Section) error) (engine.ScheduleState, error)) error {
	var failed error
	late := s.link.do(ctx, func() {
		failed = s.engine.Restore(func(use func(state.Section) error) error {
			at, err := restore(use)
			if err == nil {
				s.schedule.Restore(at)
			}
			return err
		})
		s.resumed = s.engine.Resumed()
	})
	if late != nil {
		return late
	}
	return failed
}

// Do calls f with the share's engine between two steps.
func (s *Share) Do(ctx context.Context, f func(*engine.Engine)) error {
	return s.link.do(ctx, func() { f(s.engine) })
}

// Status is how far the share is. It may be called at any time.
func (s *Share) Status() Status {
	st := *s.status.at.Load()
	st.Computing = s.status.computing.Load()
	return st
}

func (s *Share) late(e lockstep.Effect) {
	if s.c.Late != nil {
		s.c.Late(int(e.Peer), int64(e.Step), e.WaitedNs)
	}
}
