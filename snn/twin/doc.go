// Package twin simulates a network once more, as one loop that is written to be
// read. It is what the kernel is compared with, spike for spike, and so the
// specification of what a model means.
//
// Nothing here is cut, packed, gathered or put off. Every neuron is a group of
// one, every synapse a struct, every spike on its way an entry of a map, and a
// plastic weight follows from the list of all spikes of its two neurons. Whatever
// the kernel does to be fast must not show.
//
// What is not said here is said by packages that both use: the equations of
// neurons and of synapses' resources (snn/neuron, snn/plasticity), who is connected
// to whom (snn/connect), what inputs and generators emit (snn/input), what is shown
// when (snn/protocol), and how chance is drawn (snn/random). All have tests of
// their own.
package twin
