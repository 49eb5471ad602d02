package neuron

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Faults is what is wrong with the parameters of n neurons; p is complete. Where
// neurons differ, the first faulty one stands for all. Cost: one Check a neuron
// where parameters differ, else one.
func (s Spec) Faults(p Params, n int) []string {
	var faults []string
	for _, v := range s.Params {
		if given := len(p[v.Name]); !v.List && given != 1 && given != n {
			faults = append(faults, fmt.Sprintf("%s has %d values for %d neurons", v.Name, given, n))
		}
	}
	if faults != nil {
		return faults
	}
	own := Params{}
	for i := range p.distinct(n, s.Params) {
		for _, v := range s.Params {
			if x := p[v.Name]; v.List || len(x) == 1 {
				own[v.Name] = x
			} else {
				own[v.Name] = x[i : i+1]
			}
		}
		if faults := s.Check(own); faults != nil {
			if p.distinct(n, s.Params) > 1 {
				faults[0] += fmt.Sprintf(" (neuron %d of %d)", i, n)
			}
			return faults
		}
	}
	return nil
}

// StateFaults is what is wrong with initial values: state variables are finite
// numbers, and conductances are not negative.
func (s Spec) StateFaults(state Params) []string {
	var faults []string
	for _, v := range s.State {
		for i, x := range state[v.Name] {
			switch {
			case math.IsNaN(x) || math.IsInf(x, 0):
				faults = append(faults, fmt.Sprintf("%s must be a finite number%s, is %g (value %d)", v.Name, of(v.Unit), x, i))
			case v.Unit == "nS" && x < 0:
				faults = append(faults, fmt.Sprintf("%s must be >= 0 nS, is %g (value %d)", v.Name, x, i))
			default:
				continue
			}
			break
		}
	}
	return faults
}

// Recordables are the variables that neurons with parameters p can record.
func (s Spec) Recordables(p Params) []Var {
	var vars []Var
	for _, v := range s.Recorded {
		if !v.PerReceptor {
			vars = append(vars, v)
			continue
		}
		for _, r := range s.Receptors(p) {
			own := v
			own.Name, own.PerReceptor = v.Name+"_"+r.Name, false
			vars = append(vars, own)
		}
	}
	return vars
}

// strict adds to a model's own check what holds for every parameter: it is a
// finite number, only V_min may be -Inf, and a flag is 0 or 1.
func strict(s Spec) Spec {
	own := s.Check
	s.Check = func(p Params) []string {
		var faults []string
		for _, v := range s.Params {
			for _, x := range p[v.Name] {
				lowest := v.Name == "V_min" && math.IsInf(x, -1)
				switch {
				case v.Bool && x != 0 && x != 1:
					faults = append(faults, fmt.Sprintf("%s must be true or false (1 or 0), is %g", v.Name, x))
				case (math.IsNaN(x) || math.IsInf(x, 0)) && !lowest:
					faults = append(faults, fmt.Sprintf("%s must be a finite number%s, is %g", v.Name, of(v.Unit), x))
				default:
					continue
				}
				break
			}
		}
		about := len(faults)
		for _, fault := range own(p) {
			name, _, _ := strings.Cut(fault, " ")
			said := func(f string) bool { return strings.HasPrefix(f, name+" ") }
			if !slices.ContainsFunc(faults[:about], said) {
				faults = append(faults, fault)
			}
		}
		return faults
	}
	return s
}

func of(unit string) string {
	if unit == "" {
		return ""
	}
	return " of " + unit
}

// rules collects what is wrong with the parameters of one neuron.
type rules struct {
	p      Params
	faults []string
}

func (r *rules) one(name string) float64 { return r.p[name][0] }

func (r *rules) is(name string) bool { return r.p[name][0] != 0 }

func (r *rules) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

func (r *rules) positive(unit string, names ...string) {
	for _, name := range names {
		if x := r.one(name); !(x > 0) {
			r.fault("%s must be > 0 %s, is %g", name, unit, x)
		}
	}
}

func (r *rules) notNegative(unit string, names ...string) {
	for _, name := range names {
		if x := r.one(name); !(x >= 0) {
			r.fault("%s must be >= 0 %s, is %g", name, unit, x)
		}
	}
}

func (r *rules) below(low, high string) {
	if l, h := r.one(low), r.one(high); l >= h {
		r.fault("%s must be below %s (%g mV), is %g mV", low, high, h, l)
	}
}

// allPositive is positive for list parameters.
func (r *rules) allPositive(unit string, names ...string) {
	for _, name := range names {
		for k, x := range r.p[name] {
			if !(x > 0) {
				r.fault("%s must hold numbers > 0 %s, number %d is %g", name, unit, k+1, x)
			}
		}
	}
}

// sameLength wants lists as long as the first.
func (r *rules) sameLength(first string, names ...string) {
	for _, name := range names {
		if have, want := len(r.p[name]), len(r.p[first]); have != want {
			r.fault("%s must have as many numbers as %s (%d), has %d", name, first, want, have)
		}
	}
}

// within wants numbers of low to high.
func (r *rules) within(low, high float64, names ...string) {
	for _, name := range names {
		for _, x := range r.p[name] {
			if !(x >= low && x <= high) {
				r.fault("%s must be from %g to %g, is %g", name, low, high, x)
			}
		}
	}
}

func (r *rules) notEmpty(name string) {
	if len(r.p[name]) == 0 {
		r.fault("%s must hold at least one number, is empty", name)
	}
}
