// Package parameter lays the learned numbers of a network out in one vector, so
// that gradients, optimizers, sums over shards and checkpoints are loops over it.
package parameter
