package delivery

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/random"
)

// Config says what a block is made of.
type Config struct {
	Layout  Layout
	Sources int
	First   snn.GID // GID of source 0
	Delays  int     // number of delays, in ticks from the smallest on

	// Weight is every synapse's, in quanta, where the layout has one for all.
	Weight int32
	// WeightBits is what each weight takes where they differ: 16, 24 or 32.
	// With 16, weights are multiples of 2^WeightShift; otherwise they are exact.
	WeightBits  int
	WeightShift int

	Base  int    // where target 0 stands in the sums
	Parts []Part // targets lie within MaxTargets from Base on

	Memory   Alloc              // Heap where nil
	Progress func(synapses int) // called now and then with how many more there are; may be nil
	Scalar   bool               // no assembly
}

// Part is what one projection has in a block: the synapses onto its targets
// [Lo, Hi), which stand in the sums from Base+Offset on.
type Part struct {
	Rule   connect.Rule
	Space  connect.Space
	Key    random.Key
	Lo, Hi int
	Offset int

	// Draw gives weights in quanta, and delays counted from the smallest, to the
	// synapses of a target. It may leave some out, and returns the sources of
	// the others. Weights are nil where there is one for all, delays where
	// there is one. The slices are reused. Where Draw is nil, no synapse is
	// named, and sources come in any order.
	Draw func(target int, sources []uint32) (kept []uint32, weights []int32, delays []uint16)
	// Drops reports whether Draw may leave synapses out.
	Drops bool
}

// Build makes the block. The network is generated twice, once to count and once
// to fill, so that memory never exceeds the result by more than a byte or two a
// synapse for sorting by delay.
func Build(c Config) (Block, error) {
	if c.Memory == nil {
		c.Memory = Heap
	}
	if c.Progress == nil {
		c.Progress = func(int) {}
	}
	for _, p := range c.Parts {
		if p.Offset < 0 || p.Offset+p.Hi-p.Lo > MaxTargets {
			return nil, fmt.Errorf("delivery: targets %d to %d from %d on: a block spans %d", p.Lo, p.Hi, p.Offset, MaxTargets)
		}
	}
	switch c.Layout {
	case List:
		return newList(&c)
	case Packed:
		return newPacked(&c)
	case Bitmap:
		return newBitmap(&c)
	case Procedural:
		return newProcedural(&c)
	}
	return nil, fmt.Errorf("delivery: no layout %q", c.Layout)
}

// count is the number of synapses of each source, at [s+1], and of each part.
func (c *Config) count() (rows []uint32, parts []int64, err error) {
	rows = allocate[uint32](c.Memory, c.Sources+1)
	parts = make([]int64, len(c.Parts))
	total, since := int64(0), 0
	for i, p := range c.Parts {
		n := 0
		count := func(_ int, sources []uint32) {
			for _, s := range sources {
				rows[s+1]++
			}
			n += len(sources)
			if since += len(sources); since >= progressEvery {
				c.Progress(0) // nothing is made yet, but whoever waits may want to stop
				since = 0
			}
		}
		if p.Drops {
			p.Rule.Each(p.Space, p.Key, p.Lo, p.Hi, func(t int, sources []uint32) {
				kept, _, _ := p.Draw(t, sources)
				count(t, kept)
			})
		} else {
			connect.EachUnsorted(p.Rule, p.Space, p.Key, p.Lo, p.Hi, count)
		}
		parts[i] = int64(n)
		total += int64(n)
	}
	if total > math.MaxUint32 {
		return nil, nil, fmt.Errorf("delivery: %d synapses from one population to %d targets at most in one partition; cut the network into more partitions", total, MaxTargets)
	}
	return rows, parts, nil
}

// progressEvery is how many synapses pass between two calls of Progress, about.
const progressEvery = 1 << 18

// fill calls put for each target with its synapses. Cost: as the rule's.
func (c *Config) fill(put func(part int, target uint16, sources []uint32, weights []int32, delays []uint16)) {
	since := 0
	for i, p := range c.Parts {
		step := func(n int) {
			if since += n; since >= progressEvery {
				c.Progress(since)
				since = 0
			}
		}
		shift := p.Offset - p.Lo
		if p.Draw == nil {
			connect.EachUnsorted(p.Rule, p.Space, p.Key, p.Lo, p.Hi, func(t int, sources []uint32) {
				put(i, uint16(t+shift), sources, nil, nil)
				step(len(sources))
			})
			continue
		}
		p.Rule.Each(p.Space, p.Key, p.Lo, p.Hi, func(t int, sources []uint32) {
			kept, weights, delays := p.Draw(t, sources)
			put(i, uint16(t+shift), kept, weights, delays)
			step(len(kept))
		})
	}
	c.Progress(since)
}
