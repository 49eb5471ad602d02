// Package spiketrain measures spike trains that are at hand in full: measures of
// pairs and single neurons, for reports and tests. What a run measures as it goes
// is in snn/synchrony.
//
// A train is the ticks of one neuron's spikes, rising; trains are those of a
// group, a silent neuron's empty. What is not defined is NaN.
package spiketrain

import "github.com/volley-snn/volley/snn"

// Train is the ticks of one neuron's spikes, rising.
type Train = []snn.Tick
