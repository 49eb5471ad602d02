package record

import (
	"math"

	"github.com/volley-snn/volley/snn"
)

// Clock turns ticks into the times that files hold and back.
//
// Where a millisecond is a whole number of ticks the time is the double nearest
// to the decimal number (tick 3 of 0.1 ms is 0.3, which 3*0.1 is not).
type Clock struct {
	dtMs       float64
	ticksPerMs float64 // 0 where it is not whole
}

// NewClock is the clock of a run with ticks of dtMs.
func NewClock(dtMs float64) Clock {
	c := Clock{dtMs: dtMs}
	if n := math.Round(1 / dtMs); n >= 1 && math.Abs(float64(n*dtMs)-1) < 1e-9 {
		c.ticksPerMs = n
	}
	return c
}

// Ms is the time of a tick, in ms.
func (c Clock) Ms(t snn.Tick) float64 {
	if c.ticksPerMs > 0 {
		return float64(t) / c.ticksPerMs
	}
	return float64(t) * c.dtMs
}

// Tick is the tick nearest to a time in ms.
func (c Clock) Tick(ms float64) snn.Tick { return snn.Tick(math.Round(ms / c.dtMs)) }
