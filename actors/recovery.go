package actors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/volley-snn/volley/internal/checkpoint"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/session"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn"
)

// moved is why a run begins a new epoch though no node of it is lost.
type moved struct{ why string }

func (m *moved) Error() string { return m.why }

// errHandedOver is that another node has been given the run to coordinate.
var errHandedOver = errors.New("the run was handed over")

// errCutOff is that a node cannot take a run over, since it reaches nobody.
var errCutOff = errors.New("this node reaches no other over the bus")

// elsewhere reports whether a run that is over here may go on with another node.
func elsewhere(err error) bool {
	return errors.Is(err, errFenced) || errors.Is(err, errHandedOver) || errors.Is(err, errCutOff)
}

const (
	// minorityWaits is how much longer a node waits before it takes a run over that
	// sees less than half of the run's nodes.
	minorityWaits = 4 * time.Second
	// mostInVain is how many epochs in a row may end before any of them has brought
	// the run further.
	mostInVain = 12
	// waitForNodes is how long a run that is kept waits for nodes that it can go on with.
	waitForNodes = 2 * time.Minute
	// defaultCheckpointEvery is how often the state of a run is kept, where nobody says.
	defaultCheckpointEvery = 30 * time.Second
)

// recovers reports whether a run can go on in a new epoch after an error. Where nothing
// is kept it ends, with the files of what was computed.
func (k *conductor) recovers(err error) bool {
	var m *moved
	var r *Refusal
	switch {
	case k.shelf == nil:
		return false
	case errors.Is(err, errFenced), errors.Is(err, errHandedOver), errors.As(err, &m):
		return true // here, or with the coordinator that has it now
	case errors.As(err, &r):
		switch r.Kind {
		case control.Kind_KIND_NODE_LOST, control.Kind_KIND_TIMEOUT, control.Kind_KIND_UNKNOWN_RUN, control.Kind_KIND_STALE_EPOCH:
			return true
		case control.Kind_KIND_STORE:
			return k.epoch > 1
		}
	}
	return false
}

// goesOn says why the run goes on after an epoch, or nothing where it is over.
func (k *conductor) goesOn(ctx context.Context, err error) string {
	if err == nil || ctx.Err() != nil || !k.recovers(err) || errors.Is(err, errFenced) {
		return ""
	}
	var r *Refusal
	if errors.As(err, &r) && r.Kind == control.Kind_KIND_STALE_EPOCH {
		return ""
	}
	if k.lost = ""; r != nil && r.Kind == control.Kind_KIND_NODE_LOST {
		k.lost = r.Node
	}
	switch {
	case k.moves.inVain() > mostInVain:
		return ""
	case errors.Is(err, errHandedOver):
		if k.handOver(ctx) {
			return ""
		}
		return "no other node takes the run over"
	}
	return err.Error()
}

// reaches checks, before a run is taken over, that this node is on the bus; where it
// sees but few of the run's nodes, it lets those who see more go first.
func (k *conductor) reaches(ctx context.Context) error {
	caller := k.caller.Without(k.lost)
	all, err := caller.Nodes(ctx)
	if err != nil || !slices.ContainsFunc(all, func(r *control.Reply) bool { return r.Node == k.c.Name }) {
		return errCutOff
	}
	if k.of > 0 && 2*len(all) < k.of {
		return pause(ctx, minorityWaits)
	}
	return nil
}

// owner is who has begun the run's latest epoch.
func (k *conductor) owner() owned {
	o := owned{run: k.run}
	ctx, cancel := context.WithTimeout(context.Background(), CallTimeout)
	defer cancel()
	latest, err := k.shelf.latest(ctx)
	if err != nil || latest == 0 {
		return o
	}
	var r epochRecord
	if data, err := k.shelf.read(ctx, epochKey(latest)); err == nil && json.Unmarshal(data, &r) == nil {
		o.coordinator, o.epoch = r.Coordinator, r.Epoch
	}
	return o
}

// handOver gives the run to another node of its plan to coordinate.
func (k *conductor) handOver(ctx context.Context) bool {
	for _, n := range k.nodes {
		if n.Name == k.c.Name {
			continue
		}
		_, err := k.caller.Call(ctx, n.Name, &control.Request{Body: &control.Request_TakeOver{TakeOver: &control.TakeOver{Run: k.run, Epoch: k.epoch}}})
		if err == nil {
			return true
		}
		k.c.Log.Warn("a run was not taken over", "run", k.run, "node", n.Name, "error", err)
	}
	return false
}

// planned makes a plan; where a run that goes on has no nodes that it fits on, it
// waits for some.
func (k *conductor) planned(ctx context.Context) error {
	for began := time.Now(); ; {
		err := k.makePlan(ctx)
		var r *Refusal
		if err == nil || k.epoch == 1 || !errors.As(err, &r) || r.Kind != control.Kind_KIND_MEMORY && r.Kind != control.Kind_KIND_NODE_LOST || time.Since(began) > waitForNodes {
			return err
		}
		k.change(func(st *control.RunStatus) { st.Note = "the run waits for nodes: " + err.Error() })
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

// begin begins an epoch: from now on nobody else's counts. Shares of the one before
// are given back.
func (k *conductor) begin(ctx context.Context, why string) error {
	before := k.epoch
	k.balance.prepare()
	if k.shelf == nil {
		k.epoch++
	} else {
		record, err := k.shelf.claim(ctx, before, k.c.Name, why)
		if errors.Is(err, errFenced) {
			return err
		} else if err != nil {
			return refuse(control.Kind_KIND_STORE, "the run cannot be kept in the store: %v", err)
		}
		k.record = record
		k.epoch++
	}
	k.change(func(st *control.RunStatus) { st.Epoch = k.epoch })
	if len(k.nodes) > 0 {
		k.release(before, attemptTimeout)
	}
	return nil
}

// keeps prepares the checkpoints of an epoch, and finds the one that it goes on from;
// nil where nothing is kept.
func (k *conductor) keeps(ctx context.Context) (*session.Checkpoints, error) {
	if k.shelf == nil {
		k.moves.from(0)
		return nil, nil
	}
	c := &session.Checkpoints{Store: k.shelf, Epoch: int64(k.epoch), EveryMs: float64(k.submit.CheckpointTicks) * k.network.DtMs,
		Every: time.Duration(k.submit.CheckpointMs) * time.Millisecond, Asked: func() bool { return k.wanted.Swap(false) }, Note: func(text string) { k.c.Log.Warn(text, "run", k.run) }}
	if c.EveryMs == 0 && c.Every == 0 {
		c.Every = defaultCheckpointEvery
	}
	c.Files = k.dir
	c.Allow = func(ctx context.Context) error { return k.shelf.owns(ctx, k.epoch) }
	c.Stored = func(m *checkpoint.Manifest, err error) {
		if err == nil {
			k.change(func(st *control.RunStatus) { st.CheckpointMs = m.TimeMs })
		}
		k.moves.stored(err)
	}
	found, refused, err := checkpoint.Latest(ctx, k.shelf)
	for _, why := range refused {
		k.c.Log.Warn("a checkpoint is not used", "run", k.run, "why", why)
	}
	switch {
	case err == nil:
		c.Resume = found
	case errors.Is(err, checkpoint.ErrNone):
	case ctx.Err() != nil:
		return nil, ctx.Err()
	default:
		k.c.Log.Warn("the run begins anew", "run", k.run, "why", err)
	}
	tick := int64(0)
	if c.Resume != nil {
		tick = c.Resume.Tick
	}
	k.moves.from(tick)
	return c, nil
}

// resumed is the tick that an epoch begins after.
func resumed(c *session.Checkpoints) snn.Tick {
	if c == nil || c.Resume == nil {
		return 0
	}
	return snn.Tick(c.Resume.Tick)
}

// create makes the run's directory, or goes on with it.
func (k *conductor) create(ctx context.Context, c *session.Checkpoints) (*record.Dir, error) {
	o := record.Options{Format: record.Format(k.submit.Format), MaxBytes: k.submit.MaxOutputBytes, Called: "run " + k.run, KeepInjected: true}
	if c != nil {
		o.Resume = c.Resume != nil
		o.Journal = func(table string, rows []byte) error {
			_ = c.Journal.Append(context.Background(), table, rows) // the next checkpoint tells
			return nil
		}
	}
	k.created = true
	dir, err := record.Create(k.dir, o)
	if err != nil || c == nil {
		return dir, err
	}
	var segments []checkpoint.Blob
	if c.Resume != nil {
		segments = c.Resume.Segments
		if err := checkpoint.FetchFiles(ctx, k.shelf, k.dir); err != nil {
			return nil, dir.Fail(err)
		}
	}
	if c.Journal, err = checkpoint.NewJournal(ctx, k.shelf, segments, int64(k.epoch)); err != nil {
		return nil, dir.Fail(err)
	}
	return dir, nil
}

// note says what happened to the run, to people.
func (k *conductor) note(state control.State, text string) {
	k.c.Log.Warn("the run goes on in a new epoch", "run", k.run, "epoch", k.epoch+1, "why", text)
	k.change(func(st *control.RunStatus) { st.State, st.Note = state, text })
}

// moves lets a run begin a new epoch at its next checkpoint.
type moves struct {
	mutex sync.Mutex
	why   error // that is waited for
	fail  func(error)

	vain  int   // epochs without a further checkpoint or end
	start int64 // tick that the epoch began from
}

func (m *moves) begin(fail func(error)) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.fail = fail
}

func (m *moves) end() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.fail, m.why = nil, nil
}

// ask wants a new epoch; it reports whether that is new.
func (m *moves) ask(why error) bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.why != nil || m.fail == nil {
		return false
	}
	m.why = why
	return true
}

// stored lets the epoch end where that is wanted; where no checkpoint could be had,
// it goes on, and may be asked again.
func (m *moves) stored(err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.why == nil || m.fail == nil {
		return
	}
	if err == nil {
		m.fail(m.why)
	}
	m.why = nil
}

// from is told where an epoch begins.
func (m *moves) from(tick int64) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if tick > m.start {
		m.start, m.vain = tick, 0
	}
	m.vain++
}

func (m *moves) inVain() int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.vain
}

// move lets the run begin a new epoch once its state is kept.
func (k *conductor) move(format string, args ...any) {
	if k.shelf == nil || !k.moves.ask(&moved{fmt.Sprintf(format, args...)}) {
		return
	}
	k.wanted.Store(true)
}

// leave lets the run be coordinated by another node, once its state is kept.
func (k *conductor) leave() {
	k.leaving.Store(true)
	if k.shelf != nil && k.moves.ask(errHandedOver) {
		k.wanted.Store(true)
	}
}
