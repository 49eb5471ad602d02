package pairsum

import "unsafe"

const (
	chunkSamples = 4  // that a lookup counts
	chunkStep    = 8  // chunks that the kernel counts at once
	crossRows    = 32 // rows that the kernel adds columns' events to at once
	crossWords   = 64 // of a row: 32 columns' lower bits, then their upper bits
	sampled      = 8  // one entry of so many is looked at to find the most frequent state
)

// countedScratch is the memory of the counted way.
type countedScratch struct {
	post, pre    frequency
	chunks       int
	patterns     []byte // by row and chunk: 16 times its cell
	begin        []int32
	next         []int32
	events       []event // by column
	tables       []byte  // as denseScratch.tables, by state and sample of a chunk
	sums, turned *[crossRows * crossWords]int32
	clean        bool // turned is 0
}

// frequency is what a layer's most frequent state is, and what it does in it.
type frequency struct {
	state  uint32
	others int     // about how many entries are of other states
	cells  []byte  // by stripe, chunk and neuron: the samples of the chunk, as bits, in which it is in the state
	events []other // those of other states
}

// other is an entry of a sample of the block.
type other struct{ sample, entry uint32 }

// counts has, for a pattern of four samples, how many another pattern has in common.
var counts = func() (table [16][16]byte) {
	for a := range table {
		for b := range table[a] {
			for x := a & b; x > 0; x &= x - 1 {
				table[a][b]++
			}
		}
	}
	return table
}()

// find looks for the most frequent state.
func (f *frequency) find(b *block, a *Active) {
	var n [MaxStates]int
	all := 0
	for k := int(a.Start[b.from]); k < int(a.Start[b.to]); k += sampled {
		n[a.Entries[k]>>16%MaxStates]++
		all++
	}
	f.state = 0
	for s, k := range n {
		if k > n[f.state] {
			f.state = uint32(s)
		}
	}
	f.others = sampled * (all - n[f.state])
}

// split takes the entries apart. index, if any, gets what it has in denseScratch.
func (f *frequency) split(b *block, a *Active, chunks int, index []byte) {
	samples := b.to - b.from
	perCells, perStates := uint32(stripeStep(chunks)), uint32(stripeStep(samples))
	f.cells = grow(f.cells, stripes(a.Neurons)*stripeStep(chunks))
	clear(f.cells)
	f.events = f.events[:0]
	for s := range samples {
		bit := byte(1 << (s % chunkSamples))
		cells, states := f.cells[s/chunkSamples*columns:], index
		if index != nil {
			states = index[s*columns:]
		}
		for _, e := range a.Of(b.from + s) {
			stripe, column := e&0xffff/columns, place(e%columns)
			if index != nil {
				states[stripe*perStates+column] = byte(e>>16 + 1)
			}
			if e>>16 == f.state {
				cells[stripe*perCells+column] |= bit
			} else {
				f.events = append(f.events, other{uint32(s), e})
			}
		}
	}
}

// count prepares the counting of the samples in which neurons of both sides are in
// their most frequent states.
func (w *Adder) count(b *block) {
	c, t, samples := &w.counted, b.terms, b.to-b.from
	c.chunks = (samples + chunkStep*chunkSamples - 1) / (chunkStep * chunkSamples) * chunkStep
	w.dense.index = grow(w.dense.index, stripes(t.Pre.Neurons)*stripeStep(samples))
	clear(w.dense.index)
	c.post.split(b, t.Post, c.chunks, nil)
	c.pre.split(b, t.Pre, c.chunks, w.dense.index)
	c.patterns = grow(c.patterns, t.Post.Neurons*c.chunks)
	for j := range t.Post.Neurons {
		cells := c.post.cells[j/columns*stripeStep(c.chunks)+int(place(uint32(j%columns))):]
		for k, row := 0, c.patterns[j*c.chunks:(j+1)*c.chunks]; k < len(row); k++ {
			row[k] = cells[k*columns] << 4
		}
	}
	if c.sums == nil {
		c.sums, c.turned, c.clean = new([crossRows * crossWords]int32), new([crossRows * crossWords]int32), true
	}
	w.groupOthers(b)
	w.crossEvents(b)
}

// groupOthers is group of the rows' other states.
func (w *Adder) groupOthers(b *block) {
	w.begin, w.next = grow(w.begin, b.terms.Post.Neurons+1), grow(w.next, b.terms.Post.Neurons)
	w.events = grouped(w.events, w.begin, w.next, w.counted.post.events, uint32(len(w.values)/w.stride), func(o other) event {
		return event{o.sample * stateBytes, o.entry >> 16 * tableBytes}
	})
}

// crossEvents lists the events of columns in other states than their most frequent,
// and what they add to rows in theirs; and adds to v what that lacks.
func (w *Adder) crossEvents(b *block) {
	c, pre, states := &w.counted, b.terms.Pre, b.terms.States
	values := w.values[int(c.post.state)*w.stride:][:states]
	least := int64(0)
	for t, x := range values {
		if uint32(t) != c.pre.state {
			least = min(least, int64(x))
		}
	}
	// A chunk's cell of a row says in which of its samples the row is in its state.
	c.tables = grow(c.tables, (states*chunkSamples+1)*tableBytes)
	clear(c.tables)
	for t, x := range values {
		for s := range chunkSamples {
			row := c.tables[(t*chunkSamples+s)*tableBytes:]
			for cell := range 16 {
				putDigits(row, cell, int64(cell>>s&1)*int64(x)-least)
			}
		}
	}
	kept := c.pre.events[:0]
	for _, o := range c.pre.events {
		if values[o.entry>>16] != 0 || least != 0 {
			kept = append(kept, o)
		}
	}
	c.begin, c.next = grow(c.begin, pre.Neurons+1), grow(c.next, pre.Neurons)
	c.events = grouped(c.events, c.begin, c.next, kept, uint32(states*chunkSamples), func(o other) event {
		return event{o.sample / chunkSamples * columns, (o.entry>>16*chunkSamples + o.sample%chunkSamples) * tableBytes}
	})
	for i, n := range c.next {
		w.v[i] += int64(n-c.begin[i]) * least
	}
}

// grouped lists events by neuron, an even number of each: zero is a row of tables of
// zeros. begin is where a neuron's begin, and next where those end that are real.
func grouped(out []event, begin, next []int32, others []other, zero uint32, of func(other) event) []event {
	clear(next)
	for _, o := range others {
		next[o.entry&0xffff]++
	}
	at := int32(0)
	for i, n := range next {
		begin[i], next[i] = at, at
		at += (n + 1) &^ 1
	}
	begin[len(next)] = at
	out = grow(out, int(at))
	for _, o := range others {
		i := o.entry & 0xffff
		out[next[i]] = of(o)
		next[i]++
	}
	for i, n := range next {
		if n < begin[i+1] {
			out[n] = event{0, zero * tableBytes}
		}
	}
	return out
}

// cross is, row by row, what the events of a stripe's columns add to 32 rows.
func (w *Adder) cross(b *block, row, first int) *int32 {
	c := &w.counted
	last := min(first+columns, b.terms.Pre.Neurons)
	if c.begin[first] == c.begin[last] {
		if !c.clean {
			clear(c.turned[:])
			c.clean = true
		}
		return &c.turned[0]
	}
	crossAVX2(&c.begin[first], (*byte)(unsafe.Pointer(&c.events[0])), last-first, &c.post.cells[row/crossRows*stripeStep(c.chunks)], &c.tables[0], &c.sums[0])
	turnAVX2(&c.turned[0], &c.sums[0])
	c.clean = false
	return &c.turned[0]
}
