// Package snn holds the words that every part of the simulator shares.
//
// Everything below snn/ is pure: no goroutine, channel, clock, file or socket.
// Data arrives as bytes or through an [io/fs.FS] that the caller hands in, time
// is counted in ticks, and randomness comes from counters ([random.Key]), so a
// network means the same spikes however it is cut and wherever it runs.
package snn

import "math"

// GID is the global id of a neuron: from 0, populations in model order, then
// input populations, neurons in order. It never depends on the partitioning.
type GID uint32

// Tick is an integer time step of length dt. A neuron's state at tick t is its
// state after the step (t-1, t]; a spike of that step carries tick t, and
// reaches a target with delay d in the step that ends at t+d.
type Tick int64

// Never is the tick of an event that has not happened.
const Never Tick = math.MinInt64 / 4

// Range is a contiguous span of GIDs, First inclusive, End exclusive.
type Range struct{ First, End GID }

// Len is the number of GIDs in r.
func (r Range) Len() int { return int(r.End) - int(r.First) }

// Contains reports whether g lies in r.
func (r Range) Contains(g GID) bool { return g >= r.First && g < r.End }

// Intersect is the part of r that lies in s; empty ranges have First == End.
func (r Range) Intersect(s Range) Range {
	out := Range{max(r.First, s.First), min(r.End, s.End)}
	if out.End < out.First {
		out.End = out.First
	}
	return out
}
