package delivery

import (
	"encoding/binary"

	"github.com/volley-snn/volley/snn"
)

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
		fillPacked(c, b, []uint8(nil))
	case c.Delays <= 1<<8:
		fillPacked(c, b, make([]uint8, len(b.payload)/b.width))
	default:
		fillPacked(c, b, make([]uint16, len(b.payload)/b.width))
	}
	return b, nil
}

// fillPacked writes the records; of has room for their delays, where they differ.
func fillPacked[D uint8 | uint16](c *Config, b *packed, of []D) {
	st := newStage(c.Sources, c.Delays, b.warm, func(first int, entries []entry, high []uint8) {
		places := b.places(first, entries)
		if of != nil {
			putDelays(of, places, entries, high)
		}
		b.put(places, entries)
	})
	c.fill(func(_ int, target uint16, sources []uint32, weights []int32, delays []uint16) {
		st.add(target, sources, weights, delays)
	})
	st.close()
	b.close()
	if of != nil {
		sortByDelay(c, b.table, of)
	}
}

// put writes records.
func (b *packed) put(places []uint32, entries []entry) {
	entries = entries[:len(places)]
	switch b.width {
	case 4:
		for k, at := range places {
			e := &entries[k]
			binary.LittleEndian.PutUint32(b.payload[4*int(at):], uint32(e.target)|uint32(e.weight>>b.shift)<<16)
		}
	case 5:
		for k, at := range places {
			e, record := &entries[k], b.payload[5*int(at):5*int(at)+5]
			record[0] = byte(e.target)
			binary.LittleEndian.PutUint32(record[1:], uint32(e.target>>8)|uint32(e.weight)<<8)
		}
	default:
		for k, at := range places {
			e, record := &entries[k], b.payload[6*int(at):6*int(at)+6]
			binary.LittleEndian.PutUint16(record, e.target)
			binary.LittleEndian.PutUint32(record[2:], uint32(e.weight))
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
