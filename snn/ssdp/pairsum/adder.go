package pairsum

import "fmt"

// blockSamples is how many samples are summed before they are rounded to float32.
const blockSamples = 256

// Adder adds terms to a matrix. The zero Adder is ready; it keeps its scratch
// memory, so keep one for each thread of a training run.
type Adder struct {
	quantum float64
	stride  int     // of rows
	values  []int32 // in quanta; row r, of a post state in a sample or in all, by pre state

	begin   []int32 // post neuron j has events begin[j] to begin[j+1]
	events  []event // by post neuron, in the order of samples
	next    []int32
	u, v    []int64 // in quanta
	sum     *[MaxNeurons]int64
	dense   denseScratch
	counted countedScratch
	force   path // for tests
}

// event is a post neuron's leaving the reference state: in which sample of the
// block, and which row of the table holds for it.
type event struct{ sample, row uint32 }

// narrow is how many states the rows of a small table have room for.
const narrow = 16

// path is a way to add a block.
type path int

const (
	cheapest path = iota
	portable      // what every CPU can
	sparse        // by the active pre neurons
	dense         // by all pre neurons, with vector instructions
	counted       // the same, but for most frequent states, whose pairs are counted
)

// Add adds the terms to dw: len Post.Neurons*Pre.Neurons, row-major by post. A
// batch of more than 256 samples is added in parts.
func (w *Adder) Add(dw []float32, t *Terms) {
	if n := t.Post.Samples(); n != t.Pre.Samples() || n != len(t.Factor) || len(dw) != t.Post.Neurons*t.Pre.Neurons || t.States > MaxStates || len(t.Table) != t.States*t.States {
		panic(fmt.Sprintf("pairsum: %d post and %d pre samples, %d factors, %d weights of %d x %d neurons, %d values of %d states", n, t.Pre.Samples(), len(t.Factor), len(dw), t.Post.Neurons, t.Pre.Neurons, len(t.Table), t.States))
	}
	w.quantum = t.quantum()
	w.u = quanta(w.u, t.U, t.Post.Neurons, w.quantum)
	w.v = quanta(w.v, t.V, t.Pre.Neurons, w.quantum)
	rest := t.RankTwo
	for from := 0; from < t.Post.Samples(); from += blockSamples {
		to := min(from+blockSamples, t.Post.Samples())
		b := block{terms: t, from: from, to: to, rest: rest}
		w.tabulate(&b)
		switch p := w.choose(&b); p {
		case dense:
			w.group(&b, stateBytes, tableBytes, 2)
			w.index(&b)
			w.addDense(dw, &b, false)
		case counted:
			w.count(&b)
			w.addDense(dw, &b, true)
		default:
			w.group(&b, 1, 1, 1)
			w.addSparse(dw, &b, p)
		}
		rest = nil
		clear(w.u)
		clear(w.v)
	}
}

// block is the samples that are summed at once.
type block struct {
	terms    *Terms
	from, to int
	rest     *RankTwo
	apart    int // how far a sample's rows of values are from the next's; 0: all share them
}

// choose takes the way that costs less. The costs, in tenths of a nanosecond, are
// measured: of an event in a stripe of columns, and of what a row's end takes there
// beyond what it takes otherwise, against those of a pair; and of taking the entries
// apart, and counting a row's samples in a stripe.
func (w *Adder) choose(b *block) path {
	switch {
	case !vectors || w.force == portable:
		return portable
	case w.force == sparse || b.terms.States >= narrow:
		return sparse
	case w.force == dense:
		return dense
	}
	pairs := 0
	for s := b.from; s < b.to; s++ {
		pairs += len(b.terms.Post.Of(s)) * len(b.terms.Pre.Of(s))
	}
	post, pre := b.terms.Post, b.terms.Pre
	events, others := int(post.Start[b.to]-post.Start[b.from]), int(pre.Start[b.to]-pre.Start[b.from])
	posts, wide := post.Neurons, stripes(pre.Neurons)
	way, cost := sparse, 7*pairs
	if c := wide * (16*events + 50*posts); c < cost {
		way, cost = dense, c
	}
	if b.apart != 0 { // what a pair gives depends on the sample
		return way
	}
	f := &w.counted
	f.post.find(b, post)
	f.pre.find(b, pre)
	c := 8*(events+others) + wide*(16*f.post.others+(200+4*(b.to-b.from)/chunkSamples)*posts) + 16*stripes(posts)*f.pre.others
	if c < cost || w.force == counted {
		way = counted
	}
	return way
}

// quanta is x in quanta, n of them.
func quanta(out []int64, x []float64, n int, quantum float64) []int64 {
	out = grow(out, n)
	clear(out)
	for i, y := range x {
		out[i] = nearest(y / quantum)
	}
	return out
}

// group lists the events of the samples by post neuron: sample and row in steps
// of the given sizes, and each neuron's events padded to a multiple of even by
// such of the row after the last, which is zero.
func (w *Adder) group(b *block, sampleStep, rowStep uint32, even int32) {
	post := b.terms.Post
	w.begin = grow(w.begin, post.Neurons+1)
	w.next = grow(w.next, post.Neurons)
	clear(w.next)
	for _, e := range post.Entries[post.Start[b.from]:post.Start[b.to]] {
		w.next[e&0xffff]++
	}
	at := int32(0)
	for j, n := range w.next {
		w.begin[j], w.next[j] = at, at
		at += (n + even - 1) / even * even
	}
	w.begin[post.Neurons] = at
	w.events = grow(w.events, int(at))
	for s := b.from; s < b.to; s++ {
		sample, first := uint32(s-b.from), uint32((s-b.from)*b.apart)
		for _, e := range post.Of(s) {
			j := e & 0xffff
			w.events[w.next[j]] = event{sample * sampleStep, (first + e>>16) * rowStep}
			w.next[j]++
		}
	}
	if even > 1 {
		zero := event{0, uint32(len(w.values)/w.stride) * rowStep}
		for j, n := range w.next {
			if n < w.begin[j+1] {
				w.events[n] = zero
			}
		}
	}
}

// tabulate fills the rows of values: one a post state, or one a sample and post
// state where the samples' factors differ.
func (w *Adder) tabulate(b *block) {
	t := b.terms
	w.stride = narrow
	if t.States > narrow {
		w.stride = MaxStates
	}
	factors := t.Factor[b.from:b.to]
	b.apart = t.States
	if least, most := span(factors); least == most {
		factors, b.apart = factors[:1], 0
	}
	w.values = grow(w.values, len(factors)*t.States*w.stride)
	for n, f := range factors {
		f /= w.quantum
		for s := range t.States {
			out := w.values[(n*t.States+s)*w.stride:]
			for k, x := range t.Table[s*t.States : (s+1)*t.States] {
				out[k] = int32(nearest(x * f))
			}
		}
	}
}
