package exchange

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/lockstep"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/injection"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// IngestConfig says which run spikes are injected into.
type IngestConfig struct {
	Network *kernel.Network
	Plan    *partition.Plan

	Bus   bus.Bus
	Run   string
	Epoch uint64

	// Journal keeps what is injected before it counts.
	Journal *injection.Journal

	// Replay, where not nil, is where all spikes come from: clients are not heard.
	Replay *injection.Reader

	// Pace is the most biological time that goes by in a time; 0 for no limit.
	// With 1, spikes that ask for no tick get that of the moment they come.
	Pace float64
}

// Ingest is the peer of a run that speaks for what is outside: it closes step after
// step, and says what is injected in each, silent or not, to the nodes that hold
// injected populations. It is one step ahead of them at least where they do not wait
// for it, and ingestCredit at most.
type Ingest struct {
	c    IngestConfig
	link *link
	*supply

	schedule *engine.Schedule
	now      snn.Tick      // up to which steps are closed in this epoch
	under    lockstep.Step // being closed
	queue    []*injected   // closed, not sent
	replies  []*injection.Reply
	buffer   []byte
	over     chan struct{} // closed when the loop has ended
}

// supply is what outlives epochs.
type supply struct {
	intake   *injection.Intake
	clients  bus.Subscription
	kept     *injection.Reader // of the journal, for ticks that an epoch before has closed
	closed   snn.Tick          // up to which steps have been closed in any epoch
	failed   error
	finished bool                      // no further step is closed
	origin   atomic.Pointer[time.Time] // when tick 0 was, by a clock that nobody sets; nil where nothing paces
	slipped  atomic.Int64              // ns by which the run is later than it was meant to be
}

// injected is what is injected in a step.
type injected struct {
	step lockstep.Step
	body []byte
}

// ingestCredit is how many steps are closed ahead of the slowest node: twice as many
// as a node takes before it says so. Fewer let nodes wait, more let clients.
const ingestCredit = 8

// slack is the biological time by which a paced run may be late and still catch up:
// meanwhile spikes keep their distances, and wait.
const slack = 200 * time.Millisecond

// NewIngest prepares a run's ingest. The network has injected populations.
func NewIngest(c IngestConfig) (*Ingest, error) {
	return newIngest(c, &supply{intake: injection.NewIntake(c.Network, 0)}, 1, 0)
}

// ResumeIngest is the ingest of a run whose ingest is lost, and its journal is not:
// what that holds is said again, and what clients send comes after it, and after the
// tick that the first step begins after.
func ResumeIngest(c IngestConfig, step int64, tick snn.Tick) (*Ingest, error) {
	s := &supply{closed: max(c.Journal.Kept().Last, tick)}
	s.intake = injection.NewIntake(c.Network, s.closed)
	var err error
	if s.kept, err = c.Journal.Reader(c.Network); err != nil {
		return nil, err
	}
	return newIngest(c, s, lockstep.Step(step), tick)
}

// Succeed is the ingest of a later epoch, which begins with a step after a tick. This
// one's Run has returned. What it has said of ticks after that one the new one says
// again: it is read from the journal.
func (g *Ingest) Succeed(plan *partition.Plan, epoch uint64, step int64, tick snn.Tick) (*Ingest, error) {
	c := g.c
	c.Plan, c.Epoch = plan, epoch
	if err := c.Journal.Sync(); err != nil {
		return nil, err
	}
	var err error
	if g.kept, err = c.Journal.Reader(c.Network); err != nil {
		return nil, err
	}
	return newIngest(c, g.supply, lockstep.Step(step), tick)
}

func newIngest(c IngestConfig, s *supply, first lockstep.Step, tick snn.Tick) (*Ingest, error) {
	l := lockstep.Default()
	l.Self, l.Peers, l.Epoch = ingestPeer(c.Plan), peers(c.Network, c.Plan), c.Epoch
	l.Lag, l.First, l.Credit = 0, first, ingestCredit
	for k := range c.Plan.Shares {
		if injects(c.Network, &c.Plan.Shares[k]) {
			l.Consumers, l.Lags = append(l.Consumers, lockstep.Peer(k)), append(l.Lags, 0)
		}
	}
	k, err := newLink(c.Bus, c.Run, l)
	if err != nil {
		return nil, err
	}
	g := &Ingest{c: c, link: k, supply: s, schedule: engine.NewSchedule(c.Network), now: tick, over: make(chan struct{})}
	k.compute, k.send, k.resend, k.after = g.compute, g.send, g.resend, g.publish
	k.late = func(lockstep.Effect) {} // the recorder says who is late
	return g, nil
}

// ingestPeer is the place of a run's ingest among its peers: after the recorder.
func ingestPeer(p *partition.Plan) lockstep.Peer { return lockstep.Peer(len(p.Shares) + 1) }

// peers is how many peers a run has: nodes, the recorder, and where spikes are
// injected the ingest.
func peers(n *kernel.Network, p *partition.Plan) int {
	if len(n.Injected()) > 0 {
		return len(p.Shares) + 2
	}
	return len(p.Shares) + 1
}

// injects reports whether a node has neurons that spikes are injected into.
func injects(n *kernel.Network, s *partition.Share) bool {
	for _, p := range n.Injected() {
		if p.Range.Intersect(s.Range).Len() > 0 {
			return true
		}
	}
	return false
}

// Listen subscribes to the nodes, and to clients unless a journal is replayed.
func (g *Ingest) Listen() error {
	if err := g.link.listen("ask.%d", ingestPeer(g.c.Plan)); err != nil {
		return err
	}
	if g.clients != nil || g.c.Replay != nil {
		return nil
	}
	var err error
	g.clients, err = g.c.Bus.Subscribe(g.link.subject("in.*"), func(m bus.Message) {
		population := m.Subject[strings.LastIndexByte(m.Subject, '.')+1:]
		g.reply(g.intake.Add(population, m.Data, m.Reply, g.tickOf(time.Now())))
	})
	if err != nil {
		g.link.close()
	}
	return err
}

// reply answers a client. One that is lost is as if it had not been asked for.
func (g *Ingest) reply(r *injection.Reply) {
	if r != nil {
		_ = g.c.Bus.Publish(r.To, r.Data)
	}
}

// Run closes steps, once started, until ctx is done. The error is that of the
// journal, of the bus or of a broken invariant: then the run cannot go on.
func (g *Ingest) Run(ctx context.Context) error {
	defer close(g.over)
	return g.link.loop(ctx)
}

// Start lets the ingest close steps.
func (g *Ingest) Start(ctx context.Context) error {
	var err error
	if late := g.link.do(ctx, func() { err = g.link.handle(lockstep.Event{Kind: lockstep.Started}) }); late != nil {
		return late
	}
	return err
}

// Close lets clients be heard no more. The run goes on with another ingest, or not at
// all; Run has returned, or is never called.
func (g *Ingest) Close() {
	if g.clients != nil {
		_ = g.clients.Unsubscribe()
	}
}

// Counts is what has become of what clients sent. It may be called at any time.
func (g *Ingest) Counts() injection.Counts { return g.intake.Counts() }

// Slipped is by how much a paced run is later than it was meant to be, beyond what it
// can catch up.
func (g *Ingest) Slipped() time.Duration { return time.Duration(g.slipped.Load()) }

// Finish ends the injection of a run that is over, and its journal, whose digest it
// returns. Run may go on: no further step is closed. Twice is no error.
func (g *Ingest) Finish(ctx context.Context) (digest string, err error) {
	done := make(chan struct{})
	select {
	case g.link.calls <- func() { digest, err = g.finish(); close(done) }:
	case <-g.over:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case <-done:
		return digest, err
	case <-g.over: // with its calls or without
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return g.finish()
}

func (g *Ingest) finish() (digest string, err error) {
	g.finished = true
	g.Close()
	for _, r := range g.intake.Close() {
		g.reply(r)
	}
	digest, err = g.c.Journal.Close()
	return digest, errors.Join(g.failed, err)
}

// compute closes a step, when it is time.
func (g *Ingest) compute(f *lockstep.Effect) {
	g.under = f.Step
	step, wait := f.Step, g.wait()
	if wait <= 0 {
		if payload, last, ok := g.close(step); ok {
			g.link.done(step, payload, false, last)
		}
		return
	}
	time.AfterFunc(wait, func() {
		closing := func() {
			if payload, last, ok := g.close(step); ok && g.failed == nil {
				g.failed = g.link.handle(lockstep.Event{Kind: lockstep.Computed, Step: step, Payload: payload, Last: last})
			}
		}
		select {
		case g.link.calls <- closing:
		case <-g.over:
		}
	})
}

// close says what is injected in the next step. ok is false where the journal failed,
// or the run is over.
func (g *Ingest) close(step lockstep.Step) (payload *injected, last, ok bool) {
	if g.finished {
		return nil, false, false
	}
	e := messages.Envelope{FirstTick: int64(g.now)}
	to, _, more := g.schedule.Next(g.now)
	if more {
		b, err := g.spikes(g.now, to)
		if err != nil {
			g.failed = err
			return nil, false, false
		}
		e.Ticks = int64(to - g.now)
		if b != nil && len(b.GIDs) > 0 {
			e.Batches = []messages.Batch{{Spikes: messages.AppendSpikes(nil, b.Offsets, b.GIDs)}}
		}
		g.now, g.closed = to, max(g.closed, to)
	}
	return &injected{step, e.Append(nil)}, !more, true
}

// spikes is what is injected in the ticks (from, to]: what it was, where an epoch
// before has closed them.
func (g *Ingest) spikes(from, to snn.Tick) (*kernel.Batch, error) {
	if g.c.Replay != nil {
		b, err := g.c.Replay.Spikes(from, to)
		if err == nil && b != nil && from >= g.closed {
			err = g.c.Journal.Append(b)
		}
		return b, err
	}
	between := min(max(from, g.closed), to)
	var was *kernel.Batch
	if between > from {
		var err error
		if was, err = g.kept.Spikes(from, between); err != nil || between == to {
			return was, err
		}
	}
	b, replies := g.intake.Take(between, to)
	g.replies = append(g.replies, replies...)
	if err := g.c.Journal.Append(b); err != nil {
		return nil, err
	}
	return joined(was, b, from), nil
}

// joined is the spikes of a step of which an epoch before has closed the first ticks.
func joined(was, b *kernel.Batch, from snn.Tick) *kernel.Batch {
	if b.From == from || len(b.GIDs) == 0 && was == nil {
		return b
	}
	all := &kernel.Batch{From: from, Offsets: []uint32{0}}
	for t := from + 1; t <= b.From; t++ {
		if was != nil {
			all.GIDs = append(all.GIDs, was.At(int(t-from-1))...)
		}
		all.Offsets = append(all.Offsets, uint32(len(all.GIDs)))
	}
	for k := range b.Ticks() {
		all.GIDs = append(all.GIDs, b.At(k)...)
		all.Offsets = append(all.Offsets, uint32(len(all.GIDs)))
	}
	return all
}

// send lets a closed step wait until what is injected in it is kept.
func (g *Ingest) send(_ lockstep.Step, payload any) error {
	g.queue = append(g.queue, payload.(*injected))
	return nil
}

// publish makes durable what has been closed, and then says it: several steps at
// once, so that a disk that is slower than the nodes does not keep them from running.
func (g *Ingest) publish() error {
	if g.failed == nil && g.c.Journal.Dirty() {
		g.failed = g.c.Journal.Sync()
	}
	if g.failed != nil || len(g.queue) == 0 {
		return g.failed
	}
	subject := g.link.subject("inj")
	flush := func() error {
		if len(g.buffer) == 0 {
			return nil
		}
		err := g.link.put(subject, g.buffer)
		g.buffer = g.buffer[:0]
		return err
	}
	for _, o := range g.queue {
		header := g.link.header(messages.EnvelopeFrame, o.step)
		if len(g.buffer)+len(o.body) <= messages.MaxBody {
			g.buffer = messages.AppendFrame(g.buffer, header, o.body)
			continue
		}
		if err := errors.Join(flush(), g.link.publish(subject, header, o.body)); err != nil {
			return err
		}
	}
	clear(g.queue)
	g.queue = g.queue[:0]
	for _, r := range g.replies {
		g.reply(r)
	}
	g.replies = g.replies[:0]
	return flush()
}

// resend says a step to one node again.
func (g *Ingest) resend(to lockstep.Peer, payload any) error {
	if err := g.publish(); err != nil { // nothing is said that is not kept
		return err
	}
	o := payload.(*injected)
	return g.link.publish(g.link.subject("fix.%d", to), g.link.header(messages.EnvelopeFrame, o.step), o.body)
}
