package ssdp

// Trains are the spikes of the sources that fired in a window, for a rule that
// pairs a target's first spike with the source's nearest one.
type Trains struct {
	starts []uint32 // of each source; those of sources that were silent mean nothing
	counts []uint32
	ticks  []int32 // source by source, rising
	next   []uint32
}

// NewTrains makes room for n sources.
func NewTrains(n int) *Trains {
	return &Trains{starts: make([]uint32, n), counts: make([]uint32, n), next: make([]uint32, n)}
}

// Set takes the spikes of one window: spike k is of sources[k] at ticks[k], in
// order of time; active lists each source that fired once. Cost: linear in spikes.
func (t *Trains) Set(active, sources []uint32, ticks []int32) {
	for _, i := range active {
		t.counts[i] = 0
	}
	for _, i := range sources {
		t.counts[i]++
	}
	at := uint32(0)
	for _, i := range active {
		t.starts[i], t.next[i] = at, at
		at += t.counts[i]
	}
	t.ticks = append(t.ticks[:0], ticks...)
	for k, i := range sources {
		t.ticks[t.next[i]] = ticks[k]
		t.next[i]++
	}
}

// Of is the spikes of a source that fired.
func (t *Trains) Of(source uint32) []int32 {
	return t.ticks[t.starts[source] : t.starts[source]+t.counts[source]]
}

// Nearest is the distance from tick at to the nearest of a train's spikes.
func Nearest(train []int32, at int32) int {
	best := int32(1<<31 - 1)
	for _, x := range train {
		d := x - at
		if d < 0 {
			d = -d
		}
		if d > best {
			break // the train rises, so distances only grow from here
		}
		best = d
	}
	return int(best)
}
