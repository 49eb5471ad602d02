// Package row is what windowed SSDP does to the synapses of one source: the windows
// that a row has still to take, one after the other, and the spike that it then
// carries, in one pass over the row.
//
// Synapses hold shares of the weights' span, 0 at w_min and 1 at w_max: as floats,
// or in 65,535 steps of 16 bits that are rounded by chance, so that changes far
// below a step count on average.
//
// The assembly, for amd64 with AVX2, is written by gen, a module of its own. Its
// twin in Go gives the same bits, takes what is left of a row, and all of it on
// other processors.
package row

//go:generate sh -c "cd gen && go run . -out ../kernels_amd64.s -stubs ../stubs_amd64.go -pkg row"
