// Package synchrony measures how far a group of neurons fires together, window
// by window, from integer counts.
//
// Each partition counts the spikes of its slice of a population
// ([PopulationCounter]), or of a projection's source and target
// ([ProjectionCounter]), into a vector of int64. The vectors of all partitions
// are added, and a gauge turns the sums into measures: so a measure has the same
// bits however the network is cut.
//
// | measure | of | what it is |
// |---|---|---|
// | rate | population | spikes a neuron and second, in Hz |
// | participation | population | share of the neurons that fired |
// | kappa | population | share of the coincidences beyond chance that there could be, see [Kappa] |
// | C, C0, C_corrected | both | nearness of the first spikes of pairs, what earlier windows lead one to expect of it, and the excess, see [Coincidence] |
// | fano | population | variance over mean of the group's spike count, see [Fano] |
// | chi, chi_corrected | population | Golomb and Rinzel's chi of spike counts over a longer span, see [Chi] |
// | S | projection | share of the pairs that both fired: the product of the two participations, which knows no timing |
//
// A measure that is not defined, as that of a silent group, is NaN.
package synchrony
