package delivery

import (
	"encoding/binary"
	"math/bits"

	"github.com/volley-snn/volley/snn"
)

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
	low, high := MaxTargets, 0
	for _, p := range c.Parts {
		low, high = min(low, p.Offset), max(high, p.Offset+p.Hi-p.Lo)
	}
	low = min(low, high)
	b := &bitmap{base: c.Base + low, first: c.First, weight: c.Weight, kernels: kernelsOf(c)}
	b.chunks = (high - low + chunkTargets - 1) / chunkTargets
	b.stride = b.chunks * chunkTargets / 8
	if b.chunks > 0 {
		b.bits = c.Memory((c.Sources + 1) * b.stride)
	}
	b.synapses = allocate[uint32](c.Memory, c.Sources)
	b.parts = make([]int64, len(c.Parts))
	f := bitmapFiller{b: b, chunk: make([]byte, c.Sources*chunkBytes)}
	c.fill(func(part int, target uint16, sources []uint32, _ []int32, _ []uint16) {
		f.set(target-uint16(low), sources)
		b.parts[part] += int64(len(sources))
	})
	f.flush()
	b.count(f.again)
	if len(f.again) > 0 {
		b.repeats = newRepeats(c, b.base, f.again)
	}
	return b, nil
}

// bitmapFiller sets the bits of a chunk of targets side by side, which stay in
// cache, before they go to the rows.
type bitmapFiller struct {
	b     *bitmap
	at    int    // chunk under way
	chunk []byte // chunkBytes of each source
	again []pair // whose bit was set before
}

const chunkBytes = chunkTargets / 8

func (f *bitmapFiller) set(target uint16, sources []uint32) {
	if at := int(target) / chunkTargets; at != f.at {
		f.flush()
		f.at = at
	}
	in := int(target) % chunkTargets
	chunk, bit := f.chunk[in%chunkBytes:], byte(1)<<(in/chunkBytes)
	for _, s := range sources {
		set := &chunk[int(s)*chunkBytes]
		if *set&bit != 0 {
			f.again = append(f.again, pair{s, target})
		}
		*set |= bit
	}
}

func (f *bitmapFiller) flush() {
	for s := range f.b.synapses {
		from := f.chunk[s*chunkBytes : (s+1)*chunkBytes]
		to := f.b.bits[s*f.b.stride+f.at*chunkBytes:]
		for k := 0; k < chunkBytes; k += 8 {
			word := binary.LittleEndian.Uint64(to[k:]) | binary.LittleEndian.Uint64(from[k:])
			binary.LittleEndian.PutUint64(to[k:], word)
		}
	}
	clear(f.chunk)
}

// count is the number of synapses of each source.
func (b *bitmap) count(again []pair) {
	for s := range b.synapses {
		row := b.bits[s*b.stride : (s+1)*b.stride]
		for ; len(row) >= 8; row = row[8:] {
			b.synapses[s] += uint32(bits.OnesCount64(binary.LittleEndian.Uint64(row)))
		}
	}
	for _, p := range again {
		b.synapses[p.source]++
	}
}

// pair names a pair of neurons.
type pair struct {
	source uint32
	target uint16
}

// newRepeats makes a list of pairs, which come by target, counted from base.
func newRepeats(c *Config, base int, pairs []pair) *list {
	rows := allocate[uint32](c.Memory, c.Sources+1)
	for _, p := range pairs {
		rows[p.source+1]++
	}
	t := openTable(c, 2, rows)
	b := &list{table: t, base: base, weight: c.Weight, targets: t.targets16(), kernels: kernelsOf(c)}
	for _, p := range pairs {
		b.targets[rows[p.source]] = p.target
		rows[p.source]++
	}
	t.close()
	return b
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
