package synchrony

// PopulationCounter counts the spikes of a slice of a population, one window
// after the other. Cost follows the spikes; 16 bytes a neuron.
//
// Spikes are kept as they come and counted many at a time: between two ticks the
// rest of a simulation drives the counts of neurons out of the caches.
type PopulationCounter struct {
	of      *Population
	neurons []counted
	active  []uint32 // who fired in the window under way
	counts  []int64
	windows int // of chi's span that are behind

	waiting []uint32 // spikes not counted yet
	runs    []run    // of waiting, by tick
}

// run is the spikes waiting[.:end] that are of one tick.
type run struct{ tick, end int }

// waitMost is how many spikes wait at most.
const waitMost = 1 << 14

// counted is what one neuron did in the window under way; before alone is of the
// windows of chi's span that are behind. Bins are counted from 1, so that a neuron
// that was silent is all 0.
type counted struct {
	before uint32 // spikes
	spikes uint32
	inBin  uint32 // of chi, in its last bin with a spike
	chiBin uint16 // which that is
	bins   uint8  // bins of kappa in which it fired
	bin    uint8  // the last of them
}

// NewCounter starts the first window of a slice of n neurons.
func (p *Population) NewCounter(n int) *PopulationCounter {
	return &PopulationCounter{of: p, neurons: make([]counted, n), counts: make([]int64, p.length)}
}

// Spikes takes the spikes of tick 1 to Ticks of the window; ticks do not fall.
// neurons are counted from the start of the slice, a neuron once for each spike.
func (c *PopulationCounter) Spikes(tick int, neurons []uint32) {
	if len(neurons) == 0 {
		return
	}
	c.waiting = append(c.waiting, neurons...)
	if n := len(c.runs); n > 0 && c.runs[n-1].tick == tick {
		c.runs[n-1].end = len(c.waiting)
	} else {
		c.runs = append(c.runs, run{tick, len(c.waiting)})
	}
	if len(c.waiting) >= waitMost {
		c.count()
	}
}

// count takes the spikes that wait.
func (c *PopulationCounter) count() {
	from := 0
	for _, r := range c.runs {
		c.countTick(r.tick, c.waiting[from:r.end])
		from = r.end
	}
	c.waiting, c.runs = c.waiting[:0], c.runs[:0]
}

func (c *PopulationCounter) countTick(tick int, neurons []uint32) {
	p := c.of
	bin := (tick - 1) * p.Bins / p.Ticks
	c.counts[p.Bins+bin] += int64(len(neurons))
	chiBin := (tick-1)*p.chiBins/p.Ticks + 1
	if p.chiBins > 0 {
		c.counts[p.counts+chiBin-1] += int64(len(neurons))
	}
	squares, fired, fresh := int64(0), int64(0), len(c.active)
	for _, i := range neurons {
		n := &c.neurons[i]
		if n.spikes == 0 {
			c.active = append(c.active, i)
		}
		n.spikes++
		if n.bin != uint8(bin+1) {
			n.bin = uint8(bin + 1)
			n.bins++
			fired++
		}
		if n.chiBin != uint16(chiBin) {
			n.chiBin, n.inBin = uint16(chiBin), 0
		}
		squares += 2*int64(n.inBin) + 1
		n.inBin++
	}
	c.counts[bin] += fired
	if p.chiBins > 0 {
		c.counts[p.ofBins] += squares
	}
	if p.kernel != nil {
		c.counts[p.first+p.kernel.Bin(tick)] += int64(len(c.active) - fresh)
	}
}

// Close ends the window: counts, of Len(), are set to those of the slice.
func (c *PopulationCounter) Close(counts []int64) {
	c.count()
	p := c.of
	bins, span := int64(0), int64(0)
	for _, i := range c.active {
		n := &c.neurons[i]
		bins += int64(n.bins) * int64(n.bins)
		span += int64(n.spikes) * (2*int64(n.before) + int64(n.spikes))
		*n = counted{before: n.before + n.spikes}
	}
	copy(counts, c.counts)
	counts[p.active], counts[p.squares] = int64(len(c.active)), bins
	if p.chiBins > 0 {
		counts[p.ofSpan] = span
	}
	c.active = c.active[:0]
	clear(c.counts)
	if c.windows++; c.windows == p.span {
		for i := range c.neurons {
			c.neurons[i].before = 0
		}
		c.windows = 0
	}
}

// Drop forgets the window under way, and starts it again: it was cut short.
func (c *PopulationCounter) Drop() {
	for _, i := range c.active {
		c.neurons[i] = counted{before: c.neurons[i].before}
	}
	c.active, c.waiting, c.runs = c.active[:0], c.waiting[:0], c.runs[:0]
	clear(c.counts)
}
