package engine

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/neuron"
)

// Fault is why a run cannot go on: a neuron's equations have no usable solution
// any more, or a partition found broken what must always hold. Every partition
// ends its step before the fault is reported, so that of several faults the one
// reported does not depend on which worker came first.
type Fault struct {
	Partition int
	GIDs      snn.Range
	From, To  snn.Tick // the step (From, To]: the whole network has been computed up to From
	DtMs      float64
	Cause     error

	// Stack is where it happened; nil where the cause says all that there is to
	// know: that a model is at fault.
	Stack []byte

	// Ahead: some node of a cluster may have computed further before it heard of it.
	Ahead bool
}

func (f *Fault) Error() string {
	return fmt.Sprintf("partition %d (GIDs %d to %d) failed in ticks %d to %d, after %.6g ms: %v",
		f.Partition, f.GIDs.First, f.GIDs.End-1, f.From+1, f.To, float64(f.From)*f.DtMs, f.Cause)
}

// Unwrap is the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// WeightsHold reports whether the weights are those at tick From: a neuron fails
// after its partition has taken in what arrived. Else they must not be read.
func (f *Fault) WeightsHold() bool { return f.unstable() != nil && !f.Ahead }

func (f *Fault) unstable() *neuron.Instability {
	var u *neuron.Instability
	errors.As(f.Cause, &u)
	return u
}

// before reports whether f is reported rather than g: a broken partition before
// an unstable neuron, and of these the first.
func (f *Fault) before(g *Fault) bool {
	a, b := f.unstable(), g.unstable()
	switch {
	case a == nil || b == nil:
		return a == nil && b != nil
	case a.Tick != b.Tick:
		return a.Tick < b.Tick
	}
	return a.GID < b.GID
}

// caught is where a panic happened, unless its cause says it, and the cause of what
// recover returned.
func caught(panicked any) (stack []byte, cause error) {
	cause, known := panicked.(error)
	if !known {
		cause = fmt.Errorf("%v", panicked)
	}
	var u *neuron.Instability
	if !errors.As(cause, &u) {
		stack = debug.Stack()
	}
	return stack, cause
}

// step lets partition i take its step; a panic becomes its fault.
func (e *Engine) step(i int) {
	defer func() {
		if p := recover(); p != nil {
			f := &Fault{Partition: e.first + i, GIDs: e.Ranges[i], From: e.now, To: e.in.To, DtMs: e.Network.DtMs}
			f.Stack, f.Cause = caught(p)
			e.faults[i] = f
		}
	}()
	e.outputs[i] = e.Partitions[i].Step(e.in)
}

// Worst is the fault to report of those of one step, or nil.
func Worst(faults []*Fault) (f *Fault) {
	for _, g := range faults {
		if g != nil && (f == nil || g.before(f)) {
			f = g
		}
	}
	return f
}
