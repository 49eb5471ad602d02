package input

import (
	"math"

	"github.com/volley-snn/volley/snn"
)

// Current is a generator that injects a current into each neuron of a slice. A
// value that holds from a time t on flows in the steps that end after t.
type Current interface {
	// AddCurrent adds to current[i], in pA, what flows into neuron Lo+i during
	// the step that ends at t. Any order of ticks gives the same currents.
	AddCurrent(t snn.Tick, current []float64)

	// Until is a tick up to which what flows is what flows in tick t: t or later.
	Until(t snn.Tick) snn.Tick
}

// CurrentGenerator is what a Current is made from.
type CurrentGenerator interface {
	// Check returns what is wrong; size is that of the target population.
	Check(dtMs float64, size int) []string
	// New makes the current into a slice of it, where Check has found no fault.
	New(s Slice) Current
}

// DCGenerator is a constant current.
type DCGenerator struct {
	AmplitudePA Values
	Span        Span
}

// Check returns what is wrong with the generator.
func (g DCGenerator) Check(dtMs float64, size int) []string {
	faults := append(checkSize(size, dtMs), g.Span.check()...)
	return append(faults, g.AmplitudePA.check("amplitude", "pA", size, math.Inf(-1))...)
}

// New makes the current into a slice.
func (g DCGenerator) New(s Slice) Current {
	return &dc{g.AmplitudePA.of(s), g.Span.ticks(s.DtMs)}
}

type dc struct {
	amplitude []float64
	on        active
}

func (g *dc) AddCurrent(t snn.Tick, current []float64) {
	if !g.on.on(t) {
		return
	}
	for i, a := range g.amplitude {
		current[i] += a
	}
}

func (g *dc) Until(t snn.Tick) snn.Tick { return g.on.until(t) }

// StepCurrentGenerator is a piecewise constant current, 0 before its first time.
type StepCurrentGenerator struct {
	Amplitude Curve // pA
	Span      Span
}

// Check returns what is wrong with the generator.
func (g StepCurrentGenerator) Check(dtMs float64, size int) []string {
	faults := append(checkSize(size, dtMs), g.Span.check()...)
	return append(faults, g.Amplitude.Check("amplitude", math.Inf(-1))...)
}

// New makes the current into a slice.
func (g StepCurrentGenerator) New(s Slice) Current {
	return &stepCurrent{g.Amplitude.steps(s.DtMs, 0), g.Span.ticks(s.DtMs)}
}

type stepCurrent struct {
	steps steps
	on    active
}

func (g *stepCurrent) AddCurrent(t snn.Tick, current []float64) {
	if !g.on.on(t) {
		return
	}
	if a := g.steps.values[g.steps.piece(t)]; a != 0 {
		for i := range current {
			current[i] += a
		}
	}
}

func (g *stepCurrent) Until(t snn.Tick) snn.Tick {
	return min(g.on.until(t), g.steps.end(g.steps.piece(t)))
}
