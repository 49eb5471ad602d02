package random

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/pinned"
)

// Kind is the shape of a distribution, under NEST's names.
type Kind string

const (
	Constant    Kind = "constant"    // A
	Uniform     Kind = "uniform"     // between A and B
	Normal      Kind = "normal"      // mean A, standard deviation B
	Lognormal   Kind = "lognormal"   // mean A and standard deviation B of the logarithm
	Exponential Kind = "exponential" // mean A
)

// Bounds says what becomes of a value outside [Min, Max].
type Bounds string

const (
	Redraw Bounds = "redraw" // drawn again, as NEST does; clipped after 1,000 tries
	Clip   Bounds = "clip"   // set to the nearer bound
)

// Distribution is what a parameter, weight or delay is drawn from. The zero
// value is the constant 0. Numbers are in the parameter's unit.
type Distribution struct {
	Kind     Kind
	A, B     float64
	Bounded  bool // whether Min, Max and Bounds hold
	Min, Max float64
	Bounds   Bounds
}

// Const is the distribution that is always x.
func Const(x float64) Distribution { return Distribution{Kind: Constant, A: x} }

// IsConstant reports whether every draw is the same.
func (d Distribution) IsConstant() bool { return d.Kind == Constant || d.Kind == "" }

const redraws = 1000

// Fill sets out[n] to Draw(key, n).
func (d Distribution) Fill(key Key, out []float64) {
	checked := 0 // numbers known to lie within the bounds
	switch {
	case d.IsConstant():
		for n := range out {
			out[n] = d.A
		}
		return
	case d.Kind == Normal:
		if known, low, high := fillNormal(key, d.A, d.B, out); low >= d.Min && high <= d.Max {
			checked = known
		}
	default:
		for n := range out {
			out[n] = d.transform(key.At(uint64(n)))
		}
	}
	if !d.Bounded {
		return
	}
	for n := checked; n < len(out); n++ {
		if x := out[n]; !(x >= d.Min && x <= d.Max) {
			out[n] = d.Draw(key, uint64(n))
		}
	}
}

// Draw is draw n from key: a pure function of both.
func (d Distribution) Draw(key Key, n uint64) float64 {
	if d.IsConstant() {
		return d.A
	}
	x := d.transform(key.At(n))
	if !d.Bounded || (x >= d.Min && x <= d.Max) {
		return x
	}
	if d.Bounds != Clip {
		for s, try := key.Sub(n), uint64(0); try < redraws; try++ {
			if x = d.transform(s.At(try)); x >= d.Min && x <= d.Max {
				return x
			}
		}
	}
	return min(max(x, d.Min), d.Max)
}

// transform is the quantile of the distribution, bounds aside, at unit(w).
func (d Distribution) transform(w uint64) float64 {
	switch d.Kind {
	case Uniform:
		return d.A + float64((d.B-d.A)*unit(w))
	case Normal:
		return d.A + float64(d.B*normal(w))
	case Lognormal:
		return pinned.Exp(d.A + float64(d.B*normal(w)))
	case Exponential:
		return -d.A * pinned.Log(unit(w))
	}
	return d.A
}

// Range is the span that draws lie in. A tail without bound counts as ten
// standard deviations (a chance below 1e-22), an exponential as 60 means.
func (d Distribution) Range() (low, high float64) {
	switch d.Kind {
	case Uniform:
		low, high = d.A, d.B
	case Normal:
		low, high = d.A-float64(10*d.B), d.A+float64(10*d.B)
	case Lognormal:
		low, high = 0, pinned.Exp(d.A+float64(10*d.B))
	case Exponential:
		low, high = min(0, 60*d.A), max(0, 60*d.A)
	default:
		return d.A, d.A
	}
	if d.Bounded {
		low, high = max(low, d.Min), min(high, d.Max)
	}
	return low, high
}

// Check says what is wrong with the distribution; nil where nothing is.
func (d Distribution) Check() error {
	for _, x := range []float64{d.A, d.B} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%s: parameters must be finite numbers", d.Kind)
		}
	}
	switch d.Kind {
	case "", Constant:
		return nil
	case Uniform:
		if d.A > d.B {
			return fmt.Errorf("uniform: min %g is above max %g", d.A, d.B)
		}
	case Normal, Lognormal:
		if d.B < 0 {
			return fmt.Errorf("%s: std must be >= 0, is %g", d.Kind, d.B)
		}
	case Exponential:
	default:
		return fmt.Errorf("unknown distribution %q: expected uniform, normal, lognormal or exponential", d.Kind)
	}
	if d.Bounded && d.Min > d.Max {
		return fmt.Errorf("%s: min %g is above max %g", d.Kind, d.Min, d.Max)
	}
	return nil
}
