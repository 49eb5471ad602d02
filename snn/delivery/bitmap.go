package delivery

import "github.com/volley-snn/volley/snn"

// bitmap has a bit a pair, for dense projections with one weight and one delay.
// A tick adds the rows of all who spiked as planes of bits, so that its cost
// follows the pairs of spikes and targets at 256 a step. What a pair has beyond
// one synapse stands in a list.
type bitmap struct {
	base     int
	first    snn.GID
	weight   int32
	chunks   int
	stride   int
	bits     []byte   // a row a source, and one of zeros
	synapses []uint32 // of each source
	parts    []int64
	repeats  *list // nil where there are none
	rows     []uint64
	kernels  kernels
}

// maxRows is how many rows are counted at a time.
const maxRows = 255

func newBitmap(c *Config) (*bitmap, error) {
	span := 0
	for _, p := range c.Parts {
		span = max(span, p.Offset+p.Hi-p.Lo)
	}
	b := &bitmap{base: c.Base, first: c.First, weight: c.Weight, kernels: kernelsOf(c)}
	b.chunks = (span + chunkTargets - 1) / chunkTargets
	b.stride = b.chunks * chunkTargets / 8
	if span > 0 {
		b.bits = c.Memory((c.Sources + 1) * b.stride)
	}
	b.synapses = allocate[uint32](c.Memory, c.Sources)
	b.parts = make([]int64, len(c.Parts))
	var again []pair
	c.fill(func(part int, target uint16, sources []uint32, _ []int32, _ []uint16) {
		at, bit := bitOf(target)
		for _, s := range sources {
			b.synapses[s]++
			byte := &b.bits[int(s)*b.stride+at]
			if *byte&bit != 0 {
				again = append(again, pair{s, target})
			}
			*byte |= bit
		}
		b.parts[part] += int64(len(sources))
	})
	if len(again) > 0 {
		b.repeats = newRepeats(c, again)
	}
	return b, nil
}

// pair names a pair of neurons.
type pair struct {
	source uint32
	target uint16
}

// newRepeats makes a list of pairs, which come by target.
func newRepeats(c *Config, pairs []pair) *list {
	rows := allocate[uint32](c.Memory, c.Sources+1)
	for _, p := range pairs {
		rows[p.source+1]++
	}
	t := openTable(c, 2, rows)
	b := &list{table: t, base: c.Base, weight: c.Weight, targets: t.targets16(), kernels: kernelsOf(c)}
	for _, p := range pairs {
		b.targets[rows[p.source]] = p.target
		rows[p.source]++
	}
	t.close()
	return b
}

// bitOf is where target j stands in a row.
func bitOf(j uint16) (at int, bit byte) {
	in := int(j) % chunkTargets
	return int(j)/chunkTargets*(chunkTargets/8) + in%32, 1 << (in / 32)
}

// Deliver adds the weight to the sums of the targets.
func (b *bitmap) Deliver(spikes [][]snn.GID, sums []int32) int64 {
	if len(spikes) == 0 || b.chunks == 0 {
		return 0
	}
	events := int64(0)
	for gids := spikes[0]; len(gids) > 0; {
		n := min(len(gids), maxRows)
		rows := b.rows[:0]
		for _, g := range gids[:n] {
			s := int(g - b.first)
			events += int64(b.synapses[s])
			rows = append(rows, uint64(s*b.stride))
		}
		for len(rows)%4 != 0 {
			rows = append(rows, uint64(len(b.synapses)*b.stride))
		}
		b.rows = rows
		b.kernels.bits(b.bits, rows, n, b.chunks, b.weight, (*window)(sums[b.base:]))
		gids = gids[n:]
	}
	if b.repeats != nil {
		b.repeats.Deliver(spikes, sums)
	}
	return events
}

// Size is what the block holds.
func (b *bitmap) Size() Size {
	s := Size{b.parts, int64(len(b.bits)) + 4*int64(len(b.synapses))}
	if b.repeats != nil {
		s.Bytes += b.repeats.Size().Bytes
	}
	return s
}
