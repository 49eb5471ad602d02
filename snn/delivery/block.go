package delivery

import "github.com/volley-snn/volley/snn"

// MaxTargets is how many targets a block may span: what 16 bits can name.
const MaxTargets = 1 << 16

// Block holds synapses from one source population onto a span of targets.
type Block interface {
	// Deliver adds to the sums of one tick what arrives in it. spikes[d] is who
	// spiked the block's smallest delay and d ticks ago, ascending; fewer than
	// Config.Delays entries mean that nobody spiked before. Returned is the
	// number of synapses crossed. sums must reach MaxTargets beyond the last target.
	Deliver(spikes [][]snn.GID, sums []int32) (events int64)

	// Size is what the block holds.
	Size() Size
}

// Size is what a block holds: the synapses of each of its parts, and the memory
// of all, indices included.
type Size struct {
	Synapses []int64
	Bytes    int64
}
