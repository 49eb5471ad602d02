package bench

import (
	"fmt"
	"slices"
	"time"

	"github.com/volley-snn/volley/internal/engine"
)

// Spread is what repeated measurements of one thing came to.
type Spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// SpreadOf sums measurements up; there is at least one.
func SpreadOf(x []float64) Spread {
	x = slices.Sorted(slices.Values(x))
	n := len(x)
	return Spread{Median: (x[(n-1)/2] + x[n/2]) / 2, Min: x[0], Max: x[n-1]}
}

// String is the median with three digits, and the range behind it.
func (s Spread) String() string { return fmt.Sprintf("%.3g (%.3g to %.3g)", s.Median, s.Min, s.Max) }

// each scales every measurement.
func (s Spread) each(scale func(float64) float64) Spread {
	a, b := scale(s.Min), scale(s.Max)
	return Spread{Median: scale(s.Median), Min: min(a, b), Max: max(a, b)}
}

// shortest is how long a measurement lasts at least: the clock of processor time
// may tick no finer than 4 ms.
const shortest = 100 * time.Millisecond

// perUnit measures the processor time of f in ns a unit, repeats times. f returns
// how many units it did, and is repeated until it has taken long enough. The
// first call is not measured: it fills the caches.
func perUnit(repeats int, f func() int64) Spread {
	f()
	var all []float64
	for range repeats {
		units := int64(0)
		clock := engine.StartClock()
		for start := time.Now(); time.Since(start) < shortest; {
			units += f()
		}
		all = append(all, seconds(clock.Elapsed())*1e9/float64(units))
	}
	return SpreadOf(all)
}

// seconds is processor time, or wall time where the system does not tell it.
func seconds(s engine.Spent) float64 {
	if s.CPUS > 0 {
		return s.CPUS
	}
	return s.WallS
}
