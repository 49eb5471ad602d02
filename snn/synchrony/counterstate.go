package synchrony

import "github.com/volley-snn/volley/snn/state"

// Save writes the window under way: what is known of each neuron of the slice, and
// the slice's counts.
func (c *PopulationCounter) Save(w *state.Writer) {
	c.count()
	w.Int(int64(c.windows))
	before, spikes, inBin := make([]uint32, len(c.neurons)), make([]uint32, len(c.neurons)), make([]uint32, len(c.neurons))
	chiBin, bins, bin := make([]uint16, len(c.neurons)), make([]uint8, len(c.neurons)), make([]uint8, len(c.neurons))
	for i := range c.neurons {
		n := &c.neurons[i]
		before[i], spikes[i], inBin[i], chiBin[i], bins[i], bin[i] = n.before, n.spikes, n.inBin, n.chiBin, n.bins, n.bin
	}
	state.Put(w, before)
	state.Put(w, spikes)
	state.Put(w, inBin)
	state.Put(w, chiBin)
	state.Put(w, bins)
	state.Put(w, bin)
	state.PutList(w, c.counts)
}

// Load reads what was saved of a slice of n neurons, of which the counter's first is
// number at, which may lie outside. Counts are of the slice as a whole: exactly one
// of those that read them takes them.
func (c *PopulationCounter) Load(r *state.Reader, n, at int, counts bool) {
	c.windows = int(r.Int())
	from, to := max(-at, 0), min(n-at, len(c.neurons))
	size := max(to-from, 0)
	if size == 0 {
		from = 0
	}
	before, spikes, inBin := make([]uint32, size), make([]uint32, size), make([]uint32, size)
	chiBin, bins, bin := make([]uint16, size), make([]uint8, size), make([]uint8, size)
	state.Part(r, n, at+from, before)
	state.Part(r, n, at+from, spikes)
	state.Part(r, n, at+from, inBin)
	state.Part(r, n, at+from, chiBin)
	state.Part(r, n, at+from, bins)
	state.Part(r, n, at+from, bin)
	for i := range size {
		c.neurons[from+i] = counted{before: before[i], spikes: spikes[i], inBin: inBin[i], chiBin: chiBin[i], bins: bins[i], bin: bin[i]}
		if spikes[i] > 0 {
			c.active = append(c.active, uint32(from+i))
		}
	}
	loadCounts(r, c.counts, counts)
}

// loadCounts reads counts and adds them, where they are wanted.
func loadCounts(r *state.Reader, to []int64, wanted bool) {
	counts := state.GetList[int64](r)
	if r.Err() == nil && len(counts) != len(to) {
		r.Fail("%d counts of a window, expected %d", len(counts), len(to))
		return
	}
	if wanted {
		for k, n := range counts {
			to[k] += n
		}
	}
}

// SaveSources writes the window under way of the slice of the source, SaveTargets
// that of the target.
func (c *ProjectionCounter) SaveSources(w *state.Writer) {
	state.Put(w, c.source.bin)
	state.PutList(w, c.counts[:c.of.kernel.Bins()])
}

// SaveTargets is SaveSources for the target.
func (c *ProjectionCounter) SaveTargets(w *state.Writer) {
	state.Put(w, c.post.bin)
	state.PutList(w, c.counts[c.of.kernel.Bins():2*c.of.kernel.Bins()])
}

// LoadSources reads what was saved of a slice of n sources, LoadTargets of n
// targets; n, at and counts are those of PopulationCounter.Load.
func (c *ProjectionCounter) LoadSources(r *state.Reader, n, at int, counts bool) {
	c.source.load(r, n, at)
	loadCounts(r, c.counts[:c.of.kernel.Bins()], counts)
}

// LoadTargets is LoadSources for the target.
func (c *ProjectionCounter) LoadTargets(r *state.Reader, n, at int, counts bool) {
	c.post.load(r, n, at)
	loadCounts(r, c.counts[c.of.kernel.Bins():2*c.of.kernel.Bins()], counts)
}

// load reads bins; who is in one has fired.
func (f *firsts) load(r *state.Reader, n, at int) {
	f.active = f.active[:0]
	state.Part(r, n, at, f.bin)
	for i, b := range f.bin {
		if b > 0 {
			f.active = append(f.active, uint32(i))
		}
	}
}
