package kernel

import (
	"slices"

	"github.com/volley-snn/volley/snn/ssdp/row"
	"github.com/volley-snn/volley/snn/state"
)

// keeper is what a plastic projection saves and loads of its state.
type keeper interface {
	of() *Projection

	// ready brings up to date what is saved settled.
	ready()
	// saveSources writes what every partition knows alike: of sources, and of time.
	saveSources(w *state.Writer)
	loadSources(r *state.Reader)
	// saveTarget writes what is known of a target of the slice; loadTarget reads it,
	// and where j is negative passes over it.
	saveTarget(w *state.Writer, j int)
	loadTarget(r *state.Reader, j int)

	// tiles are runs of the slice's targets; saveTile writes the weights onto one.
	tiles() [][2]int
	tileBytes(lo, hi int) int
	saveTile(w *state.Writer, lo, hi int)
	// loadTile reads weights onto neurons lo to hi of the population, and keeps
	// those onto the slice.
	loadTile(r *state.Reader, lo, hi int)

	// loaded is called once all has been read.
	loaded()
}

func (b *wiring[T]) ready()  {}
func (b *wiring[T]) loaded() {}

// tileSynapses is about how many synapses a section of weights holds.
const tileSynapses = 1 << 25

func (b *wiring[T]) tiles() [][2]int {
	n := max(len(b.targets)/tileSynapses, 1)
	var tiles [][2]int
	for k := range n {
		tiles = append(tiles, [2]int{k * b.slice.len() / n, (k + 1) * b.slice.len() / n})
	}
	return tiles
}

// columnBytes is about what numbers of the synapses onto targets lo to hi take, of
// all in all.
func (b *wiring[T]) columnBytes(all int64, lo, hi int) int {
	each := float64(all) / float64(max(b.slice.len(), 1))
	return 8 + int(float64(each*float64(hi-lo))*1.1)
}

func (b *synapses[T, W]) tileBytes(lo, hi int) int { return b.columnBytes(bytesOf(b.w), lo, hi) }

func (b *synapses[T, W]) saveTile(w *state.Writer, lo, hi int) {
	saveColumn(b.wiring, w, b.w, lo, hi)
}

func (b *synapses[T, W]) loadTile(r *state.Reader, lo, hi int) {
	loadColumn(b.wiring, r, b.w, lo, hi)
}

// saveColumn writes a number of each synapse onto targets lo to hi of the slice: by
// source, then target, then order.
func saveColumn[T index, W row.Stored](b *wiring[T], w *state.Writer, of []W, lo, hi int) {
	if lo == 0 && hi == b.slice.len() {
		state.PutList(w, of)
		return
	}
	at, n := len(w.Data), int64(0)
	w.Int(0)
	for i := range b.p.space.Sources {
		from, to := b.onto(i, lo, hi)
		state.Put(w, of[from:to])
		n += int64(to - from)
	}
	count := state.Writer{Data: w.Data[:at]}
	count.Int(n)
}

// onto is the synapses of source i onto targets lo to hi of the slice.
func (b *wiring[T]) onto(i, lo, hi int) (from, to uint64) {
	row := b.targets[b.rows[i]:b.rows[i+1]]
	return b.rows[i] + uint64(firstOnto(row, lo, b.slice.len())), b.rows[i] + uint64(firstOnto(row, hi, b.slice.len()))
}

// firstOnto is the first synapse of a row onto a target from j on, of n. It looks where
// it would be if targets lay evenly, and doubles its steps from there: of a long row it
// reads little.
func firstOnto[T index](row []T, j, n int) int {
	if j <= 0 {
		return 0
	}
	if j >= n {
		return len(row)
	}
	lo := len(row) * j / n
	hi := lo
	for step := 8; lo > 0 && int(row[lo-1]) >= j; step *= 2 {
		hi, lo = lo, max(lo-step, 0)
	}
	for step := 8; hi < len(row) && int(row[hi]) < j; step *= 2 {
		lo, hi = hi, min(hi+step, len(row))
	}
	k, _ := slices.BinarySearch(row[lo:hi], T(j))
	return lo + k
}

// loadColumn reads what was saved of the synapses onto neurons lo to hi of the
// population.
func loadColumn[T index, W row.Stored](b *wiring[T], r *state.Reader, to []W, lo, hi int) {
	var zero W
	n := r.Count(int(bytesOf([]W{zero})))
	if lo < b.slice.lo || hi > b.slice.hi {
		loadForeign(b, r, n, to, lo, hi)
		return
	}
	for i := range b.p.space.Sources {
		from, end := b.onto(i, lo-b.slice.lo, hi-b.slice.lo)
		if n -= int(end - from); n < 0 {
			break
		}
		state.Get(r, to[from:end])
	}
	if n != 0 && r.Err() == nil {
		r.Fail("the weights are not as many as the model's synapses")
	}
}

// loadForeign reads n numbers of synapses of which some are onto other slices:
// where these stand among them, the connection rule tells.
func loadForeign[T index, W row.Stored](b *wiring[T], r *state.Reader, n int, to []W, lo, hi int) {
	next := make([]uint64, b.p.space.Sources+1)
	b.p.eachOnto(lo, hi, func(_ int, sources, _ []uint32) {
		for _, i := range sources {
			next[i+1]++
		}
	})
	if total := sumUp(next); total != uint64(n) {
		if r.Err() == nil {
			r.Fail("%d weights, the model has %d synapses there", n, total)
		}
		return
	}
	all := make([]W, n)
	state.Get(r, all)
	own := make([]uint64, b.p.space.Sources)
	for i := range own {
		own[i], _ = b.onto(i, max(lo-b.slice.lo, 0), b.slice.len())
	}
	b.p.eachOnto(lo, hi, func(target int, sources, _ []uint32) {
		mine := target >= b.slice.lo && target < b.slice.hi
		for _, i := range sources {
			if mine {
				to[own[i]] = all[next[i]]
				own[i]++
			}
			next[i]++
		}
	})
}
