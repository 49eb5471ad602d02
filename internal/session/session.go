// Package session is what surrounds a simulation from its first step to its files:
// the same for a command line and for a node that coordinates a run.
package session

import (
	"context"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/results"
)

// Config says what becomes of a run.
type Config struct {
	Dir      *record.Dir // must be open; finished or failed when Run returns
	Findings *results.Collector
	Command  []string // the command line that asked for the run
	Version  string   // of volley

	// Checkpoints, where not nil, keeps the run's state; the simulation must be an
	// engine of this process.
	Checkpoints *Checkpoints

	// Injected, where not nil, ends what is injected and says what its journal holds,
	// when the run is over.
	Injected func() (*record.Injected, error)

	// Abandons, where not nil, says of an error whether the run is given up here, to be
	// taken up again from its last checkpoint: then its files are left as they are.
	Abandons func(error) bool

	// Watchers see every moment beside the files' observers, after them.
	Watchers []engine.Observer
}

// Result is what a run came to.
type Result struct {
	Names   []string // of the results, in the model's order
	Summary *record.Summary
}

// outcome is what a run left in its observers.
type outcome struct {
	Config
	recorder    *engine.Recorder
	synchrony   *engine.Synchrony
	phases      *engine.Phases
	signals     *engine.Signals
	snapshots   *engine.Snapshots
	schedule    *engine.Schedule
	before      []record.WeightHistogram
	spent       engine.Spent // before the run was taken up again
	results     map[string]any
	simulate    engine.Spent
	interrupted bool
	weightsHold bool // they may be read
}

// Run simulates a network that is built to its end, or until ctx is done, and writes
// the run's files. What was computed before an error or an interruption is written
// all the same; there is a result then too, unless nothing could be written.
func Run(ctx context.Context, s engine.Simulation, c Config) (*Result, error) {
	o := &outcome{Config: c}
	if err := o.open(s); err != nil {
		return nil, o.fail(err)
	}
	keeper, err := o.keeper(ctx, s)
	if err != nil {
		return nil, o.fail(err)
	}
	start := engine.StartClock()
	observers := append([]engine.Observer{o.recorder, o.synchrony, o.phases, c.Findings, o.signals, o.snapshots}, c.Watchers...)
	if keeper != nil {
		observers = append(observers, keeper)
	}
	stopped := engine.RunFrom(ctx, s, o.schedule, observers...)
	if keeper != nil {
		keeper.end(stopped)
	}
	if stopped != nil && o.abandoned(stopped) {
		return nil, stopped
	}
	if err := s.Settle(); stopped == nil && err != nil {
		if stopped = err; o.abandoned(err) {
			return nil, err
		}
	}
	o.simulate = start.Elapsed()
	o.simulate.WallS += o.spent.WallS
	o.simulate.CPUS += o.spent.CPUS
	return o.finish(s, stopped)
}

// abandoned leaves the run's files as they are where it is given up here.
func (o *outcome) abandoned(err error) bool {
	if o.Abandons == nil || !o.Abandons(err) {
		return false
	}
	o.Dir.Abort()
	return true
}

// fail is the end of a run that did not begin.
func (o *outcome) fail(err error) error {
	if o.abandoned(err) {
		return err
	}
	return o.Dir.Fail(err)
}

// open starts the files.
func (o *outcome) open(s engine.Simulation) (err error) {
	n := s.Compiled()
	o.phases, o.schedule = engine.NewPhases(n), engine.NewSchedule(n)
	if o.recorder, err = engine.NewRecorder(n, o.Dir); err != nil {
		return err
	}
	if o.synchrony, err = engine.NewSynchrony(n, o.Dir); err != nil {
		return err
	}
	if o.signals, err = engine.NewSignals(n, o.Dir); err != nil {
		return err
	}
	if o.snapshots, err = engine.NewSnapshots(s, o.Dir); err != nil {
		return err
	}
	o.before, err = engine.Histograms(s)
	return err
}
