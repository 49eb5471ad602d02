package connect

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/volley-snn/volley/snn/random"
)

// FixedIndegree gives each target the same number of sources, drawn uniformly.
type FixedIndegree struct {
	Indegree int
	Switches
}

// Check refuses a degree that the sources cannot give.
func (r FixedIndegree) Check(s Space) []error {
	switch c := r.choices(s); {
	case r.Indegree < 0:
		return []error{fmt.Errorf("indegree must be >= 0, is %d", r.Indegree)}
	case r.Indegree > 0 && c < 1, !r.Multapses && r.Indegree > c:
		return []error{fmt.Errorf("indegree %d is more than the %d sources that a target may have", r.Indegree, max(c, 0))}
	}
	return nil
}

// Expected is exact.
func (r FixedIndegree) Expected(_ Space, lo, hi int) float64 {
	return float64(hi-lo) * float64(r.Indegree)
}

// InDegreeBound is the degree.
func (r FixedIndegree) InDegreeBound(Space) int { return r.Indegree }

// Each draws each target's sources from a stream of its own.
func (r FixedIndegree) Each(s Space, key random.Key, lo, hi int, yield func(int, []uint32)) {
	p := newPicker(s.Sources)
	for t := lo; t < hi; t++ {
		stream := key.Sub(uint64(t)).Stream()
		yield(t, p.pick(&stream, r.Indegree, s.Sources, t, r.excludes(s), r.Multapses))
	}
}

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
	dense := n*8 > among/64
	if !dense {
		slices.Sort(p.sources)
		for _, i := range p.sources {
			p.seen[i>>6] = 0
		}
		return p.sources
	}
	return p.scan()
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
