package synchrony

// PopulationCounter counts the spikes of a slice of a population, one window
// after the other. Cost follows the spikes; 16 bytes a neuron, and 4 more for chi.
type PopulationCounter struct {
	of      *Population
	neurons []counted
	active  []uint32 // who fired in the window under way
	counts  []int64
	before  []uint32 // spikes of each neuron in chi's span before this window
	windows int      // of chi's span that are behind
}

// counted is what one neuron did in the window under way. Bins are counted from
// 1, so that the zero value is a silent neuron.
type counted struct {
	spikes uint32
	bins   uint16 // bins of kappa in which it fired
	bin    uint16 // the last of them
	chiBin uint32 // last bin of chi in which it fired
	inBin  uint32 // its spikes there
}

// NewCounter starts the first window of a slice of n neurons.
func (p *Population) NewCounter(n int) *PopulationCounter {
	c := &PopulationCounter{of: p, neurons: make([]counted, n), counts: make([]int64, p.length)}
	if p.chiBins > 0 {
		c.before = make([]uint32, n)
	}
	return c
}

// Spikes takes the spikes of tick 1 to Ticks of the window; ticks do not fall.
// neurons are counted from the start of the slice, a neuron once for each spike.
func (c *PopulationCounter) Spikes(tick int, neurons []uint32) {
	if len(neurons) == 0 {
		return
	}
	p := c.of
	bin := (tick - 1) * p.Bins / p.Ticks
	c.counts[p.Bins+bin] += int64(len(neurons))
	chiBin := uint32((tick-1)*p.chiBins/p.Ticks + 1)
	if p.chiBins > 0 {
		c.counts[p.counts+int(chiBin)-1] += int64(len(neurons))
	}
	squares := int64(0)
	fresh := len(c.active)
	for _, i := range neurons {
		n := &c.neurons[i]
		if n.spikes == 0 {
			c.active = append(c.active, i)
		}
		n.spikes++
		if n.bin != uint16(bin+1) {
			n.bin = uint16(bin + 1)
			n.bins++
			c.counts[bin]++
		}
		if n.chiBin != chiBin {
			n.chiBin, n.inBin = chiBin, 0
		}
		squares += 2*int64(n.inBin) + 1
		n.inBin++
	}
	if p.chiBins > 0 {
		c.counts[p.ofBins] += squares
	}
	if p.kernel != nil {
		c.counts[p.first+p.kernel.Bin(tick)] += int64(len(c.active) - fresh)
	}
}

// Close ends the window: counts, of Len(), are set to those of the slice.
func (c *PopulationCounter) Close(counts []int64) {
	p := c.of
	c.counts[p.active] = int64(len(c.active))
	for _, i := range c.active {
		n := &c.neurons[i]
		c.counts[p.squares] += int64(n.bins) * int64(n.bins)
		if c.before != nil {
			c.counts[p.ofSpan] += int64(n.spikes) * (2*int64(c.before[i]) + int64(n.spikes))
			c.before[i] += n.spikes
		}
	}
	copy(counts, c.counts)
	c.Drop()
	if c.windows++; c.windows == p.span {
		clear(c.before)
		c.windows = 0
	}
}

// Drop forgets the window under way, and starts it again: it was cut short.
func (c *PopulationCounter) Drop() {
	for _, i := range c.active {
		c.neurons[i] = counted{}
	}
	c.active = c.active[:0]
	clear(c.counts)
}
