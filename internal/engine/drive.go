package engine

import (
	"context"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// Moment is what one step of a run brought: the ticks (From, To].
type Moment struct {
	From, To   snn.Tick
	Outputs    []kernel.Output    // in partition order
	Aggregates []kernel.Aggregate // of windows that ended at From or, where nothing learns from them, up to To

	Trial  *kernel.Trial // under way; nil without a protocol
	Ended  bool          // the trial ended with this step
	Counts bool          // and it is not shown again
	Done   float64       // share of the run that is behind
}

// Observer sees the moments of a run, in order. What a moment points to is valid
// during the call.
type Observer interface {
	Observe(m *Moment) error
}

// Run simulates to the network's end and shows each step to the observers. It stops
// early, between two steps, when ctx is done, and returns its error.
func Run(ctx context.Context, s Simulation, observers ...Observer) error {
	return RunFrom(ctx, s, NewSchedule(s.Compiled()), observers...)
}

// RunFrom is Run from where a schedule stands, which is where the simulation does.
func RunFrom(ctx context.Context, s Simulation, c *Schedule, observers ...Observer) error {
	n := s.Compiled()
	for {
		to, starts, ok := c.Next(s.Now())
		if !ok {
			return nil
		}
		if err := ctx.Err(); err != nil {
			c.back(starts)
			return err
		}
		m := Moment{From: s.Now(), Trial: c.Trial()}
		if err := s.Advance(&m, to, starts); err != nil {
			return err
		}
		watched := int64(0)
		if n.Watched != nil {
			watched = SpikesIn(m.Outputs, n.Watched.Range)
		}
		m.Ended, m.Counts = c.Took(to, watched)
		m.Done = c.Done(to)
		for _, o := range observers {
			if err := o.Observe(&m); err != nil {
				return err
			}
		}
	}
}

// Run simulates the engine's network; see the function Run.
func (e *Engine) Run(ctx context.Context, observers ...Observer) error {
	return Run(ctx, e, observers...)
}

// Compiled is the network.
func (e *Engine) Compiled() *kernel.Network { return e.Network }

// Advance steps the engine and fills in the moment.
func (e *Engine) Advance(m *Moment, to snn.Tick, starts *kernel.Trial) (err error) {
	m.Outputs, err = e.Step(to, starts)
	m.To, m.Aggregates = to, e.aggregates
	return err
}

// SpikesIn counts the spikes of a range of GIDs.
func SpikesIn(outputs []kernel.Output, r snn.Range) (n int64) {
	for _, o := range outputs {
		for _, g := range o.Spikes.GIDs {
			if r.Contains(g) {
				n++
			}
		}
	}
	return n
}

// Settle takes in what the last step emitted, so that every update that is due by
// now has taken effect. The engine must not be stepped afterwards. The error is a
// *Fault: after one there is nothing to settle, since every partition that is
// whole took in what the last step emitted.
func (e *Engine) Settle() error {
	_, err := e.Step(e.now, nil)
	return err
}
