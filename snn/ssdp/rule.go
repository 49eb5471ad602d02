// Package ssdp is spike-synchrony-dependent plasticity: a weight changes by
// whether its two neurons fire together within a window, against what chance
// would give, rather than by the order of single pairs.
//
// This is the arithmetic; the kernel holds the synapses. Source: SSDP as in
// arXiv 2505.14841, in a windowed form for a running network with the chance
// term below.
package ssdp

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/pinned"
)

// OneSilent says what a pair gets of which only one fired in the window.
type OneSilent string

const (
	// Chance subtracts what independent neurons would gain: the default, and
	// the only form with an interior fixed point at any rates.
	Chance OneSilent = "chance"
	// Sentinel treats the silent one as firing at the window's end, as published.
	Sentinel OneSilent = "sentinel"
	// None leaves the pair alone.
	None OneSilent = "none"
	// Depress takes ABase, whatever the time.
	Depress OneSilent = "depress"
)

// Params of the windowed rule. Weights are in units of their span: 0 is the
// lower bound and 1 the upper.
type Params struct {
	WindowTicks int     // length of a window
	SigmaTicks  float64 // width of the Gaussian; +Inf counts any coincidence alike
	Eta         float64 // learning rate
	Beta        float64 // strength of the chance term
	APlus       float64 // potentiation of a pair that fired together; 1 in the chance form
	ABase       float64 // depression, in the sentinel and depress forms
	OneSilent   OneSilent
	Soft        bool // steps shrink towards the bounds
	Horizon     int  // windows over which participation runs
}

// Check returns what is wrong with the parameters.
func (p Params) Check() []error {
	var faults []error
	fault := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	fault(p.WindowTicks >= 1, "window must be at least one tick, is %d", p.WindowTicks)
	fault(p.SigmaTicks > 0, "sigma must be > 0, is %g ticks", p.SigmaTicks)
	fault(p.Eta >= 0 && !math.IsInf(p.Eta, 0), "eta must be >= 0, is %g", p.Eta)
	fault(p.Beta >= 0 && !math.IsInf(p.Beta, 0), "beta must be >= 0, is %g", p.Beta)
	fault(p.Horizon >= 1, "horizon must be at least one window, is %d", p.Horizon)
	return faults
}

// Rule is the update of a weight at the end of a window.
type Rule struct {
	Params
	kernel []float64 // exp(-d^2 / 2 sigma^2) of a distance of d ticks, 0 to WindowTicks
	half   float64   // Beta/2
}

// New makes a rule from valid parameters.
func New(p Params) *Rule {
	r := &Rule{Params: p, kernel: make([]float64, p.WindowTicks+1), half: p.Beta / 2}
	for d := range r.kernel {
		z := float64(d) / p.SigmaTicks
		r.kernel[d] = pinned.Exp(-float64(z*z) / 2)
	}
	return r
}

// Kernel is the weight of a pair whose spikes are d ticks apart, -WindowTicks to WindowTicks.
func (r *Rule) Kernel(d int) float64 {
	if d < 0 {
		d = -d
	}
	return r.kernel[d]
}

// Step is the weight u (0 to 1) after a window in which the pair gained plus and
// lost minus, both at least 0; rate is Eta times the gate.
//
// Soft bounds: u + rate (plus (1-u) - minus u), with the fixed point
// E[plus]/(E[plus] + E[minus]). Hard bounds: u + rate (plus - minus). Clipped to [0, 1].
func (r *Rule) Step(u, plus, minus, rate float64) float64 {
	if r.Soft {
		plus, minus = float64(plus*(1-u)), float64(minus*u)
	}
	return min(max(u+float64(rate*(plus-minus)), 0), 1)
}

// Both is plus and minus of a pair that fired d ticks apart. expected is gbar,
// the mean kernel of independent pairs; pPre and pPost are the neurons' running
// participations.
func (r *Rule) Both(d int, expected, pPre, pPost float64) (plus, minus float64) {
	plus = float64(r.APlus * r.Kernel(d))
	if r.OneSilent == Chance {
		minus = float64(r.half * expected * (pPre + pPost))
	}
	return plus, minus
}

// One is minus of a pair of which one fired, at tick 1 to WindowTicks of the
// window; silent is the participation of the other.
func (r *Rule) One(tick int, expected, silent float64) (minus float64) {
	switch r.OneSilent {
	case Chance:
		return float64(r.half * expected * silent)
	case Sentinel:
		return float64(r.ABase * r.Kernel(r.WindowTicks-tick))
	case Depress:
		return r.ABase
	}
	return 0
}
