package connect

import (
	"math/bits"
	"slices"

	"github.com/volley-snn/volley/snn/random"
)

// picker draws sources, and sorts them where that is asked for; its memory is reused.
type picker struct {
	seen   []uint64 // a bit a source; all 0 between targets
	drawn  []uint32
	sorted []uint32
	starts []uint32 // of the buckets of sort
	counts []uint32 // draws of each source; made when they are many
}

func newPicker(sources int) *picker {
	return &picker{seen: make([]uint64, (sources+63)/64)}
}

// choice is how many sources are drawn, and from what.
type choice struct {
	n, among  int
	self      int
	exclude   bool // never self
	multapses bool // any source any number of times
	sorted    bool
}

// pick draws c.n of the sources [0, c.among), ascending where c.sorted. The slice
// is reused.
func (p *picker) pick(stream *random.Stream, c choice) []uint32 {
	if c.n == 0 {
		return nil
	}
	choices := c.among
	if c.exclude {
		choices--
	}
	if !c.multapses && c.n > choices/2 {
		return p.allBut(stream, c, choices)
	}
	p.drawn = slices.Grow(p.drawn[:0], c.n)[:c.n]
	if c.multapses {
		draw(stream, c, choices, p.drawn)
	} else {
		p.distinct(stream, c, choices)
		if c.sorted && p.crowded(c.among) {
			return p.emit(len(p.drawn))
		}
		for _, i := range p.drawn {
			p.seen[i>>6] = 0
		}
	}
	if c.sorted {
		return p.ascending(c.among)
	}
	return p.drawn
}

// add appends a source, whatever it is, after reset.
func (p *picker) add(i uint32) { p.drawn = append(p.drawn, i) }

func (p *picker) reset() { p.drawn = p.drawn[:0] }

// draw fills out with sources, repeats allowed.
func draw(stream *random.Stream, c choice, choices int, out []uint32) {
	stream.Below(uint32(choices), out)
	if c.exclude {
		self := uint32(c.self)
		for k, i := range out {
			if i >= self {
				out[k] = i + 1
			}
		}
	}
}

// distinct draws p.drawn anew until its entries differ, and leaves them in seen.
func (p *picker) distinct(stream *random.Stream, c choice, choices int) {
	drawn, seen, have := p.drawn, p.seen, 0
	for have < len(drawn) {
		draw(stream, c, choices, drawn[have:])
		for _, i := range drawn[have:] {
			word := &seen[i>>6]
			drawn[have] = i
			have += int(^*word >> (i & 63) & 1)
			*word |= 1 << (i & 63)
		}
	}
}

// crowded reports whether so much was drawn that it pays to look at every word of seen.
func (p *picker) crowded(among int) bool { return len(p.drawn) >= among/64 }

// emit lists the n sources whose bits are set, and clears them. It writes four at a
// time, and what is too much again: how many bits a word has cannot be predicted.
func (p *picker) emit(n int) []uint32 {
	p.sorted = slices.Grow(p.sorted[:0], max(n, len(p.drawn))+4)
	out, k := p.sorted[:n+4], 0
	for at, word := range p.seen {
		first := uint32(at) << 6
		for left := bits.OnesCount64(word); left > 0; left -= 4 {
			four := (*[4]uint32)(out[k:])
			four[0] = first + uint32(bits.TrailingZeros64(word))
			word &= word - 1
			four[1] = first + uint32(bits.TrailingZeros64(word))
			word &= word - 1
			four[2] = first + uint32(bits.TrailingZeros64(word))
			word &= word - 1
			four[3] = first + uint32(bits.TrailingZeros64(word))
			word &= word - 1
			k += min(left, 4)
		}
	}
	clear(p.seen)
	return out[:n]
}

// ascending sorts what was drawn or added, of the sources [0, among): into buckets
// by size, a draw in two to four since draws are uniform, and then by insertion.
func (p *picker) ascending(among int) []uint32 {
	n := len(p.drawn)
	if n > among {
		return p.count(among)
	}
	buckets := 2 << bits.Len(uint(n))
	perSource := uint64(buckets) << 32 / uint64(max(among, 1))
	if len(p.starts) < buckets+1 {
		p.starts = make([]uint32, buckets+1)
	}
	p.sorted = slices.Grow(p.sorted[:0], n)
	starts, sorted := p.starts[:buckets+1], p.sorted[:n]
	clear(starts)
	for _, i := range p.drawn {
		starts[uint64(i)*perSource>>32+1]++
	}
	sum := uint32(0)
	for b := range starts {
		sum += starts[b]
		starts[b] = sum
	}
	for _, i := range p.drawn {
		at := &starts[uint64(i)*perSource>>32]
		sorted[*at] = i
		*at++
	}
	for k := 1; k < len(sorted); k++ {
		i, at := sorted[k], k
		for ; at > 0 && sorted[at-1] > i; at-- {
			sorted[at] = sorted[at-1]
		}
		sorted[at] = i
	}
	return sorted
}

// count sorts what was drawn when most sources were drawn several times.
func (p *picker) count(among int) []uint32 {
	if p.counts == nil {
		p.counts = make([]uint32, among)
	}
	for _, i := range p.drawn {
		p.counts[i]++
	}
	sorted := p.drawn[:0]
	for i, n := range p.counts {
		for ; n > 0; n-- {
			sorted = append(sorted, uint32(i))
		}
	}
	clear(p.counts)
	return sorted
}

// allBut draws the few that are left out.
func (p *picker) allBut(stream *random.Stream, c choice, choices int) []uint32 {
	p.drawn = slices.Grow(p.drawn[:0], c.among)[:choices-c.n]
	p.distinct(stream, c, choices)
	if c.exclude {
		p.seen[c.self>>6] |= 1 << (c.self & 63)
	}
	p.drawn = p.drawn[:0]
	for i := range uint32(c.among) {
		if p.seen[i>>6]>>(i&63)&1 == 0 {
			p.drawn = append(p.drawn, i)
		}
	}
	clear(p.seen)
	return p.drawn
}
