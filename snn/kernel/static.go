package kernel

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
)

// puller is a static projection in one partition: it adds to the sums of the
// targets what arrives at tick t.
type puller interface {
	pull(t snn.Tick, log *spikeLog)
	size() blockSize
}

// blockSize is what a projection holds in one partition.
type blockSize struct {
	synapses, bytes int64
	layout          string
	events          int64 // synapses that spikes have crossed so far
}

// index is how a block names a target: 16 bits suffice where a partition holds
// at most 65,536 neurons of the population.
type index interface{ uint16 | uint32 }

// listBlock has one weight and one delay for all: a row a source, holding the
// local indices of its targets, ascending, multapses repeated.
type listBlock[T index] struct {
	source   int // population
	first    snn.GID
	delay    snn.Tick
	weight   int32
	slice    *slice
	receptor int
	events   int64
	rows     []uint64 // row of source s is targets[rows[s]:rows[s+1]]
	targets  []T
}

func (b *listBlock[T]) pull(t snn.Tick, log *spikeLog) {
	emitted := t - b.delay
	if emitted <= b.slice.since {
		return
	}
	sums := b.slice.sums(b.receptor, t)
	for _, g := range log.of(emitted, b.source) {
		s := g - b.first
		row := b.targets[b.rows[s]:b.rows[s+1]]
		b.events += int64(len(row))
		for _, j := range row {
			sums[j] += b.weight
		}
	}
}

func (b *listBlock[T]) size() blockSize {
	return blockSize{int64(len(b.targets)), bytesOf(b.rows) + bytesOf(b.targets), "list", b.events}
}

// packedBlock has a weight and delay of its own for each synapse. A row is
// sorted by delay, then target, so that a tick pulls one segment of it.
type packedBlock[T index] struct {
	source   int
	first    snn.GID
	minDelay snn.Tick
	delays   int // number of delays: minDelay to minDelay+delays-1
	slice    *slice
	receptor int
	events   int64
	segments []uint64 // delay d of source s is segments[s*delays+d-minDelay] to the next
	targets  []T
	weights  []int32
}

func (b *packedBlock[T]) pull(t snn.Tick, log *spikeLog) {
	sums := b.slice.sums(b.receptor, t)
	for d := range b.delays {
		emitted := t - b.minDelay - snn.Tick(d)
		if emitted <= b.slice.since {
			return
		}
		for _, g := range log.of(emitted, b.source) {
			at := int(g-b.first)*b.delays + d
			lo, hi := b.segments[at], b.segments[at+1]
			weights := b.weights[lo:hi]
			b.events += int64(hi - lo)
			for k, j := range b.targets[lo:hi] {
				sums[j] += weights[k]
			}
		}
	}
}

func (b *packedBlock[T]) size() blockSize {
	return blockSize{int64(len(b.targets)), bytesOf(b.segments) + bytesOf(b.targets) + bytesOf(b.weights), "packed", b.events}
}

func bytesOf[T uint16 | uint32 | uint64 | int32 | float32 | float64](s []T) int64 {
	var zero T
	switch any(zero).(type) {
	case uint16:
		return int64(len(s)) * 2
	case uint32, int32, float32:
		return int64(len(s)) * 4
	}
	return int64(len(s)) * 8
}

// buildStatic makes the blocks of a static projection onto a slice: one for each
// receptor that its weights enter by.
func buildStatic(p *Projection, s *slice, dtMs float64) ([]puller, error) {
	ports, err := p.ports()
	if err != nil {
		return nil, err
	}
	low, high := p.weightRange()
	oneWeight := low == high && p.sameDelay()
	small := s.len() <= math.MaxUint16+1
	var blocks []puller
	for _, r := range ports {
		var b puller
		switch {
		case oneWeight && small:
			b, err = newListBlock[uint16](p, s, r, high)
		case oneWeight:
			b, err = newListBlock[uint32](p, s, r, high)
		case small:
			b, err = newPackedBlock[uint16](p, s, r, dtMs, len(ports) > 1)
		default:
			b, err = newPackedBlock[uint32](p, s, r, dtMs, len(ports) > 1)
		}
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

func newListBlock[T index](p *Projection, s *slice, receptor int, weight float64) (*listBlock[T], error) {
	b := &listBlock[T]{source: p.Source.Index, first: p.Source.Range.First, delay: p.minDelay, slice: s, receptor: receptor}
	b.weight = quanta(weight, 1/p.Target.Quanta[receptor])
	b.rows = make([]uint64, p.space.Sources+1)
	p.each(s, func(_ int, sources, _ []uint32) {
		for _, src := range sources {
			b.rows[src+1]++
		}
	})
	total := sumUp(b.rows)
	b.targets = make([]T, total)
	next := append([]uint64(nil), b.rows[:p.space.Sources]...)
	p.each(s, func(target int, sources, _ []uint32) {
		for _, src := range sources {
			b.targets[next[src]] = T(target - s.lo)
			next[src]++
		}
	})
	return b, nil
}

func newPackedBlock[T index](p *Projection, s *slice, receptor int, dtMs float64, bySign bool) (*packedBlock[T], error) {
	b := &packedBlock[T]{source: p.Source.Index, first: p.Source.Range.First, minDelay: p.minDelay, delays: int(p.maxDelay-p.minDelay) + 1, slice: s, receptor: receptor}
	inverse := 1 / p.Target.Quanta[receptor]
	sign := p.Target.Receptors[receptor].Sign
	b.segments = make([]uint64, p.space.Sources*b.delays+1)
	var tooLarge error
	visit := func(use func(at int, target int, weight float64)) {
		p.each(s, func(target int, sources, rows []uint32) {
			d := p.drawsOf(target, dtMs)
			d.rows = rows
			for k, src := range sources {
				w := d.weight(k)
				if bySign && (w < 0) != (sign < 0) {
					continue
				}
				if math.Abs(w) > p.weightBound {
					tooLarge = fmt.Errorf("projections.%s.weight: a draw of %g is beyond ten standard deviations; bound the distribution", p.Name, w)
					w = 0
				}
				use(int(src)*b.delays+int(d.delay(k)-p.minDelay), target, w)
			}
		})
	}
	visit(func(at, _ int, _ float64) { b.segments[at+1]++ })
	total := sumUp(b.segments)
	b.targets, b.weights = make([]T, total), make([]int32, total)
	next := append([]uint64(nil), b.segments[:len(b.segments)-1]...)
	visit(func(at, target int, w float64) {
		b.targets[next[at]], b.weights[next[at]] = T(target-s.lo), quanta(w, inverse)
		next[at]++
	})
	return b, tooLarge
}

// sumUp turns counts at [1:] into offsets, and returns the total.
func sumUp(offsets []uint64) uint64 {
	for i := 1; i < len(offsets); i++ {
		offsets[i] += offsets[i-1]
	}
	return offsets[len(offsets)-1]
}
