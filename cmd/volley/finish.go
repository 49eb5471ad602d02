package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/report"
	"github.com/volley-snn/volley/internal/results"
)

// finish writes what a run came to. stopped is why it did not reach its end, or
// nil: what was computed before is written all the same, and run.json says why
// there is no more. The error is stopped, unless that was nil.
func finish(e *engine.Engine, dir *record.Dir, o outcome, findings *results.Collector, snapshots *engine.Snapshots, stopped error) (names []string, s *record.Summary, err error) {
	var fault *engine.Fault
	o.interrupted = stopped != nil
	o.weightsHold = !errors.As(stopped, &fault) || fault.WeightsHold()
	if o.weightsHold {
		err = snapshots.Finish()
		var none error
		if names, o.results, none = findings.Finish(e); err == nil && stopped == nil {
			err = none // a run that was cut short may have found nothing
		}
	}
	run, summary := describe(e, o)
	run.Command, run.Recorded = os.Args, o.recorder.Recorded(e.Now())
	switch {
	case stopped != nil && !errors.Is(stopped, context.Canceled):
		run.Status, run.Error = record.Failed, stopped.Error()
	case err != nil:
		run.Status, run.Error = record.Failed, err.Error()
	}
	if wrong := dir.Finish(run, summary); err == nil {
		err = wrong
	}
	if stopped != nil {
		err = stopped
	}
	return names, summary, err
}

// show prints what a run came to, and leaves its report.
func show(f runFlags, names []string, s *record.Summary) error {
	var err error
	if f.json {
		err = printJSON(s)
	} else {
		err = printSummary(s, names, f.out)
	}
	if f.noReport {
		return err
	}
	// The run is done and whole: a report that fails does not undo it.
	if path, err := report.Write(f.out); err != nil {
		fmt.Fprintln(os.Stderr, "volley: no report:", err)
	} else {
		fmt.Fprintln(os.Stderr, "the report is", path)
	}
	return err
}
