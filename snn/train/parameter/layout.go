package parameter

import "fmt"

// Spec is one parameter.
type Spec struct {
	Name  string
	Shape []int // row-major
	// Bare has no weight decay where an optimizer spares biases and norms.
	Bare bool
	// Frozen is not learned. Its gradient counts in the norm that is clipped, and is
	// not cleared between steps: the published single-layer network leaves its norms
	// out of the optimizer, and so of what the optimizer clears.
	Frozen bool
}

// Len is how many numbers the parameter has.
func (s *Spec) Len() int {
	n := 1
	for _, d := range s.Shape {
		n *= d
	}
	return n
}

// Layout is the parameters of a network, in order. The zero Layout has none.
type Layout struct {
	Specs []Spec
	Start []int // of each
	total int
}

// Add appends a parameter and returns its number. A second one of a name is a
// broken invariant.
func (l *Layout) Add(s Spec) int {
	for i := range l.Specs {
		if l.Specs[i].Name == s.Name {
			panic(fmt.Sprintf("parameter: %s stands twice", s.Name))
		}
	}
	l.Specs, l.Start = append(l.Specs, s), append(l.Start, l.total)
	l.total += s.Len()
	return len(l.Specs) - 1
}

// Len is how many numbers all parameters have.
func (l *Layout) Len() int { return l.total }

// New is a vector of all parameters, 0.
func (l *Layout) New() []float32 { return make([]float32, l.total) }

// Of is parameter k within a vector, shared with it.
func (l *Layout) Of(x []float32, k int) []float32 {
	from := l.Start[k]
	to := from + l.Specs[k].Len()
	return x[from:to:to]
}

// Named is the number of the parameter of a name; -1 where there is none.
func (l *Layout) Named(name string) int {
	for k := range l.Specs {
		if l.Specs[k].Name == name {
			return k
		}
	}
	return -1
}
