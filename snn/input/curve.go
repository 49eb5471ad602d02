package input

import (
	"fmt"
	"math"
	"sort"

	"github.com/volley-snn/volley/snn"
)

// Curve is piecewise constant over time: Values[k] from TimesMs[k] on. Times
// rise strictly and are rounded to ticks. The zero Curve has no steps.
type Curve struct {
	TimesMs []float64
	Values  []float64
}

// Check returns what is wrong with the curve; name stands in the messages.
func (c Curve) Check(name string, low float64) (faults []string) {
	if len(c.TimesMs) != len(c.Values) {
		return []string{fmt.Sprintf("%s has %d times and %d values: it needs as many of each", name, len(c.TimesMs), len(c.Values))}
	}
	for k, t := range c.TimesMs {
		if !(t >= 0) || math.IsInf(t, 0) || k > 0 && !(t > c.TimesMs[k-1]) {
			faults = append(faults, fmt.Sprintf("%s: times must rise strictly from 0 ms on; time %d is %g ms", name, k, t))
			break
		}
	}
	for k, v := range c.Values {
		if !(v >= low) || math.IsInf(v, 0) {
			faults = append(faults, fmt.Sprintf("%s: value %d must be a finite number of at least %g, is %g", name, k, low, v))
			break
		}
	}
	return faults
}

// steps is a Curve in ticks: value k holds in the steps that end in
// (from[k], from[k+1]].
type steps struct {
	from   []snn.Tick
	values []float64 // values[0] holds before from[0]; one more than from
}

func (c Curve) steps(dtMs, before float64) steps {
	s := steps{values: []float64{before}}
	for k, t := range c.TimesMs {
		s.from = append(s.from, ticksOf(t, dtMs))
		s.values = append(s.values, c.Values[k])
	}
	return s
}

// piece is the number of the value that holds in tick t.
func (s steps) piece(t snn.Tick) int {
	return sort.Search(len(s.from), func(k int) bool { return s.from[k] >= t })
}

// end is the last tick of piece k.
func (s steps) end(k int) snn.Tick {
	if k < len(s.from) {
		return s.from[k]
	}
	return forever
}

const forever = snn.Tick(math.MaxInt64 / 4)

// ticksOf is the tick nearest to a time; infinite times give forever.
func ticksOf(ms, dtMs float64) snn.Tick {
	x := math.Floor(ms/dtMs + 0.5)
	if x >= float64(forever) {
		return forever
	}
	return snn.Tick(x)
}

// Span is when a generator is on: in the ticks (StartMs, StopMs], as in NEST.
// Stop is +Inf for a generator that never stops.
type Span struct{ StartMs, StopMs float64 }

// Always is a generator's span by default.
func Always() Span { return Span{StopMs: math.Inf(1)} }

func (s Span) check() []string {
	if !(s.StartMs >= 0) || math.IsInf(s.StartMs, 0) || !(s.StopMs >= s.StartMs) {
		return []string{fmt.Sprintf("start must be at least 0 ms and stop not before it, are %g ms and %g ms", s.StartMs, s.StopMs)}
	}
	return nil
}

// active is a Span in ticks.
type active struct{ start, stop snn.Tick }

func (s Span) ticks(dtMs float64) active {
	return active{ticksOf(s.StartMs, dtMs), ticksOf(s.StopMs, dtMs)}
}

func (a active) on(t snn.Tick) bool { return t > a.start && t <= a.stop }

// until is the last tick up to which on is what it is at t.
func (a active) until(t snn.Tick) snn.Tick {
	switch {
	case t <= a.start:
		return a.start
	case t <= a.stop:
		return a.stop
	}
	return forever
}
