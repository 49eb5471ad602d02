// Package plasticity holds the spike-driven synapse models, one file each, under
// NEST's names.
//
// A [Spec] says what a model is called and which parameters it has, and makes
// its arithmetic: a [Rule], which changes a weight when a pre- or postsynaptic
// spike comes, or a [Release], which changes what a spike carries. Neither keeps
// anything of a synapse: weights, traces and histories are the kernel's.
//
// As in NEST the whole delay is dendritic: a presynaptic spike acts when it is
// emitted, a postsynaptic one a delay after it. tau_minus and tau_minus_triplet,
// which NEST keeps in the target neuron, are parameters of the synapse here.
package plasticity

import "fmt"

// Spec describes a synapse model. Models lists them all.
type Spec struct {
	Name   string // as in NEST: stdp_synapse
	Doc    string // one sentence
	Source string // paper, or the peer's manual page
	Params []Param

	// Check returns what is wrong with complete parameters, one sentence a
	// fault ("tau_plus must be > 0 ms, is -3"); nil where all is well.
	Check func(p Params) []string

	// Traces and NewRule make a model whose weights change; rate is a factor
	// on its steps. Both are nil for short-term plasticity.
	Traces  func(p Params) Traces
	NewRule func(p Params, rate float64) Rule

	// NewRelease makes short-term plasticity; nil for a model whose weights change.
	NewRelease func(p Params, dtMs float64) Release
}

// Param is a parameter: NEST's name, unit ("ms", "" where it has none, "weight"
// for the unit of the synapse's weight), default and one phrase of documentation.
type Param struct {
	Name    string
	Unit    string
	Default float64
	Doc     string
}

// Params are a model's parameters by name, the same for all synapses of a projection.
type Params map[string]float64

// Complete fills in the defaults that p leaves out; p is not changed.
func (p Params) Complete(s Spec) Params {
	full := Params{}
	for _, v := range s.Params {
		full[v.Name] = v.Default
		if x, ok := p[v.Name]; ok {
			full[v.Name] = x
		}
	}
	return full
}

// Rule is how a weight changes. w is in the weight's unit; the traces are pure
// numbers. A Rule never looks at time: the kernel decays the traces.
type Rule interface {
	// Post is the weight after a postsynaptic spike has arrived. pre is the
	// presynaptic trace when it arrives; slow the target's slow trace just before it.
	Post(w, pre, slow float64) float64

	// Pre is the weight after a presynaptic spike. post is the target's trace of
	// the spikes that arrived strictly before; slow the source's slow trace
	// just before it.
	Pre(w, post, slow float64) float64
}

// Traces says what a rule's traces are.
type Traces struct {
	// Time constants in ms; a slow one that is 0 is not kept.
	PlusMs, SlowPlusMs   float64 // of the source
	MinusMs, SlowMinusMs float64 // of the target

	Pre  Pairing
	Post Pairing // All or Nearest

	// First says that of the postsynaptic spikes after a presynaptic one only
	// the first changes the weight, and that a presynaptic spike does only
	// where a postsynaptic one has come since the last.
	First bool

	// PostOnly says that a presynaptic spike leaves the weight.
	PostOnly bool

	// Start is the presynaptic trace at time 0.
	Start float64
}

// Pairing says which spikes a trace counts.
type Pairing int

const (
	All       Pairing = iota // every spike adds 1
	Nearest                  // a spike sets it to 1
	SincePost                // every spike adds 1; a postsynaptic arrival sets it to 0
)

// Release is short-term plasticity: what a source's spike carries, as a factor on
// the weight. It depends on the source's spikes alone, so that one state serves
// all synapses of a source.
type Release interface {
	// Start is the state before any spike.
	Start() ReleaseState
	// Next advances the state to a spike that comes gap ticks after the last
	// (after time 0 for the first), and returns the factor.
	Next(s *ReleaseState, gap int64) float64
}

// ReleaseState is the state of one source.
type ReleaseState struct {
	U, X, Y float64
	Spiked  bool
}

// rules collects what is wrong with parameters.
type rules struct {
	p      Params
	faults []string
}

func (r *rules) fault(ok bool, format string, args ...any) {
	if !ok {
		r.faults = append(r.faults, fmt.Sprintf(format, args...))
	}
}

func (r *rules) positive(unit string, names ...string) {
	for _, name := range names {
		r.fault(r.p[name] > 0, "%s must be > 0%s, is %g", name, unit, r.p[name])
	}
}

func (r *rules) notNegative(unit string, names ...string) {
	for _, name := range names {
		r.fault(r.p[name] >= 0, "%s must be >= 0%s, is %g", name, unit, r.p[name])
	}
}

func (r *rules) share(names ...string) {
	for _, name := range names {
		r.fault(r.p[name] >= 0 && r.p[name] <= 1, "%s must be 0 to 1, is %g", name, r.p[name])
	}
}

func (r *rules) notZero(names ...string) {
	for _, name := range names {
		r.fault(r.p[name] != 0, "%s must not be 0", name)
	}
}
