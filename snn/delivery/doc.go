// Package delivery brings spikes to their targets: it stores the static synapses
// of one source population onto a span of targets as a [Block], in the layout
// that takes the least time and memory for what they are.
//
//	list        one weight: 2 bytes a synapse
//	packed      weights of their own: 4, 5 or 6 bytes a synapse
//	bitmap      dense, one weight and one delay: a bit a pair
//	procedural  one weight and one delay: nothing; drawn again at every spike
//
// Every layout adds the same integers to the same sums, so none changes a result.
// Inner loops are assembly where the CPU allows it, written by gen, with scalar
// twins of the same bits.
package delivery

//go:generate sh -c "cd gen && go run . -out ../kernels_amd64.s -stubs ../stubs_amd64.go -pkg delivery"
