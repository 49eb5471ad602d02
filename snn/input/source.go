// Package input makes what reaches a network from outside: the spikes of input
// populations, the Poisson drive of generators, and their currents.
//
// Nothing here has a state that a checkpoint would have to keep. The spikes of
// an input neuron, but of those that are injected from outside, are a function of the key, the neuron's index in its
// population, the tick, and, for sources that present items, the trial under
// way; any tick may be asked for again, and any partition makes its own slice
// alone. A Poisson process forgets its past, so gaps are drawn afresh in every
// block of ticks: the law stays exact, and no block needs the one before it.
package input

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/random"
)

// Source emits the spikes of one slice of an input population. A neuron emits at
// most one spike a tick: several events in one tick count as one.
type Source interface {
	// Spikes appends to dst the neurons that spike in tick t, counted from the
	// slice's first, in ascending order. It is cheapest for consecutive ticks;
	// any order gives the same spikes. Ticks start at 1.
	Spikes(t snn.Tick, dst []uint32) []uint32

	// Begin makes trial the one under way. After a restart from a checkpoint it
	// is called again with the same trial. Sources without items ignore it.
	Begin(trial Trial)
}

// Trial is one presentation of an item: the source shows it in the ticks
// (Start, Start+PresentTicks] and is silent afterwards. The zero Trial is silence.
type Trial struct {
	Start        snn.Tick
	PresentTicks int
	Set, Item    int     // the item, by number of its set and number in the set
	Gain         float64 // factor on the item's rates

	// Index counts presentations from 0, repeats included. It alone keys the
	// draws, so that a repeat draws anew.
	Index uint64
}

// Slice is the part [Lo, Hi) of a population that one partition makes.
type Slice struct {
	Lo, Hi int
	DtMs   float64
	Key    random.Key // of the whole input or stimulus: the same for every slice
}

// Len is the number of neurons in the slice.
func (s Slice) Len() int { return s.Hi - s.Lo }

// Recipe is what an input population is made from, before it is cut.
type Recipe interface {
	// Size is the number of neurons in the population.
	Size() int
	// Check returns what is wrong, one sentence a fault; nil where all is well.
	Check(dtMs float64) []string
	// New makes the source of a slice, where Check has found no fault. The
	// source keeps and shares the recipe's data, and changes none of it.
	New(s Slice) Source
}

// Items is a Recipe that presents items, chosen by a Trial's Set and Item.
type Items interface {
	Recipe
	// Items is the number of items in a set.
	Items(set int) int
}

// The ends that one key is split by, so that no two draw the same word. The list
// is append-only: a number is part of what a seed means.
const (
	forValues = iota + 1
	forSpikes
	forMembers
	forVolleys
	forJoining
	forNoise
)
