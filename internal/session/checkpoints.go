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

	// Resume is what the run goes on from; nil where it begins.
	Resume *checkpoint.Checkpoint

	Note func(text string) // told what a user should know; one call at a time
}

// saver is a simulation whose state can be copied and put back.
type saver interface {
	Save(into *engine.Saved) error
	Restore(sections func(use func(state.Section) error) error) error
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

// keeper takes checkpoints between steps: it copies the state, and a goroutine packs
// and stores the copy while the run goes on. One is under way at a time; where it
// takes longer than the span between two, there are fewer.
type keeper struct {
	*Checkpoints
	o       *outcome
	s       saver
	n       *kernel.Network
	writer  checkpoint.Writer
	started engine.Clock

	saved    engine.Saved
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
	own, ok := s.(saver)
	if !ok {
		return nil, errors.New("checkpoints are taken of runs in one process")
	}
	k := &keeper{Checkpoints: c, o: o, s: own, n: s.Compiled(), writer: checkpoint.Writer{Store: c.Store}, started: engine.StartClock(), lastWall: time.Now(), taken: -1}
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
	byTick := k.next > 0 && m.To >= k.next
	byWall := k.Every > 0 && time.Since(k.lastWall) >= k.Every
	if !byTick && !byWall || !k.idle(false) {
		return nil
	}
	k.take()
	return nil
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
	if err != nil {
		k.note("no checkpoint was taken, the run goes on: %v", err)
	}
}

func (k *keeper) note(format string, args ...any) {
	if k.Note != nil {
		k.Note(fmt.Sprintf(format, args...))
	}
}

// take copies the run's state and has it stored.
func (k *keeper) take() {
	k.plan()
	k.lastWall = time.Now()
	own, manifest, err := k.copy()
	if err != nil {
		k.note("no checkpoint was taken, the run goes on: %v", err)
		return
	}
	k.taken, k.writing = k.now, make(chan error, 1)
	parts := k.saved.Partitions
	done := k.writing
	go func() {
		packs := []*checkpoint.Pack{checkpoint.NewPack(own)}
		for _, p := range parts {
			packs = append(packs, checkpoint.NewPack(p))
		}
		done <- k.writer.Write(context.Background(), manifest, packs) // a run that is being stopped keeps its last one
	}()
}

// copy is the state of the network, which goes to saved, and of what surrounds it.
func (k *keeper) copy() (own []state.Section, m *checkpoint.Manifest, err error) {
	if err := k.s.Save(&k.saved); err != nil {
		return nil, nil, err
	}
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
// end, leaves where it stands as its last checkpoint.
func (k *keeper) end(stopped error) {
	k.idle(true)
	if (stopped == nil || errors.Is(stopped, context.Canceled)) && k.taken != k.now {
		k.take()
		k.idle(true)
	}
}

// resume puts the network, its observers and the run's files where the checkpoint says.
func (k *keeper) resume(ctx context.Context) error {
	var run runState
	missing := len(order) + 1
	err := k.s.Restore(func(use func(state.Section) error) error {
		return k.Resume.Sections(ctx, func(s state.Section) error {
			switch s.Kind {
			case ofRun:
				missing--
				return json.Unmarshal(s.Data, &run)
			case ofObserver:
				o := k.observers()[s.Of]
				if o == nil {
					return fmt.Errorf("the state of %q", s.Of)
				}
				missing--
				r := state.NewReader(s.Data)
				if err := o.Load(r); err != nil {
					return fmt.Errorf("%s: %w", s.Of, err)
				}
				return r.Done()
			}
			return use(s)
		})
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
