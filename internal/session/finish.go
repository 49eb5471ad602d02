package session

import (
	"context"
	"errors"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
)

// finish writes what a run came to. stopped is why it did not reach its end, or
// nil: what was computed before is written all the same, and run.json says why
// there is no more. The error is stopped, unless that was nil.
func (o *outcome) finish(s engine.Simulation, stopped error) (*Result, error) {
	var holds interface{ WeightsHold() bool } // an engine.Fault, or who lost a node
	o.interrupted = stopped != nil
	o.weightsHold = !errors.As(stopped, &holds) || holds.WeightsHold()
	var names []string
	var err error
	if o.weightsHold {
		err = o.snapshots.Finish()
		var none error
		if names, o.results, none = o.Findings.Finish(s); err == nil && stopped == nil {
			err = none // a run that was cut short may have found nothing
		}
	}
	run, summary, untold := o.describe(s)
	if untold != nil {
		if stopped != nil {
			untold = stopped
		}
		return nil, o.Dir.Fail(untold)
	}
	run.Command, run.Recorded = o.Command, o.recorder.Recorded(s.Now())
	if o.Injected != nil {
		var wrong error
		if run.Injected, wrong = o.Injected(); err == nil {
			err = wrong
		}
	}
	switch {
	case stopped != nil && !errors.Is(stopped, context.Canceled):
		run.Status, run.Error = record.Failed, stopped.Error()
	case err != nil:
		run.Status, run.Error = record.Failed, err.Error()
	}
	if wrong := o.Dir.Finish(run, summary); err == nil {
		err = wrong
	}
	if stopped != nil {
		err = stopped
	}
	return &Result{names, summary}, err
}
