package connect

import (
	"slices"

	"github.com/volley-snn/volley/snn/random"
)

// subsets draws, for each source, degree of the places, all different, and yields
// them by place.
//
// The numbers that each source has in the two halves of a span are drawn for all
// sources from a stream of the span, down to spans of a few places, in which each
// source's are drawn one by one. Whoever needs some places makes only the spans that
// overlap them. Memory: 8 bytes a source and level, and a small span's synapses.
type subsets struct {
	key     random.Key
	lo, hi  int // the places that are yielded
	yield   func(place int, sources []uint32)
	sources int
	places  int
	degree  int
	small   int // places of a span that is not split

	levels [40]shares // one for each depth of spans
	taken  []uint64   // a bit a place of a small span
	drawn  []uint32   // places of the small span, source by source
	starts []uint32   // of each place in from
	from   []uint32   // sources of each place
}

// shares is how many places of a span each source has; those with none are left out.
type shares struct{ sources, n []uint32 }

func newSubsets(sources, places, degree int, key random.Key, lo, hi int, yield func(int, []uint32)) *subsets {
	d := &subsets{key: key, lo: lo, hi: hi, yield: yield, sources: sources, places: places, degree: degree}
	if degree > places/2 { // draw who is left out
		d.degree = places - degree
		var rest []uint32
		d.yield = func(place int, without []uint32) {
			rest = rest[:0]
			for i := range uint32(sources) {
				if len(without) > 0 && without[0] == i {
					without = without[1:]
					continue
				}
				rest = append(rest, i)
			}
			yield(place, rest)
		}
	}
	d.small = min(max(64, 4*places/max(d.degree, 1)), 1024)
	d.taken, d.starts = make([]uint64, (d.small+63)/64), make([]uint32, d.small+2)
	return d
}

// all draws and yields.
func (d *subsets) all() {
	s, n := d.level(0), 0
	for i := range min(d.sources, d.sources*d.degree) {
		s.sources[i], s.n[i] = uint32(i), uint32(d.degree)
		n++
	}
	s.sources, s.n = s.sources[:n], s.n[:n]
	d.deal(0, d.places, s, 1)
}

// level is room for the shares of a depth.
func (d *subsets) level(depth int) *shares {
	s := &d.levels[depth]
	if s.n == nil {
		s.sources, s.n = make([]uint32, d.sources), make([]uint32, d.sources)
	}
	s.sources, s.n = s.sources[:d.sources], s.n[:d.sources]
	return s
}

// deal splits the shares of a span, which it uses up.
func (d *subsets) deal(first, end int, all *shares, depth int) {
	if end <= d.lo || first >= d.hi {
		return
	}
	if end-first <= d.small {
		d.draw(first, end, all)
		return
	}
	middle := (first + end) / 2
	l, r := uint64(middle-first), uint64(end-middle)
	stream := d.key.Sub(span(first, end)).Stream()
	left := d.level(depth)
	stream.Hypergeometrics(all.n, left.n, l, r)
	nLeft, nRight := 0, 0
	for i, source := range all.sources {
		inLeft, inRight := left.n[i], all.n[i]-left.n[i]
		left.sources[nLeft], left.n[nLeft] = source, inLeft
		all.sources[nRight], all.n[nRight] = source, inRight
		nLeft += int(min(inLeft, 1))
		nRight += int(min(inRight, 1))
	}
	left.sources, left.n = left.sources[:nLeft], left.n[:nLeft]
	all.sources, all.n = all.sources[:nRight], all.n[:nRight]
	d.deal(first, middle, left, depth+1)
	d.deal(middle, end, all, depth+1)
}

// draw draws each source's places of a small span, and yields them.
func (d *subsets) draw(first, end int, all *shares) {
	stream := d.key.Sub(span(first, end)).Stream()
	d.drawn = d.drawn[:0]
	for _, n := range all.n {
		d.choose(&stream, int(n), end-first)
	}
	// counted by place, two cells ahead, so that starts[p+1] is where place p goes on
	starts := d.starts[:end-first+2]
	clear(starts)
	for _, p := range d.drawn {
		starts[p+2]++
	}
	for p := 2; p < len(starts); p++ {
		starts[p] += starts[p-1]
	}
	d.from = slices.Grow(d.from[:0], len(d.drawn))[:len(d.drawn)]
	drawn := d.drawn
	for i, n := range all.n {
		source := all.sources[i]
		for _, p := range drawn[:n] {
			d.from[starts[p+1]] = source
			starts[p+1]++
		}
		drawn = drawn[n:]
	}
	for p := max(first, d.lo); p < min(end, d.hi); p++ {
		d.yield(p, d.from[starts[p-first]:starts[p-first+1]])
	}
}

// choose appends n of the places to drawn, in any order.
func (d *subsets) choose(s *random.Stream, n, places int) {
	start, few := len(d.drawn), min(n, places-n)
	d.drawn = slices.Grow(d.drawn, n)[:start+few]
	out := d.drawn[start:]
	if s.Below(uint32(places), out); few > 1 || few < n {
		d.distinct(s, uint32(places), out)
	}
	if few < n {
		d.drawn = d.drawn[:start]
		for p := range uint32(places) {
			if d.taken[p>>6]>>(p&63)&1 == 0 {
				d.drawn = append(d.drawn, p)
			}
		}
	}
	if n > 1 {
		clear(d.taken)
	}
}

// distinct draws again what was drawn before, and leaves all in taken.
func (d *subsets) distinct(s *random.Stream, places uint32, out []uint32) {
	for have := 0; ; s.Below(places, out[have:]) {
		for _, p := range out[have:] {
			word := &d.taken[p>>6]
			out[have] = p
			have += int(^*word >> (p & 63) & 1)
			*word |= 1 << (p & 63)
		}
		if have == len(out) {
			return
		}
	}
}
