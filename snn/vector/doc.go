// Package vector holds the inner loops that are worth a vector unit, in
// assembly for amd64 with AVX2.
//
// A kernel is a struct of slices and constants with a method that does the first
// part of the work, in whole registers, and says how far it came: the caller's
// own loop, the reference, does the rest, and all of it on other processors. The
// two give the same bits: same operations, same order, each rounded, none fused.
//
// The assembly is written by gen, a module of its own.
package vector

//go:generate sh -c "cd gen && go run . -out ../kernels_amd64.s -stubs ../stubs_amd64.go -pkg vector"

// Float is a type that a neuron's state may have.
type Float interface{ float32 | float64 }
