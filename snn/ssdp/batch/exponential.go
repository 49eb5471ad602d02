package batch

import (
	"errors"
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/ssdp/pairsum"
)

// ErrZeroRule says that a rule changes nothing.
var ErrZeroRule = errors.New("ssdp: the exponential rule with equal constants is zero for every pair: use the Gaussian rule on first spikes, or state the quirk ExponentTwice for the published one")

// Exponential is the rule of the paper's first version, for single-layer
// networks: a pair that fires in the sample's last tick gains
//
//	A_plus e^(-dt/tau_plus) - A_minus e^(-dt/tau_minus)
//
// with a time distance dt that is the sample's. The published code has
// -dt/(tau_plus tau_minus) in the second exponent: the quirk ExponentTwice. It
// then only ever weakens pairs that fire together, if the constants are equal.
type Exponential struct {
	APlus, AMinus, TauPlus, TauMinus float64
	Quirks                           Quirks
}

// PublishedExponential is the official rule; its amplitude is annealed by
// [Anneal]{0.02, 1e-4, epochs}.
func PublishedExponential(amplitude float64) Exponential {
	return Exponential{amplitude, amplitude, 20, 20, PublishedQuirks()}
}

// Check returns ErrZeroRule where the rule is zero for every dt, and what is
// wrong with the constants.
func (e Exponential) Check() error {
	for _, x := range []float64{e.APlus, e.AMinus} {
		if !(x >= 0) || math.IsInf(x, 1) {
			return fmt.Errorf("ssdp: an amplitude of the exponential rule is %g, expected a finite number >= 0", x)
		}
	}
	for _, x := range []float64{e.TauPlus, e.TauMinus} {
		if !(x > 0) || math.IsInf(x, 1) {
			return fmt.Errorf("ssdp: a time constant of the exponential rule is %g, expected a finite number > 0", x)
		}
	}
	if !e.Quirks.ExponentTwice && e.APlus == e.AMinus && e.TauPlus == e.TauMinus {
		return ErrZeroRule
	}
	return nil
}

// Value is what a pair that fires together gets at distance dt.
func (e Exponential) Value(dt float64) float64 {
	plus, minus := dt/e.TauPlus, dt/e.TauMinus
	if e.Quirks.ExponentTwice {
		minus = plus / e.TauMinus
	}
	return float64(e.APlus*pinned.Exp(-plus)) - float64(e.AMinus*pinned.Exp(-minus))
}

// Add adds the change that the samples ask for to dw, as [Rule.Add] does; dt is
// each sample's distance, or nil for 1.
func (e Exponential) Add(dw []float32, s *Samples, dt, gate []float64, of int) error {
	if err := e.Check(); err != nil {
		return err
	}
	if err := s.factors(gate, of); err != nil {
		return err
	}
	if nPre, nPost := s.pre.layer.Neurons, s.post.layer.Neurons; len(dw) != nPre*nPost {
		return fmt.Errorf("ssdp: %d weights for %d post and %d pre neurons", len(dw), nPost, nPre)
	}
	if dt != nil && len(dt) != s.n {
		return fmt.Errorf("ssdp: %d time distances for %d samples", len(dt), s.n)
	}
	if s.ticks > pairsum.MaxStates {
		return fmt.Errorf("ssdp: the exponential rule knows no times, and trials of %d ticks: load activities alone, with one tick", s.ticks)
	}
	for b := range s.factor {
		d := 1.0
		if dt != nil {
			d = dt[b]
		}
		s.factor[b] *= e.Value(d)
	}
	ones := make([]float64, s.ticks*s.ticks)
	for k := range ones {
		ones[k] = 1
	}
	s.adder.Add(dw, &pairsum.Terms{Post: &s.post.active, Pre: &s.pre.active, States: s.ticks, Table: ones, Factor: s.factor})
	return nil
}
