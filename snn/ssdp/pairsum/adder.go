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

	begin []int32 // post neuron j has events begin[j] to begin[j+1]
	post  []event // by post neuron, in the order of samples
	next  []int32
	u, v  []int64 // in quanta
	sum   *[MaxNeurons]int64
	force path // for tests
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
		w.group(t.Post, from, to)
		w.tabulate(t, from, to)
		w.addSparse(dw, &block{terms: t, from: from, to: to, rest: rest}, w.force)
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

// group lists the events of the samples by post neuron.
func (w *Adder) group(post *Active, from, to int) {
	entries := post.Entries[post.Start[from]:post.Start[to]]
	w.begin = grow(w.begin, post.Neurons+1)
	w.next = grow(w.next, post.Neurons)
	w.post = grow(w.post, len(entries))
	clear(w.next)
	for _, e := range entries {
		w.next[e&0xffff]++
	}
	at := int32(0)
	for j, n := range w.next {
		w.begin[j], w.next[j] = at, at
		at += n
	}
	w.begin[post.Neurons] = at
	for b := from; b < to; b++ {
		for _, e := range post.Of(b) {
			j := e & 0xffff
			w.post[w.next[j]] = event{uint32(b - from), e >> 16}
			w.next[j]++
		}
	}
}

// tabulate fills the rows of values: one a post state, or one a sample and post
// state where the samples' factors differ.
func (w *Adder) tabulate(t *Terms, from, to int) {
	w.stride = narrow
	if t.States > narrow {
		w.stride = MaxStates
	}
	factors := t.Factor[from:to]
	if least, most := span(factors); least == most {
		factors = factors[:1]
	}
	w.values = grow(w.values, len(factors)*t.States*w.stride)
	for b, f := range factors {
		f /= w.quantum
		for s := range t.States {
			out := w.values[(b*t.States+s)*w.stride:]
			for k, x := range t.Table[s*t.States : (s+1)*t.States] {
				out[k] = int32(nearest(x * f))
			}
		}
	}
	if len(factors) > 1 {
		for k := range w.post {
			w.post[k].row += w.post[k].sample * uint32(t.States)
		}
	}
}
