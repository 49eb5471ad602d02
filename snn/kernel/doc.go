// Package kernel is the simulator proper: a model compiled into a [Network], and
// a [Partition] of it that is stepped.
//
// A Network is what every partition agrees on: GIDs, ticks, grids of weights,
// keys of randomness. It costs little and does not depend on the cut. A
// Partition holds the neurons of a contiguous range of GIDs with all their
// incoming synapses, and is a deterministic state machine: Step takes what
// arrived for one step and returns what it emits. It knows no goroutine, clock,
// log or file, so the same code runs in a test loop, in one process and on a
// cluster.
//
// Static projections are pulled: in the step that ends at t, each looks up who
// spiked a delay ago and adds its rows to the sums of t. Plastic projections are
// pushed: a spike carries the weight it finds when it is received, into a ring
// of later ticks. Both add integers, so both give the same sums in any order.
//
// Spike-driven plasticity (snn/plasticity) is lazy: a weight is brought up to date
// when its source spikes, when it is read (without writing back), and when the
// conditions change. A trial that does not learn leaves every weight exactly as it
// is, while traces go on; where a trial sets the source or the target of a
// projection back, its traces and what it knows of spikes begin anew.
package kernel
