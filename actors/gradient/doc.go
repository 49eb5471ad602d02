// Package gradient divides the batches of a training among nodes. The coordinator has
// the network, the optimizer and the rules; a worker on each node takes some of a
// batch's shards through a copy of the network, and back.
//
// A worker knows nothing from one batch to the next but the values that it was sent:
// the gradients of a shard are a function of these and of the shard's samples. So it
// does not matter to any bit who computes them, or computes them again where a worker
// is lost, and nobody has to go back to an earlier state.
//
// Of a batch travel: the network's values and the samples to all workers at once; an
// order, who takes which shards; each shard's activity (spikes, logits, loss) to the
// coordinator, which finds the loss; a second order, for gradients; and sums of them,
// as far as a worker's shards make sums of the tree that all shards are summed in. The
// coordinator adds the rest of the tree, and changes the weights.
//
// Messages may be lost. Only the coordinator looks at a clock: where nothing comes it
// repeats its order, and a worker that has done it says its results again; one that
// lacks something asks.
package gradient
