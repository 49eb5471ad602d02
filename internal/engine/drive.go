package engine

import (
	"context"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/protocol"
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

// Run steps the network to its end and shows each step to the observers. It
// stops early, between two steps, when ctx is done, and returns its error.
func (e *Engine) Run(ctx context.Context, observers ...Observer) error {
	if e.Network.Protocol != nil {
		return e.runTrials(ctx, observers)
	}
	for e.now < e.Network.End {
		if err := ctx.Err(); err != nil {
			return err
		}
		m := Moment{From: e.now}
		var err error
		if m.Outputs, err = e.Step(e.Network.Boundary(e.now, nil), nil); err != nil {
			return err
		}
		m.Done = float64(e.now) / float64(e.Network.End)
		if err := e.show(&m, observers); err != nil {
			return err
		}
	}
	return nil
}

// runTrials presents the items of the protocol, one after the other.
func (e *Engine) runTrials(ctx context.Context, observers []Observer) error {
	c := protocol.NewConductor(e.Network.Protocol)
	all, counted := float64(e.Network.Protocol.Trials()), 0
	for {
		trial, ok := c.Next()
		if !ok {
			return nil
		}
		spikes, starts := int64(0), &trial
		for e.now < trial.End {
			if err := ctx.Err(); err != nil {
				return err
			}
			m := Moment{From: e.now, Trial: &trial}
			var err error
			if m.Outputs, err = e.Step(e.Network.Boundary(e.now, &trial), starts); err != nil {
				return err
			}
			starts = nil
			spikes += spikesIn(m.Outputs, e.Network.Watched.Range)
			if m.Ended = e.now == trial.End; m.Ended {
				if m.Counts = c.End(spikes); m.Counts {
					counted++
				}
			}
			m.Done = float64(counted) / all
			if err := e.show(&m, observers); err != nil {
				return err
			}
		}
	}
}

func (e *Engine) show(m *Moment, observers []Observer) error {
	m.To, m.Aggregates = e.now, e.aggregates
	for _, o := range observers {
		if err := o.Observe(m); err != nil {
			return err
		}
	}
	return nil
}

// spikesIn counts the spikes of a range of GIDs.
func spikesIn(outputs []kernel.Output, r snn.Range) (n int64) {
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
