package neuron

import "slices"

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

// sharedBut reports whether no parameter but the named ones differs between neurons.
func (p Params) sharedBut(vars []Var, names ...string) bool {
	for _, v := range vars {
		if !v.List && len(p[v.Name]) > 1 && !slices.Contains(names, v.Name) {
			return false
		}
	}
	return true
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

// constants makes a T of each distinct parameter set, and the mask that finds
// neuron i's among them: set[i&mask]. fill reads the parameters of one neuron.
func constants[T any](c Config, vars []Var, fill func(at func(name string) float64, k *T)) (set []T, mask int) {
	set = make([]T, c.Params.distinct(c.N, vars))
	for i := range set {
		fill(func(name string) float64 { return c.Params.at(name, i) }, &set[i])
	}
	if len(set) > 1 {
		mask = -1
	}
	return set, mask
}
