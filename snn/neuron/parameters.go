package neuron

import "fmt"

// at is parameter name of neuron i, or of every neuron.
func (p Params) at(name string, i int) float64 {
	v := p[name]
	if len(v) == 1 {
		return v[0]
	}
	return v[i]
}

// distinct is 1 where the named parameters are the same for all n neurons, else n.
func (p Params) distinct(n int, vars []Var) int {
	for _, v := range vars {
		if !v.List && len(p[v.Name]) > 1 {
			return n
		}
	}
	return 1
}

// column is variable name as one number a neuron.
func (p Params) column(name string, n int) []float64 {
	c := make([]float64, n)
	for i := range c {
		c[i] = p.at(name, i)
	}
	return c
}

// Complete fills in the defaults of vars that p leaves out; p is not changed.
func (p Params) Complete(vars []Var) Params {
	full := Params{}
	for _, v := range vars {
		switch given, ok := p[v.Name]; {
		case ok:
			full[v.Name] = given
		case v.List:
			full[v.Name] = v.Defaults
		default:
			full[v.Name] = []float64{v.Default}
		}
	}
	return full
}

// rules collects what is wrong with the parameters of one neuron.
type rules struct {
	p      Params
	faults []string
}

func (r *rules) one(name string) float64 { return r.p[name][0] }

func (r *rules) positive(unit string, names ...string) {
	for _, name := range names {
		if x := r.one(name); !(x > 0) {
			r.faults = append(r.faults, fmt.Sprintf("%s must be > 0 %s, is %g", name, unit, x))
		}
	}
}

func (r *rules) notNegative(unit string, names ...string) {
	for _, name := range names {
		if x := r.one(name); !(x >= 0) {
			r.faults = append(r.faults, fmt.Sprintf("%s must be >= 0 %s, is %g", name, unit, x))
		}
	}
}

func (r *rules) below(low, high string) {
	if l, h := r.one(low), r.one(high); !(l < h) {
		r.faults = append(r.faults, fmt.Sprintf("%s must be below %s (%g mV), is %g mV", low, high, h, l))
	}
}
