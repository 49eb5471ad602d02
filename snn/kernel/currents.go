package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/input"
)

// currents sums what the generators of a slice inject, again only when it changes:
// most are constant for long.
type currents struct {
	of    []input.Current
	sum   []float64 // pA into each neuron, in the ticks (from, until]
	alike bool      // all of sum are one number
	from  snn.Tick
	until snn.Tick
}

func newCurrents(n int) *currents { return &currents{sum: make([]float64, n)} }

// at is what flows in tick t, and whether it is the same into all neurons. The
// slice is valid until the next call. Cost: of the generators, in a tick in which
// any of them may change; else none.
func (c *currents) at(t snn.Tick) (sum []float64, alike bool) {
	if c.from < t && t <= c.until {
		return c.sum, c.alike
	}
	clear(c.sum)
	c.from, c.until = t-1, c.of[0].Until(t)
	for _, g := range c.of {
		g.AddCurrent(t, c.sum)
		c.until = min(c.until, g.Until(t))
	}
	c.alike = c.until > t && same(c.sum)
	return c.sum, c.alike
}

func same(x []float64) bool {
	for _, xi := range x {
		if xi != x[0] {
			return false
		}
	}
	return true
}
