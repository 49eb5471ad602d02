package delivery

import (
	"fmt"
	"unsafe"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/connect"
)

// procedural stores nothing: at every spike the source's targets are drawn again,
// by rules that can make them source by source. One weight and one delay.
type procedural struct {
	base     int
	first    snn.GID
	weight   int32
	parts    []proceduralPart
	synapses []int64 // of each part
	row      []uint32
}

type proceduralPart struct {
	rows  connect.Rows
	shift int // from the rule's targets to those of the block, modulo 2^16
}

// newProcedural makes the synapses once, to count them.
func newProcedural(c *Config) (*procedural, error) {
	b := &procedural{base: c.Base, first: c.First, weight: c.Weight}
	for _, p := range c.Parts {
		rule, ok := p.Rule.(connect.BySource)
		if !ok {
			return nil, fmt.Errorf("delivery: %T makes no synapses source by source", p.Rule)
		}
		part := proceduralPart{rule.Rows(p.Space, p.Key, p.Lo, p.Hi), p.Offset - p.Lo}
		synapses, since := int64(0), 0
		for s := range c.Sources {
			b.row = part.rows.Append(s, b.row[:0])
			synapses += int64(len(b.row))
			if since += len(b.row); since >= progressEvery {
				c.Progress(since)
				since = 0
			}
		}
		c.Progress(since)
		b.parts, b.synapses = append(b.parts, part), append(b.synapses, synapses)
	}
	return b, nil
}

// Deliver draws the targets and adds the weight to their sums.
func (b *procedural) Deliver(spikes [][]snn.GID, sums []int32) int64 {
	if len(spikes) == 0 {
		return 0
	}
	events, own, weight := int64(0), (*window)(sums[b.base:]), b.weight
	for _, p := range b.parts {
		shift := uint16(p.shift)
		for _, g := range spikes[0] {
			b.row = p.rows.Append(int(g-b.first), b.row[:0])
			for _, t := range b.row {
				own[uint16(t)+shift] += weight
			}
			events += int64(len(b.row))
		}
	}
	return events
}

// Size is what the block holds: scratch.
func (b *procedural) Size() Size {
	return Size{b.synapses, int64(cap(b.row))*4 + int64(len(b.parts))*int64(unsafe.Sizeof(proceduralPart{}))}
}
