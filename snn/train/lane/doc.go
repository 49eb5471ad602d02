// Package lane has loops over rows of float32, in vector code with scalar twins of
// the same bits.
//
// No product is fused with a sum. A row's sum is eight sums, of the elements k with
// k mod 8 = 0 to 7 in ascending k, that are added as a tree: neighbours 4 apart,
// then 2, then 1.
package lane

//go:generate sh -c "cd gen && go run . -out ../kernels_amd64.s -stubs ../stubs_amd64.go -pkg lane"
