package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/delivery"
)

// static is a block of static synapses in one partition: those of one or several
// projections from one population that enter by one receptor. It is pulled.
type static struct {
	block    delivery.Block
	source   int // population
	minDelay snn.Tick
	delays   int
	slice    *slice // one of its targets; all are reset together
	receptor int
	spikes   [][]snn.GID
	events   int64
}

// pull adds what arrives at tick t to the partition's arrivals.
func (b *static) pull(t snn.Tick, log *spikeLog, arrivals [][]int32) {
	b.spikes = b.spikes[:0]
	for d := range b.delays {
		emitted := t - b.minDelay - snn.Tick(d)
		if emitted <= b.slice.since {
			break
		}
		b.spikes = append(b.spikes, log.of(emitted, b.source))
	}
	b.events += b.block.Deliver(b.spikes, arrivals[b.receptor])
}

// share is what one projection has in a static block.
type share struct {
	*static
	part   int
	layout delivery.Layout
}

func (s share) size() blockSize {
	size := s.block.Size()
	all := int64(0)
	for _, n := range size.Synapses {
		all += n
	}
	own := blockSize{synapses: size.Synapses[s.part], layout: string(s.layout)}
	if all > 0 {
		own.bytes = int64(float64(size.Bytes) * (float64(own.synapses) / float64(all)))
	}
	if s.part == 0 {
		own.events = s.events
	}
	return own
}

// bundle gathers the projections that can share a block: a spike then crosses one
// row of many targets instead of many short ones.
type bundle struct {
	bundleKey
	parts []staticPart
}

type bundleKey struct {
	source             *Population
	receptor           int
	layout             delivery.Layout
	minDelay, maxDelay snn.Tick
	weight             int32 // where there is one for all
	bits, shift        int
	resets             bool
}

// staticPart is a projection onto a slice.
type staticPart struct {
	p     *Projection
	slice *slice
}

// buildStatics makes the blocks of all static projections onto the partition.
func (p *Partition) buildStatics(env Environment) error {
	var bundles []*bundle
	for _, s := range p.slices {
		for _, proj := range p.n.Projections {
			if proj.Target != s.population || proj.Plastic() {
				continue
			}
			ports, err := proj.entered()
			if err != nil {
				return err
			}
			for _, r := range ports {
				bundles = gather(bundles, p.bundleKey(proj, r), staticPart{proj, s})
			}
		}
	}
	for _, b := range bundles {
		for _, own := range b.split() {
			if err := p.buildBundle(own, env); err != nil {
				return err
			}
		}
	}
	return nil
}

// split takes a bundle of bitmaps apart where its targets do not follow on each
// other: a row of bits would hold the gap.
func (b *bundle) split() []*bundle {
	if b.layout != delivery.Bitmap {
		return []*bundle{b}
	}
	var split []*bundle
	for i, part := range b.parts {
		if i > 0 && b.parts[i-1].slice.first+snn.GID(b.parts[i-1].slice.len()) == part.slice.first {
			last := split[len(split)-1]
			last.parts = append(last.parts, part)
			continue
		}
		split = append(split, &bundle{b.bundleKey, []staticPart{part}})
	}
	return split
}

func gather(bundles []*bundle, key bundleKey, part staticPart) []*bundle {
	for _, b := range bundles {
		if b.bundleKey == key {
			b.parts = append(b.parts, part)
			return bundles
		}
	}
	return append(bundles, &bundle{key, []staticPart{part}})
}

func (p *Partition) bundleKey(proj *Projection, receptor int) bundleKey {
	key := bundleKey{source: proj.Source, receptor: receptor, layout: proj.Layout.Layout, minDelay: proj.minDelay, maxDelay: proj.maxDelay, resets: p.n.resets(proj.Target)}
	if key.layout == delivery.Packed {
		key.bits, key.shift = proj.stored(receptor)
	} else {
		low, _ := proj.weightRange()
		key.weight = quanta(low, 1/proj.Target.Quanta[receptor])
	}
	return key
}

// buildBundle makes the blocks of a bundle: as few as 16 bits allow to name the
// partition's neurons, of equal spans.
func (p *Partition) buildBundle(b *bundle, env Environment) error {
	n := p.Range.Len()
	blocks := (n + delivery.MaxTargets - 1) / delivery.MaxTargets
	for k := range blocks {
		lo, hi := k*n/blocks, (k+1)*n/blocks
		c := delivery.Config{
			Layout: b.layout, Sources: b.source.Size(), First: b.source.Range.First, Delays: int(b.maxDelay-b.minDelay) + 1,
			Weight: b.weight, WeightBits: b.bits, WeightShift: b.shift,
			Base: lo, Memory: env.Memory, Progress: env.Progress,
		}
		own := &static{source: b.source.Index, minDelay: b.minDelay, delays: c.Delays, receptor: b.receptor}
		var drawers []*drawer
		var projections []*Projection
		for _, part := range b.parts {
			s := part.slice
			at := int(s.first - p.Range.First)
			from, to := max(at, lo), min(at+s.len(), hi)
			if from >= to {
				continue
			}
			d := newDrawer(part.p, b.bundleKey, p.n.DtMs)
			q := delivery.Part{Rule: part.p.rule, Space: part.p.space, Key: part.p.key, Lo: s.lo + from - at, Hi: s.lo + to - at, Offset: from - lo}
			if d.needed() {
				q.Draw, q.Drops = d.draw, d.bySign
			}
			c.Parts = append(c.Parts, q)
			drawers, projections = append(drawers, d), append(projections, part.p)
			own.slice = s
		}
		if len(c.Parts) == 0 {
			continue
		}
		var err error
		if own.block, err = delivery.Build(c); err != nil {
			return err
		}
		for i, d := range drawers {
			if d.fault != nil {
				return d.fault
			}
			p.blocks = append(p.blocks, block{projections[i], share{own, i, b.layout}})
		}
		p.statics = append(p.statics, own)
	}
	return nil
}
