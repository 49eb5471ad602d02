package connect

import (
	"math/bits"
	"slices"

	"github.com/volley-snn/volley/snn/random"
)

// picker draws sources and sorts them; its memory is reused.
type picker struct {
	seen    []uint64 // a bit a source
	counts  []uint32 // draws of each source
	sources []uint32
}

func newPicker(sources int) *picker {
	return &picker{seen: make([]uint64, (sources+63)/64), counts: make([]uint32, sources)}
}

// pick draws n of the sources [0, among), ascending; never exclude, if so asked.
func (p *picker) pick(stream *random.Stream, n, among, self int, exclude, multapses bool) []uint32 {
	p.sources = p.sources[:0]
	if n == 0 {
		return p.sources
	}
	choices := uint64(among)
	if exclude {
		choices--
	}
	if complement := !multapses && uint64(n) > choices/2; complement {
		return p.allBut(stream, int(choices)-n, among, self, exclude)
	}
	p.draw(stream, n, choices, self, exclude, multapses)
	return p.ascending()
}

// add appends a source and marks it in seen.
func (p *picker) add(i uint32) {
	p.seen[i>>6] |= 1 << (i & 63)
	p.sources = append(p.sources, i)
}

// ascending sorts what was added, and clears seen.
func (p *picker) ascending() []uint32 {
	if dense := len(p.sources)*8 > len(p.seen); dense {
		return p.scan()
	}
	slices.Sort(p.sources)
	for _, i := range p.sources {
		p.seen[i>>6] = 0
	}
	return p.sources
}

// draw appends n draws in the order drawn, and marks them in seen.
func (p *picker) draw(stream *random.Stream, n int, choices uint64, self int, exclude, multapses bool) {
	for k := 0; k < n; {
		i := uint32(stream.Intn(choices))
		if exclude && int(i) >= self {
			i++
		}
		word, bit := i>>6, uint64(1)<<(i&63)
		if !multapses && p.seen[word]&bit != 0 {
			continue
		}
		p.seen[word] |= bit
		p.sources = append(p.sources, i)
		k++
	}
}

// scan reads the sources back in ascending order, with repeats, and clears seen.
func (p *picker) scan() []uint32 {
	for _, i := range p.sources {
		p.counts[i]++
	}
	sorted := p.sources[:0]
	for w, word := range p.seen {
		for ; word != 0; word &= word - 1 {
			i := uint32(w<<6 | bits.TrailingZeros64(word))
			for ; p.counts[i] > 0; p.counts[i]-- {
				sorted = append(sorted, i)
			}
		}
		p.seen[w] = 0
	}
	return sorted
}

// allBut draws the few that are left out.
func (p *picker) allBut(stream *random.Stream, n, among, self int, exclude bool) []uint32 {
	choices := uint64(among)
	if exclude {
		choices--
		p.seen[self>>6] |= 1 << (self & 63)
	}
	for k := 0; k < n; {
		i := uint32(stream.Intn(choices))
		if exclude && int(i) >= self {
			i++
		}
		if bit := uint64(1) << (i & 63); p.seen[i>>6]&bit == 0 {
			p.seen[i>>6] |= bit
			k++
		}
	}
	for i := range uint32(among) {
		if p.seen[i>>6]>>(i&63)&1 == 0 {
			p.sources = append(p.sources, i)
		}
	}
	clear(p.seen)
	return p.sources
}
