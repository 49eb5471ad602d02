package actors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn/kernel"
)

// host looks after a node's share of a run: it lets it be built and stepped, answers
// for it, and ends it when nobody asks for it any more.
type host struct {
	c       Config
	parent  *actor.PID
	prepare *control.Prepare
	bundle  *Bundle
	left    int64       // bytes of memory that the share may take; 0 is not known
	shelf   *shelf      // where the run's state is kept; nil for nowhere
	leaving func() bool // the node wants to hand the share over

	self    *actor.PID
	root    *actor.RootContext
	ctx     context.Context
	cancel  context.CancelFunc
	working chan struct{} // closed when what was started last has ended

	network  *kernel.Network
	plan     *partition.Plan
	place    int // in the plan
	share    *exchange.Share
	made     *exchange.Share // by the goroutine that builds; read when that has ended
	building *control.Building
	state    control.State
	failure  error

	streams map[weightsKey]*weightStream
	keeps   keeps
	heard   time.Time // when the coordinator asked last
	owner   owned     // who coordinates the run
	search  search    // for it, where it is silent
}

// weightsKey is what a stream of weights is of.
type weightsKey struct {
	partition  int32
	projection string
}

const (
	// silence is how long a coordinator may say nothing before its run is let go.
	silence = 30 * time.Second
	// patience is how long a host waits for weights before it says that they are
	// not there yet.
	patience = 100 * time.Millisecond
	// pulse is how often a host looks at the clock and says how it is.
	pulse = time.Second
)

// What a host's goroutines tell it.
type (
	builtShare struct {
		network *kernel.Network
		plan    *partition.Plan
		place   int
		share   *exchange.Share
		bytes   int64
		err     error
	}
	buildingShare struct{ synapses, of int64 }
	endedShare    struct{ err error }
	beat          struct{}
)

func newHost(c Config, parent *actor.PID, m *control.Prepare, b *Bundle, left int64, leaving func() bool) *host {
	h := &host{c: c, parent: parent, prepare: m, bundle: b, left: left, leaving: leaving, shelf: newShelf(c.Store, m.Run), state: control.State_STATE_PREPARING,
		building: &control.Building{}, streams: map[weightsKey]*weightStream{}, heard: time.Now()}
	h.owner = owned{m.Run, m.Coordinator, m.GetPlan().GetEpoch()}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

// Receive implements actor.Actor.
func (h *host) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		h.self, h.root = c.Self(), c.ActorSystem().Root
		h.work(h.build)
		h.beat()
	case *actor.Stopping:
		h.end()
	case *actor.Stopped:
		h.root.Send(h.parent, &shareChanged{run: h.prepare.Run})
	case *control.Request:
		c.Respond(h.answer(m))
	case *buildingShare:
		h.building = &control.Building{Synapses: m.synapses, Of: m.of}
	case *builtShare:
		h.built(m)
	case *endedShare:
		h.ended(m.err)
	case *savedShare:
		h.savedShare(m)
	case *restoredShare:
		h.restoredShare(m)
	case *lookAgain:
		if h.search.gone > 0 {
			h.look()
		}
	case *searched:
		h.searched(m)
	case *owned:
		h.owned(m)
	case *beat:
		if quiet := time.Since(h.heard); quiet > silence {
			h.c.Log.Warn("a run's coordinator is silent, its share is let go", "run", h.prepare.Run, "silent", quiet)
			c.Stop(h.self)
			return
		} else if quiet > unheard {
			h.look()
		}
		h.tell()
		h.beat()
	}
}

// beat lets a beat come.
func (h *host) beat() {
	time.AfterFunc(pulse, func() { h.root.Send(h.self, &beat{}) })
}

// work runs a goroutine of the host's, one at a time. A panic is its error.
func (h *host) work(job func() any) {
	ended := make(chan struct{})
	h.working = ended
	go func() {
		defer close(ended)
		h.root.Send(h.self, job())
	}()
}

// end stops what is under way and waits for it.
func (h *host) end() {
	for _, s := range h.streams {
		s.stop()
	}
	h.cancel()
	<-h.working
	if h.share == nil && h.made != nil {
		h.made.Close() // it was built in vain
	}
}

func (h *host) answer(r *control.Request) *control.Reply {
	if of := epochOf(r); of != h.epoch() {
		return refusal(refuse(control.Kind_KIND_STALE_EPOCH, "run %s has epoch %d here, and epoch %d asks", h.prepare.Run, h.epoch(), of))
	}
	h.heard, h.search = time.Now(), search{}
	switch b := r.Body.(type) {
	case *control.Request_Prepare:
		return h.prepared(b.Prepare)
	case *control.Request_Start:
		return h.start(b.Start)
	case *control.Request_Stop:
		if h.share != nil {
			if err := h.share.StopAt(h.ctx, b.Stop.AfterStep); err != nil {
				return refusal(err)
			}
		}
		return done()
	case *control.Request_Report:
		return h.report(b.Report.Account)
	case *control.Request_Weights:
		return h.weights(b.Weights)
	case *control.Request_Save:
		return h.save(b.Save)
	case *control.Request_Restore:
		return h.restore(b.Restore)
	}
	return refusal(refuse(control.Kind_KIND_MALFORMED, "a host does not know this request"))
}

// epoch is that of the share's plan.
func (h *host) epoch() uint64 { return h.prepare.GetPlan().GetEpoch() }

// epochOf is the epoch that a request to a host is of.
func epochOf(r *control.Request) uint64 {
	switch b := r.Body.(type) {
	case *control.Request_Prepare:
		return b.Prepare.GetPlan().GetEpoch()
	case *control.Request_Start:
		return b.Start.Epoch
	case *control.Request_Stop:
		return b.Stop.Epoch
	case *control.Request_Report:
		return b.Report.Epoch
	case *control.Request_Weights:
		return b.Weights.Epoch
	case *control.Request_Save:
		return b.Save.Epoch
	case *control.Request_Restore:
		return b.Restore.Epoch
	}
	return 0
}

// prepared says how far building is.
func (h *host) prepared(*control.Prepare) *control.Reply {
	if h.failure != nil {
		return refusal(h.failure)
	}
	return &control.Reply{Body: &control.Reply_Building{Building: h.building}}
}

// build compiles the model, checks the plan, and builds the share.
func (h *host) build() (told any) {
	b := &builtShare{}
	defer func() {
		if p := recover(); p != nil {
			b.err = fmt.Errorf("the share of run %s could not be built: %v", h.prepare.Run, p)
		}
		told = b
	}()
	if b.err = h.seesStore(h.ctx); b.err != nil {
		return b
	}
	if b.network, b.err = h.bundle.Open(); b.err != nil {
		b.err = refuse(control.Kind_KIND_MODEL, "%v", b.err)
		return b
	}
	if b.plan, b.place, b.err = planOf(b.network, h.prepare.Plan, h.c.Name); b.err != nil {
		return b
	}
	own := &b.plan.Shares[b.place]
	b.bytes = int64(own.Bytes)
	if h.left > 0 && b.bytes > h.left {
		b.err = refuse(control.Kind_KIND_MEMORY, "its share of run %s takes about %s of memory, and it has %s left for partitions: more nodes or larger ones are expected",
			h.prepare.Run, sizeText(b.bytes), sizeText(h.left))
		return b
	}
	of := int64(0)
	for _, p := range b.network.Estimate(1).Projections {
		of += p.Synapses
	}
	of = of * int64(own.Range.Len()) / int64(max(b.network.Size(), 1))
	b.share, b.err = exchange.NewShare(exchange.ShareConfig{Network: b.network, Plan: b.plan, Self: b.place, Bus: h.c.Bus,
		Run: h.prepare.Run, Epoch: h.prepare.Plan.Epoch,
		Built: func(synapses int64) { h.root.Send(h.self, &buildingShare{synapses, of}) }})
	if b.err == nil {
		b.err = b.share.Build()
	}
	if b.err == nil {
		b.err = b.share.Listen()
	}
	if b.err != nil && b.share != nil {
		b.share.Close()
		b.share = nil
	}
	h.made = b.share
	return b
}

// draining reports whether the node wants to hand its share over.
func (h *host) draining() bool { return h.shelf != nil && h.leaving() }

func (h *host) built(b *builtShare) {
	if b.err != nil {
		h.failure, h.state = b.err, control.State_STATE_FAILED
		h.c.Log.Error("a share could not be built", "run", h.prepare.Run, "error", b.err)
		h.tell()
		return
	}
	h.network, h.plan, h.place, h.share = b.network, b.plan, b.place, b.share
	h.work(func() any { return &endedShare{h.run()} }) // listens from now on
	h.building = &control.Building{Synapses: h.building.Synapses, Of: h.building.Of, Built: true, Bytes: b.bytes}
	h.tell()
}

// start lets the share step; a second one changes nothing.
func (h *host) start(m *control.Start) *control.Reply {
	switch {
	case h.failure != nil:
		return refusal(h.failure)
	case h.share == nil:
		return refusal(refuse(control.Kind_KIND_BUSY, "the share of run %s is not built yet", m.Run))
	case h.state == control.State_STATE_PREPARING:
		h.state = control.State_STATE_RUNNING
		if err := h.share.Start(h.ctx); err != nil {
			return refusal(err)
		}
		h.tell()
	}
	return done()
}

// run steps the share; a panic is its error.
func (h *host) run() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the share of run %s broke down: %v", h.prepare.Run, p)
		}
	}()
	return h.share.Run(h.ctx)
}

func (h *host) ended(err error) {
	h.state = control.State_STATE_DONE
	if err != nil && !errors.Is(err, context.Canceled) {
		h.failure, h.state = err, control.State_STATE_FAILED
		h.c.Log.Error("a share failed", "run", h.prepare.Run, "error", err)
	}
	h.tell()
}

func (h *host) weights(m *control.Weights) *control.Reply {
	if h.share == nil {
		return refusal(refuse(control.Kind_KIND_BUSY, "the share of run %s is not built", m.Run))
	}
	var projection *kernel.Projection
	for _, p := range h.network.Projections {
		if p.Name == m.Projection {
			projection = p
		}
	}
	if projection == nil {
		return refusal(refuse(control.Kind_KIND_MALFORMED, "run %s has no projection %q", m.Run, m.Projection))
	}
	own := &h.plan.Shares[h.place]
	at := int(m.Partition) - own.First
	if at < 0 || at >= own.Parts {
		return refusal(refuse(control.Kind_KIND_MALFORMED, "partition %d of run %s is not here", m.Partition, m.Run))
	}
	key := weightsKey{m.Partition, m.Projection}
	s := h.streams[key]
	if s == nil || m.Offset == 0 && (s.tick != m.Tick || s.last.GetLast() || s.at > 0) {
		if s != nil {
			s.stop()
		}
		s = newWeightStream(m.Tick, func(yield func(int, []uint32, []float64)) {
			_ = h.share.Do(h.ctx, func(e *engine.Engine) { e.Partitions[at].Weights(projection, yield) })
		})
		h.streams[key] = s
	}
	chunk, err := s.chunk(m.Offset, patience)
	switch {
	case err != nil:
		return refusal(err)
	case chunk == nil:
		return refusal(refuse(control.Kind_KIND_BUSY, "the weights of run %s are not at hand yet", m.Run))
	}
	return &control.Reply{Body: &control.Reply_Chunk{Chunk: chunk}}
}

// tell tells the node how its share is.
func (h *host) tell() {
	st := &control.RunStatus{Run: h.prepare.Run, State: h.state, Epoch: h.epoch()}
	if h.failure != nil {
		st.Failure = refused(h.failure)
	}
	if h.share != nil {
		st.Load = loadOf(h.share.Status())
	}
	h.root.Send(h.parent, &shareChanged{h.prepare.Run, st, h.building.Bytes})
}
