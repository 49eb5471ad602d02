package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/volley-snn/volley/internal/checkpoint"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/state"
)

// Checkpoints says where and how often a run's state is kept.
type Checkpoints struct {
	Store   checkpoint.Store
	Journal *checkpoint.Journal // that the run's directory writes its rows to

	EveryMs float64       // of biological time; 0 for not by that
	Every   time.Duration // of wall time; 0 for not by that

	// Epoch of the run's plan; 0 where it has but one.
	Epoch int64

	// Resume is what the run goes on from; nil where it begins.
	Resume *checkpoint.Checkpoint

	// Asked, where not nil, is asked after each step whether a checkpoint is wanted
	// now.
	Asked func() bool

	// Stored, where not nil, is told of a checkpoint that is whole, or why there is
	// none; from another goroutine.
	Stored func(*checkpoint.Manifest, error)

	// Files, where not empty, is the run's directory, whose complete files are kept too:
	// it may be lost.
	Files string

	// Allow, where not nil, is asked before a manifest is written: its error is why
	// there may be no further checkpoint of this epoch.
	Allow func(context.Context) error

	Note func(text string) // told what a user should know; one call at a time
}

// Saver is a simulation whose state can be kept and put back.
type Saver interface {
	// SaveSoon chooses the step at whose end the state is kept, for a checkpoint of a
	// number: the one that was advanced last, or a later one.
	SaveSoon(sequence int64) error

	// Saved reports whether the step that was advanced last is the chosen one. The
	// state as of its end has then been copied, or will be before it changes.
	Saved() (bool, error)

	// StoreParts stores the parts of that state, and returns them in the order of
	// partitions. It is called once after Saved has reported it, while the simulation
	// goes on.
	StoreParts(ctx context.Context, s checkpoint.Store, sequence int64) ([]checkpoint.Blob, error)

	// Restore puts the state of a checkpoint into a simulation that has not begun,
	// and hands what surrounds the network to around.
	Restore(ctx context.Context, c *checkpoint.Checkpoint, around func(state.Section) error) error
}

// The kinds of sections of what surrounds a network.
const (
	ofRun      = "run"
	ofObserver = "observer"
)

// runState is what a run is beside its network and its observers.
type runState struct {
	Schedule engine.ScheduleState
	Files    []record.File
	Spent    engine.Spent
}

// keeper takes checkpoints between steps: the state is copied, and a goroutine packs
// and stores the copy while the run goes on. One is under way at a time; where it
// takes longer than the span between two, there are fewer.
type keeper struct {
	*Checkpoints
	o       *outcome
	s       Saver
	n       *kernel.Network
	writer  checkpoint.Writer
	started engine.Clock

	chosen   int64      // number of the checkpoint whose step is awaited; 0 for none
	writing  chan error // of the checkpoint that is being stored; nil where none is
	lastWall time.Time
	next     snn.Tick
	now      snn.Tick
	taken    snn.Tick // of the last checkpoint
}

// keeper prepares the run's checkpoints, and puts the run where it is resumed; nil
// where it keeps none.
func (o *outcome) keeper(ctx context.Context, s engine.Simulation) (*keeper, error) {
	c := o.Checkpoints
	if c == nil {
		return nil, nil
	}
	own, ok := s.(Saver)
	if e, local := s.(*engine.Engine); local {
		own, ok = &saver{e: e}, true
	}
	if !ok {
		return nil, errors.New("checkpoints are not taken of this run")
	}
	k := &keeper{Checkpoints: c, o: o, s: own, n: s.Compiled(), writer: checkpoint.Writer{Store: c.Store, Epoch: c.Epoch}, started: engine.StartClock(), lastWall: time.Now(), taken: -1}
	if c.Resume != nil {
		if err := k.resume(ctx); err != nil {
			return nil, fmt.Errorf("the run cannot go on from checkpoint %d: %w", c.Resume.Sequence, err)
		}
		k.taken = snn.Tick(c.Resume.Tick)
	}
	k.now = s.Now()
	k.plan()
	return k, nil
}

// plan sets the tick of the next checkpoint by biological time.
func (k *keeper) plan() {
	if every := kernel.Ticks(k.EveryMs, k.n.DtMs); every > 0 {
		k.next = (k.now/every + 1) * every
	}
}

// observers are those whose state a checkpoint holds.
func (k *keeper) observers() map[string]engine.Keeper {
	return map[string]engine.Keeper{"recorder": k.o.recorder, "synchrony": k.o.synchrony, "phases": k.o.phases, "findings": k.o.Findings}
}

// order is that of the observers' sections.
var order = []string{"recorder", "synchrony", "phases", "findings"}

// Observe takes a checkpoint where one is due.
func (k *keeper) Observe(m *engine.Moment) error {
	k.now = m.To
	if k.chosen == 0 && k.due() && k.idle(false) {
		k.begin()
	}
	if k.chosen == 0 {
		return nil
	}
	saved, err := k.s.Saved()
	if saved && err == nil {
		err = k.take()
	}
	if err != nil {
		k.chosen = 0
		k.stored(err)
	}
	return nil
}

// due reports whether a checkpoint is to be taken.
func (k *keeper) due() bool {
	return k.next > 0 && k.now >= k.next || k.Every > 0 && time.Since(k.lastWall) >= k.Every || k.Asked != nil && k.Asked()
}

// begin chooses the step of a checkpoint.
func (k *keeper) begin() {
	k.plan()
	k.lastWall = time.Now()
	sequence, err := k.writer.Next(context.Background())
	if err == nil {
		err = k.s.SaveSoon(sequence)
	}
	if err != nil {
		k.stored(err)
		return
	}
	k.chosen = sequence
}

// idle reports whether no checkpoint is being stored; it may wait until none is.
func (k *keeper) idle(wait bool) bool {
	if k.writing == nil {
		return true
	}
	select {
	case err := <-k.writing:
		k.stored(err)
		return true
	default:
	}
	if wait {
		k.stored(<-k.writing)
	}
	return wait
}

func (k *keeper) stored(err error) {
	k.writing = nil
	if err != nil && k.Note != nil {
		k.Note(fmt.Sprintf("no checkpoint was taken, the run goes on: %v", err))
	}
}

// take copies what surrounds the network, and has all stored.
func (k *keeper) take() error {
	sequence := k.chosen
	k.chosen = 0
	own, manifest, err := k.copy()
	if err != nil {
		return err
	}
	manifest.Sequence = sequence
	done := make(chan error, 1)
	k.taken, k.writing = k.now, done
	files := k.o.Dir.Finished()
	go func() {
		err := k.store(context.Background(), manifest, own, files) // a run that is being stopped keeps its last one
		if k.Stored != nil {
			k.Stored(manifest, err)
		}
		done <- err
	}()
	return nil
}

// store makes a checkpoint of what was copied.
func (k *keeper) store(ctx context.Context, m *checkpoint.Manifest, own []state.Section, files []record.File) error {
	first, err := checkpoint.PutPart(ctx, k.Store, m.Sequence, 0, checkpoint.NewPack(own))
	if err != nil {
		return err
	}
	parts, err := k.s.StoreParts(ctx, k.Store, m.Sequence)
	if err != nil {
		return err
	}
	m.Parts = append([]checkpoint.Blob{first}, parts...)
	if k.Files != "" {
		if err := checkpoint.KeepFiles(ctx, k.Store, k.Files, filesOf(files)); err != nil {
			return err
		}
	}
	if k.Allow != nil {
		if err := k.Allow(ctx); err != nil {
			return err
		}
	}
	return k.writer.Commit(ctx, m)
}

// filesOf are files as a store names them.
func filesOf(files []record.File) []checkpoint.Entry {
	all := make([]checkpoint.Entry, len(files))
	for i, f := range files {
		all[i] = checkpoint.Entry{Key: f.Name, Size: f.Bytes}
	}
	return all
}

// copy is the state of what surrounds the network.
func (k *keeper) copy() (own []state.Section, m *checkpoint.Manifest, err error) {
	spent := k.started.Elapsed()
	run := runState{k.o.schedule.State(), k.o.Dir.Finished(), engine.Spent{WallS: k.o.spent.WallS + spent.WallS, CPUS: k.o.spent.CPUS + spent.CPUS}}
	text, err := json.Marshal(run)
	if err != nil {
		return nil, nil, err
	}
	own = append(own, state.Section{Header: state.Header{Kind: ofRun}, Data: text})
	for _, name := range order {
		var w state.Writer
		if err := k.observers()[name].Save(&w); err != nil {
			return nil, nil, err
		}
		own = append(own, state.Section{Header: state.Header{Kind: ofObserver, Of: name}, Data: w.Data})
	}
	if err := k.o.Dir.Sync(); err != nil {
		return nil, nil, err
	}
	segments, err := k.Journal.Segments(context.Background())
	m = &checkpoint.Manifest{Version: k.o.Version, Model: k.n.Model.Digest(), State: k.n.Model.StateDigest(), Tick: int64(k.now), TimeMs: float64(k.now) * k.n.DtMs, Segments: segments}
	return own, m, err
}

// end waits for what is being stored. A run that was interrupted, or has come to its
// end, leaves where it stands as its last checkpoint, where that can still be had.
func (k *keeper) end(stopped error) {
	k.idle(true)
	if _, local := k.s.(*saver); !local || stopped != nil && !errors.Is(stopped, context.Canceled) || k.taken == k.now {
		return
	}
	k.begin()
	_ = k.Observe(&engine.Moment{To: k.now})
	k.idle(true)
}

// resume puts the network, its observers and the run's files where the checkpoint says.
func (k *keeper) resume(ctx context.Context) error {
	var run runState
	missing := len(order) + 1
	err := k.s.Restore(ctx, k.Resume, func(s state.Section) error {
		missing--
		if s.Kind == ofRun {
			return json.Unmarshal(s.Data, &run)
		}
		o := k.observers()[s.Of]
		if o == nil {
			return fmt.Errorf("the state of %q", s.Of)
		}
		r := state.NewReader(s.Data)
		if err := o.Load(r); err != nil {
			return fmt.Errorf("%s: %w", s.Of, err)
		}
		return r.Done()
	})
	if err != nil {
		return err
	}
	if missing != 0 {
		return errors.New("it does not hold all that is known of the run")
	}
	k.o.schedule.Restore(run.Schedule)
	k.o.spent = run.Spent
	if err := k.o.Dir.Restore(run.Files); err != nil {
		return err
	}
	for _, table := range k.o.Dir.Tables() {
		if err := k.Resume.Rows(ctx, table, func(rows []byte) error { return k.o.Dir.Replay(table, rows) }); err != nil {
			return err
		}
	}
	return nil
}
