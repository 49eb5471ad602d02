package kernel

// block is a projection's synapses in this partition.
type block struct {
	projection *Projection
	holds      interface{ size() blockSize }
}

// blockSize is what a projection holds in one partition.
type blockSize struct {
	synapses, bytes int64
	layout          string
	events          int64 // synapses that spikes have crossed so far
}

// Holding is what a projection takes in one partition.
type Holding struct {
	Synapses, Bytes int64
	Layout          string

	// Events is the synapses that spikes have crossed so far; those of static
	// projections that share a block are counted with the first.
	Events int64
}

// Sizes is what the partition's projections hold, by projection.
func (p *Partition) Sizes() map[string]Holding {
	sizes := map[string]Holding{}
	for _, b := range p.blocks {
		own := b.holds.size()
		h := sizes[b.projection.Name]
		h.Synapses += own.synapses
		h.Bytes += own.bytes
		h.Layout = own.layout
		h.Events += own.events
		sizes[b.projection.Name] = h
	}
	for p, events := range p.before {
		h := sizes[p.Name]
		h.Events += events
		sizes[p.Name] = h
	}
	return sizes
}

// Events is the number of synapses that spikes have crossed so far.
func (p *Partition) Events() int64 {
	events := int64(0)
	for _, b := range p.blocks {
		events += b.holds.size().events
	}
	for _, n := range p.before {
		events += n
	}
	return events
}

// index is how a plastic block names a target: 16 bits suffice where a partition
// holds at most 65,536 neurons of the population.
type index interface{ uint16 | uint32 }

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

// sumUp turns counts at [1:] into offsets, and returns the total.
func sumUp(offsets []uint64) uint64 {
	for i := 1; i < len(offsets); i++ {
		offsets[i] += offsets[i-1]
	}
	return offsets[len(offsets)-1]
}
