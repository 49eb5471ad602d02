// Package injection is the spikes that reach a run from outside while it goes on:
// what clients say, the ticks that it is given, and the journal that keeps it.
//
// A journal is the frames of docs/WIRE.md, one behind the other: a header; then, for
// each step in which something was injected, the envelope of that step, by rising
// ticks; and at the end of a run that came to one, an end. Spikes are known by their
// ticks: how steps are numbered does not matter.
package injection
