// Package connect makes the connections of a projection, by NEST's rules.
//
// A network must not depend on how it is cut, so a rule is a function of a key:
// it yields, for any range of targets, the sources of each, and never looks at a
// target outside the range. Sources come ascending, several synapses of one pair
// side by side, so that (target, position in its list) names a synapse under
// every cut; weights and delays are drawn by that name.
package connect

import "github.com/volley-snn/volley/snn/random"

// Space is what a rule connects: Sources by Targets neurons. Same says that both
// are one population, so that source i and target i are the same neuron.
type Space struct {
	Sources, Targets int
	Same             bool
}

// Rule is a connection rule.
type Rule interface {
	// Check returns what cannot be: a degree beyond what there is, unequal
	// sizes; nil where all is well.
	Check(s Space) []error

	// Expected is the mean number of synapses onto the targets [lo, hi).
	Expected(s Space, lo, hi int) float64

	// InDegreeBound is a number of synapses that no target exceeds, with a
	// chance under 1e-12 where the rule draws it.
	InDegreeBound(s Space) int

	// Each calls yield for each target of [lo, hi), ascending, with its
	// sources, ascending. The slice is reused.
	Each(s Space, key random.Key, lo, hi int, yield func(target int, sources []uint32))
}

// Unsorted is a rule that makes its synapses faster in no order, for those who
// name none of them.
type Unsorted interface {
	// EachUnsorted is Each with the sources of a target in any order.
	EachUnsorted(s Space, key random.Key, lo, hi int, yield func(target int, sources []uint32))
}

// EachUnsorted yields the synapses of r's Each, the sources of a target in any order.
func EachUnsorted(r Rule, s Space, key random.Key, lo, hi int, yield func(target int, sources []uint32)) {
	if u, ok := r.(Unsorted); ok {
		u.EachUnsorted(s, key, lo, hi, yield)
		return
	}
	r.Each(s, key, lo, hi, yield)
}

// Switches are NEST's allow_autapses and allow_multapses.
type Switches struct{ Autapses, Multapses bool }

// excludes reports whether target must not be its own source.
func (w Switches) excludes(s Space) bool { return s.Same && !w.Autapses }

// choices is the number of sources that a target may have.
func (w Switches) choices(s Space) int {
	if w.excludes(s) {
		return s.Sources - 1
	}
	return s.Sources
}
