package input

import (
	"slices"

	"github.com/volley-snn/volley/snn"
)

// raster holds the spikes of a span of ticks, sorted by tick, then neuron. It is
// filled with add and closed with sort; its memory is used again.
type raster struct {
	from    snn.Tick // spikes of tick from+1+k are neurons[offsets[k]:offsets[k+1]]
	ticks   int
	added   []uint64 // tick offset k << 32 | neuron, as they came
	offsets []uint32
	neurons []uint32
}

// reset empties the raster and sets its span to (from, from+ticks].
func (r *raster) reset(from snn.Tick, ticks int) {
	r.from, r.ticks, r.added = from, ticks, r.added[:0]
}

func (r *raster) add(k int, neuron uint32) {
	r.added = append(r.added, uint64(k)<<32|uint64(neuron))
}

// sort files what was added, in time linear in spikes and ticks. Where neurons
// were not added in ascending order, disorder must be set.
func (r *raster) sort(disorder bool) {
	if disorder {
		slices.Sort(r.added)
	}
	r.offsets = slices.Grow(r.offsets[:0], r.ticks+2)[:r.ticks+2]
	clear(r.offsets)
	for _, a := range r.added {
		r.offsets[a>>32+2]++
	}
	for k := 2; k < len(r.offsets); k++ {
		r.offsets[k] += r.offsets[k-1]
	}
	// offsets[k+1] is where the next spike of k goes, and ends as the start of k+1.
	r.neurons = slices.Grow(r.neurons[:0], len(r.added))[:len(r.added)]
	for _, a := range r.added {
		at := &r.offsets[a>>32+1]
		r.neurons[*at] = uint32(a)
		*at++
	}
}

// compact makes several spikes of one neuron in one tick one.
func (r *raster) compact() {
	n, lo := uint32(0), uint32(0)
	for k := range r.ticks {
		hi := r.offsets[k+1]
		start := n
		for _, neuron := range r.neurons[lo:hi] {
			if n == start || r.neurons[n-1] != neuron {
				r.neurons[n] = neuron
				n++
			}
		}
		lo, r.offsets[k+1] = hi, n
	}
	r.neurons = r.neurons[:n]
}

// covers reports whether tick t lies in the span.
func (r *raster) covers(t snn.Tick) bool { return t > r.from && t <= r.from+snn.Tick(r.ticks) }

// at appends the neurons of tick t, which the span must cover.
func (r *raster) at(t snn.Tick, dst []uint32) []uint32 {
	k := t - r.from - 1
	return append(dst, r.neurons[r.offsets[k]:r.offsets[k+1]]...)
}

// blockTicks is the span that random sources draw at once. It is part of what a
// seed means. Longer blocks waste fewer gaps, shorter ones less memory.
const (
	blockBits  = 10
	blockTicks = 1 << blockBits
)

// blockOf is the number of the block that holds tick t: block b spans
// (b*blockTicks, (b+1)*blockTicks].
func blockOf(t snn.Tick) int64 { return int64(t-1) >> blockBits }
