// Package pairsum adds up, over the samples of a batch, a table of values of
// pairs of states:
//
//	dw[j][i] += sum_b factor[b] table[post state of j in b][pre state of i in b]
//	            + u[j] + v[i] - (a[j] x[i] + y[j] q[i])
//
// It is the inner loop of SSDP on a batch. Most neurons of a sample are in the
// reference state (silent), which has no row and no column in the table: what a
// pair gets of which one or none is in another state is in u and v. So the work
// is that of the pairs that both leave the reference state, and no array of
// samples x post x pre ever exists.
//
// Values are rounded once to integers of 28 bits times a power of two, summed as
// integers, and rounded once more to float32: the sum does not depend on its
// order, and the portable and the vector code give the same bits. Of n summed
// values the error is at most n 2^-28 of the table's span.
//
// There are three ways. The sparse one adds, post neuron by post neuron, the values
// of the pairs that both leave the reference state. The dense one, for few states
// and high activity, adds a post neuron's event to 32 pre neurons at once, looking
// their values up in a register by their states. The counted one is for samples that
// all weigh alike, in which each side is mostly in one state, as where most neurons
// that fire do so in the first tick: in how many samples both are in it is counted,
// four samples and 32 pre neurons at a lookup, and only the events of other states
// are added as in the dense way. A call takes the cheapest one.
//
// The memory is O(samples x neurons). The assembly, for amd64 with AVX2, is
// written by gen, a module of its own; other processors take the sparse way in Go.
package pairsum

//go:generate sh -c "cd gen && go run . -out ../kernels_amd64.s -stubs ../stubs_amd64.go -pkg pairsum"
