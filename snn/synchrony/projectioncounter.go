package synchrony

// ProjectionCounter counts the first spikes of a slice of a projection's source
// and of a slice of its target, one window after the other; where both are the
// same population, of the same slice. Cost follows the spikes.
type ProjectionCounter struct {
	of           *Projection
	source, post firsts
	counts       []int64
}

// firsts is when each neuron of a slice first fired in the window under way.
type firsts struct {
	bin    []uint16 // counted from 1; 0 while it is silent
	active []uint32
}

func (f *firsts) add(bin int, neurons []uint32) (fresh int64) {
	for _, i := range neurons {
		if f.bin[i] == 0 {
			f.bin[i] = uint16(bin + 1)
			f.active = append(f.active, i)
			fresh++
		}
	}
	return fresh
}

func (f *firsts) clear() {
	for _, i := range f.active {
		f.bin[i] = 0
	}
	f.active = f.active[:0]
}

// NewCounter starts the first window of a slice of so many sources and targets;
// either may be 0.
func (p *Projection) NewCounter(sources, targets int) *ProjectionCounter {
	return &ProjectionCounter{of: p, source: firsts{bin: make([]uint16, sources)}, post: firsts{bin: make([]uint16, targets)}, counts: make([]int64, p.Len())}
}

// Sources takes the presynaptic spikes of tick 1 to the window's length, counted
// from the start of the slice.
func (c *ProjectionCounter) Sources(tick int, neurons []uint32) {
	bin := c.of.kernel.Bin(tick)
	c.counts[bin] += c.source.add(bin, neurons)
}

// Targets takes the postsynaptic spikes.
func (c *ProjectionCounter) Targets(tick int, neurons []uint32) {
	bin := c.of.kernel.Bin(tick)
	c.counts[c.of.kernel.Bins()+bin] += c.post.add(bin, neurons)
}

// Close ends the window: counts, of Len(), are set to those of the slices.
func (c *ProjectionCounter) Close(counts []int64) {
	if c.of.Same {
		self := c.counts[2*c.of.kernel.Bins():]
		for _, i := range c.post.active {
			if a, b := int(c.source.bin[i]), int(c.post.bin[i]); a > 0 {
				self[max(a-b, b-a)]++
			}
		}
	}
	copy(counts, c.counts)
	c.Drop()
}

// Drop forgets the window under way, and starts it again: it was cut short.
func (c *ProjectionCounter) Drop() {
	c.source.clear()
	c.post.clear()
	clear(c.counts)
}
