// Package matrix multiplies float32 matrices, the same bits everywhere.
//
// Every element of a product is one chain of sums in ascending k, started from
// what is there: c = c + a[k] b[k], product and sum rounded once together. A step
// in which a[k] is 0 leaves the chain as it is, so [Lists], which name the steps
// in which a[k] is 1, give the bits of the dense product: what is skipped changes
// nothing, as long as nothing is infinite.
//
// Matrices are slices, row-major. Sizes and slices that do not fit are a broken
// invariant: a panic.
package matrix

//go:generate sh -c "cd gen && go run . -out ../kernels_amd64.s -stubs ../stubs_amd64.go -pkg matrix"
