// Package task makes tasks in which the time of spikes carries the label and their
// number says nothing: every input neuron spikes once in every trial.
//
// A task is made of random numbers that a key names: the same key makes the same
// trials, however many are asked for. A trial is an image whose pixels are times, for
// [encode.Latency] with least 0.
package task
