// Package train trains a spiking network: batches of samples, in shards, go forward
// and back through time; the shards' gradients are added in a tree that depends on
// their number alone; an optimizer and SSDP change the weights.
//
// It starts no goroutine. Whoever runs it calls the parts of a step in order, and
// those of each shard on any worker: [Trainer.Forward] of all shards,
// [Trainer.Meet], [Trainer.Backward] of all shards, [Trainer.Reduce] of all parts,
// [Trainer.Finish]. The weights are then the same, bit for bit, for any workers.
package train
