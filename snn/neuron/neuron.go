// Package neuron holds the neuron models, one file each, under NEST's names.
//
// A [Spec] says what a model is called, which parameters, state variables and
// receptors it has, and how to make a [Group] of it: the neurons of one
// population inside one partition, updated together, one tick a call.
package neuron

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/random"
)

// Spec describes a neuron model. Models lists them all.
type Spec struct {
	Name      string // as in NEST: iaf_psc_exp
	Doc       string // one sentence
	Source    string // paper, or the peer's manual page
	Params    []Var  // constants of a neuron, each one value or one a neuron
	State     []Var  // variables whose initial value a model may set
	Recorded  []Var  // variables that a recorder may ask for
	Float32   bool   // whether the state may be float32; see Config
	Receptors func(p Params) []Receptor

	// MostSpikes is the most spikes of a neuron in a tick, where that may be more
	// than one: sums of weights are bounded by it, so a group panics with an
	// Instability beyond. 0 stands for 1.
	MostSpikes int

	// Check returns what is wrong with the parameters of one neuron, one
	// sentence a fault ("tau_m must be > 0 ms, is -3"); nil where all is well.
	// Numbers that are none, infinities and flags that are neither 0 nor 1 are
	// refused for every model; see Models.
	Check func(p Params) []string

	// New makes n neurons.
	New func(c Config) Group
}

// Var is a parameter or variable: NEST's name, unit ("mV", "pA", "1/ms", ""
// where it has none), default and one phrase of documentation.
type Var struct {
	Name    string
	Unit    string
	Default float64
	Doc     string
	// List marks a parameter that is a list of any length, the same for all
	// neurons of the population (tau_sfa, tau_syn); Defaults is its default.
	List     bool
	Defaults []float64
	// Bool marks a flag: 0 or 1 here, true or false in model files.
	Bool bool
	// PerReceptor marks a recorded variable that exists once a receptor, under
	// its name and the receptor's: I_syn_1, I_syn_2.
	PerReceptor bool
}

// Receptor is one input port of a model. Sums arrive in quanta of its Unit.
type Receptor struct {
	Name string
	Unit string // unit of a weight: pA, mV, nS, or "" for a parrot
	Sign int    // +1 takes positive weights, -1 negative ones, 0 either
}

// Params are a model's parameters in the units of its Vars: one number for the
// whole group or one a neuron, or for List parameters the list itself.
type Params map[string][]float64

// Config is what a Group is made from. The Group keeps none of its slices.
type Config struct {
	N      int        // number of neurons
	First  snn.GID    // GID of the first: neuron i has GID First+i
	DtMs   float64    // length of a tick
	Params Params     // complete: defaults filled in
	State  Params     // initial values: len 1 or N, complete
	Key    random.Key // for stochastic models: neuron g at tick t draws Key.Sub(g).At(t)

	// Float32 asks for state and arithmetic in float32, where Spec.Float32 allows
	// it: half the memory and about half the time. What it costs in accuracy is
	// in the documentation of model.Population.
	Float32 bool
}

// Input is what reaches a group in one tick. The group must not change it, but for
// Sums that it has taken in: see Cleared.
type Input struct {
	Tick snn.Tick // the step is (Tick-1, Tick]

	// Sums[r][i] is what arrives at neuron i through receptor r at the end of
	// this step, in quanta: the sum of the integer weights. A nil Sums[r] is
	// all zero.
	Sums [][]int32
	// Cleared is set by a group that leaves Sums of 0 behind: for so many neurons,
	// from the first on. They are in cache while it reads them.
	Cleared int
	// Quantum[r] is the size of a quantum in the receptor's unit: a power of two.
	Quantum []float64
	// Current[i] in pA flows into neuron i during the step, on top of I_e; nil is none.
	Current []float64
	// Alike tells that Current is one number for all neurons.
	Alike bool
	// Threshold[i] in mV is added to the neuron's firing threshold; nil is none.
	Threshold []float64
}

// Group is a run of neurons of one model that are updated together.
type Group interface {
	// Update advances all neurons over (Tick-1, Tick] and appends to fired, in
	// ascending order, the indices of those that spiked; a parrot that relays
	// n spikes appends its index n times.
	Update(in *Input, fired []uint32) []uint32

	// Fields are the live arrays of the group's whole dynamic state, one element a
	// neuron, in a fixed order: a checkpoint saves them and writes them back in place.
	Fields() []Field

	// Record copies variable name of the neurons idx into dst; the names are
	// those of Spec.Recorded.
	Record(name string, idx []uint32, dst []float64)

	// Reset sets the dynamic state back to what it was at the start.
	Reset()
}

// Field is one named array of a group's state; exactly one slice is set.
type Field struct {
	Name     string
	Floats   []float64
	Float32s []float32
	Ints     []int32
}
