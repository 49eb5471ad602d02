package kernel

import (
	"slices"
	"unsafe"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/delivery"
	"github.com/volley-snn/volley/snn/plasticity"
)

// float is how plastic weights are stored.
type float interface{ float32 | float64 }

// wiring is the synapses of a plastic projection onto a slice, but for their weights:
// a row a source, targets ascending, several synapses of a pair in order.
type wiring[T index] struct {
	p        *Projection
	slice    *slice
	receptor int
	inverse  float64 // quanta in the weight's unit
	lo, hi   float64 // bounds of the weights

	rows    []uint64 // synapses of source s are rows[s] to rows[s+1]
	targets []T      // local
	delays  []uint16 // in ticks; nil where all are p.minDelay
	events  int64
}

// synapses is wiring with weights in their receptor's unit.
type synapses[T index, W float] struct {
	*wiring[T]
	w []W
}

func newSynapses[T index, W float](env Environment, p *Projection, s *slice, receptor int, dtMs float64) *synapses[T, W] {
	b := &synapses[T, W]{}
	b.wiring = newWiring[T](env, p, s, receptor, dtMs,
		func(n uint64) { b.w = allocate[W](env, n) },
		func(at []uint64, w []float64) {
			for k, w := range w {
				b.w[at[k]] = W(w)
			}
		})
	return b
}

// allocate makes n numbers of synapses in the environment's memory.
func allocate[T uint16 | uint32 | float32 | float64](env Environment, n uint64) []T {
	if n == 0 {
		return nil
	}
	memory := env.Memory
	if memory == nil {
		memory = delivery.Heap
	}
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(memory(int(n)*int(unsafe.Sizeof(zero)))))), n)
}

// newWiring connects and draws: reserve is told how many synapses there are, and set
// the weights of some of them. Weights that are drawn beyond the bounds are set to
// them.
func newWiring[T index](env Environment, p *Projection, s *slice, receptor int, dtMs float64, reserve func(n uint64), set func(at []uint64, w []float64)) *wiring[T] {
	b := &wiring[T]{p: p, slice: s, receptor: receptor, inverse: 1 / p.Target.Quanta[receptor], rows: make([]uint64, p.space.Sources+1)}
	b.lo, b.hi = p.plasticBounds()
	since := 0
	connect.EachUnsorted(p.rule, p.space, p.key, s.lo, s.hi, func(_ int, sources []uint32) {
		since = env.told(since + len(sources))
		for _, src := range sources {
			b.rows[src+1]++
		}
	})
	total := sumUp(b.rows)
	b.targets = allocate[T](env, total)
	reserve(total)
	if !p.sameDelay() {
		b.delays = allocate[uint16](env, total)
	}
	low, high := p.weightRange()
	f := wiringFiller[T]{wiring: b, next: append([]uint64(nil), b.rows[:p.space.Sources]...), set: set, dtMs: dtMs, differ: low < high, env: env}
	if !f.differ {
		f.all(total, min(max(low, b.lo), b.hi))
	}
	p.each(s, f.target)
	return b
}

// wiringFiller puts a target's synapses into the rows of their sources.
type wiringFiller[T index] struct {
	*wiring[T]
	next   []uint64 // place of each source's next synapse
	set    func(at []uint64, w []float64)
	dtMs   float64
	differ bool // weights are drawn
	env    Environment
	since  int // synapses since env was told

	at      []uint64
	weights []float64
	delays  []uint16
}

// all sets the first n weights to one.
func (f *wiringFiller[T]) all(n uint64, weight float64) {
	f.at, f.weights = make([]uint64, min(n, chunk)), make([]float64, min(n, chunk))
	for k := range f.weights {
		f.weights[k] = weight
	}
	for from := uint64(0); from < n; from += chunk {
		m := min(n-from, chunk)
		for k := range m {
			f.at[k] = from + k
		}
		f.set(f.at[:m], f.weights[:m])
	}
	f.at, f.weights = nil, nil
}

// target takes a target's synapses.
func (f *wiringFiller[T]) target(target int, sources, rows []uint32) {
	n := len(sources)
	f.since = f.env.told(f.since + n)
	f.at = slices.Grow(f.at[:0], n)[:n]
	for k, src := range sources {
		f.at[k] = f.next[src]
		f.next[src]++
	}
	for _, at := range f.at {
		f.targets[at] = T(target - f.slice.lo)
	}
	d := f.p.drawsOf(target, f.dtMs)
	d.rows = rows
	if f.differ {
		f.weights = slices.Grow(f.weights[:0], n)[:n]
		d.fill(f.weights)
		for k, w := range f.weights {
			f.weights[k] = min(max(w, f.lo), f.hi)
		}
		f.set(f.at, f.weights)
	}
	if f.wiring.delays == nil {
		return
	}
	f.delays = slices.Grow(f.delays[:0], n)[:n]
	d.fillDelays(f.delays)
	for k, at := range f.at {
		f.wiring.delays[at] = f.delays[k] + uint16(f.p.minDelay)
	}
}

func (b *wiring[T]) target() *slice  { return b.slice }
func (b *wiring[T]) of() *Projection { return b.p }

// delay is that of synapse k.
func (b *wiring[T]) delay(k uint64) snn.Tick {
	if b.delays == nil {
		return b.p.minDelay
	}
	return snn.Tick(b.delays[k])
}

// deliver sends a spike of source i at tick t with the weights as they are.
func (b *synapses[T, W]) deliver(i uint32, t snn.Tick) {
	lo, hi := b.rows[i], b.rows[i+1]
	b.events += int64(hi - lo)
	if b.delays != nil {
		for k := lo; k < hi; k++ {
			b.slice.sums(b.receptor, t+snn.Tick(b.delays[k]))[b.targets[k]] += quanta(float64(b.w[k]), b.inverse)
		}
		return
	}
	plasticity.Deliver(b.w[lo:hi], b.targets[lo:hi], b.inverse, b.slice.sums(b.receptor, t+b.p.minDelay))
}

func (b *wiring[T]) bytes() int64 {
	return bytesOf(b.rows) + bytesOf(b.targets) + bytesOf(b.delays)
}

func (b *synapses[T, W]) bytes() int64 {
	return b.wiring.bytes() + bytesOf(b.w)
}

// sumOnto adds each weight to its target's sum, sources ascending.
func (b *synapses[T, W]) sumOnto(sums []float64) {
	for k, j := range b.targets {
		sums[j] += float64(b.w[k])
	}
}

// scaleBy multiplies each target's weights by its factor, within the bounds.
func (b *synapses[T, W]) scaleBy(factors []float64) {
	for k, j := range b.targets {
		b.scaleOne(uint64(k), factors[j])
	}
}

func (b *synapses[T, W]) scaleOne(k uint64, factor float64) {
	b.w[k] = W(min(max(float64(b.w[k])*factor, b.lo), b.hi))
}

// chunk is the number of synapses whose weights are turned from rows to columns
// at a time.
const chunk = 1 << 18

// columns yields each target's synapses, by source: what of gives for synapse k
// of source s. It holds a chunk of them at a time, and walks the rows once.
func (b *wiring[T]) columns(of func(s uint32, k uint64) float64, yield func(target int, sources []uint32, weights []float64)) {
	degree := make([]uint32, b.slice.len())
	for _, j := range b.targets {
		degree[j]++
	}
	next := append([]uint64(nil), b.rows[:b.p.space.Sources]...)
	starts := make([]uint32, 0, b.slice.len()+1)
	for lo := 0; lo < b.slice.len(); {
		hi, total := lo, uint32(0)
		starts = starts[:0]
		for hi < b.slice.len() && (hi == lo || total+degree[hi] <= chunk) {
			starts = append(starts, total)
			total += degree[hi]
			hi++
		}
		sources, weights := make([]uint32, total), make([]float64, total)
		at := append([]uint32(nil), starts...)
		for s := range next {
			k := next[s]
			for ; k < b.rows[s+1] && int(b.targets[k]) < hi; k++ {
				c := &at[int(b.targets[k])-lo]
				sources[*c], weights[*c] = uint32(s), of(uint32(s), k)
				*c++
			}
			next[s] = k
		}
		for j := lo; j < hi; j++ {
			from, to := starts[j-lo], at[j-lo]
			yield(b.slice.lo+j, sources[from:to], weights[from:to])
		}
		lo = hi
	}
}
