package delivery

import "github.com/volley-snn/volley/snn"

// packed has a weight for each synapse: a record is the 16-bit index of the
// target and then the weight, little-endian, in 16, 24 or 32 bits; a row is
// sorted by delay.
type packed struct {
	*table
	base    int
	shift   int // of 16-bit weights
	kernels kernels
}

func newPacked(c *Config) (*packed, error) {
	t, err := newTable(c, 2+c.WeightBits/8)
	if err != nil {
		return nil, err
	}
	b := &packed{table: t, base: c.Base, kernels: kernelsOf(c)}
	if c.WeightBits == 16 {
		b.shift = c.WeightShift
	}
	switch {
	case c.Delays == 1:
		c.fill(func(_ int, target uint16, sources []uint32, weights []int32, _ []uint16) {
			put(b, target, sources, weights, nil, []uint8(nil))
		})
		b.close()
	case c.Delays <= 1<<8:
		fillPacked(c, b, make([]uint8, len(b.payload)/b.width))
	default:
		fillPacked(c, b, make([]uint16, len(b.payload)/b.width))
	}
	return b, nil
}

func fillPacked[D uint8 | uint16](c *Config, b *packed, of []D) {
	c.fill(func(_ int, target uint16, sources []uint32, weights []int32, delays []uint16) {
		put(b, target, sources, weights, delays, of)
	})
	b.close()
	sortByDelay(c, b.table, of)
}

// put appends a target's synapses to the rows of their sources, and their delays
// to of.
func put[D uint8 | uint16](b *packed, target uint16, sources []uint32, weights []int32, delays []uint16, of []D) {
	low, high := byte(target), byte(target>>8)
	for k, s := range sources {
		at := int(b.rows[s])
		b.rows[s]++
		if of != nil {
			of[at] = D(delays[k])
		}
		w := weights[k] >> b.shift
		switch b.width {
		case 4:
			*(*[4]byte)(b.payload[4*at:]) = [4]byte{low, high, byte(w), byte(w >> 8)}
		case 5:
			*(*[5]byte)(b.payload[5*at:]) = [5]byte{low, high, byte(w), byte(w >> 8), byte(w >> 16)}
		default:
			*(*[6]byte)(b.payload[6*at:]) = [6]byte{low, high, byte(w), byte(w >> 8), byte(w >> 16), byte(w >> 24)}
		}
	}
}

// Deliver adds the synapses' weights to the sums of their targets.
func (b *packed) Deliver(spikes [][]snn.GID, sums []int32) int64 {
	runs, events := b.find(spikes)
	if events > 0 {
		b.kernels.packed(b.payload, runs, b.width, 1<<b.shift, (*window)(sums[b.base:]))
	}
	return events
}

// Size is what the block holds.
func (b *packed) Size() Size { return b.size() }
