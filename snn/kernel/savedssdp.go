package kernel

import (
	"cmp"
	"slices"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/state"
)

// ready settles all rows, so that what happened in past windows need not be kept.
func (b *windowed[T, S, W]) ready() { b.settleAll() }

// Tiles hold shares of the span, as they are stored.
func (b *windowed[T, S, W]) tileBytes(lo, hi int) int {
	return b.columnBytes(bytesOf(b.shares), lo, hi)
}

func (b *windowed[T, S, W]) saveTile(w *state.Writer, lo, hi int) {
	saveColumn(b.wiring, w, b.shares, lo, hi)
}

func (b *windowed[T, S, W]) loadTile(r *state.Reader, lo, hi int) {
	loadColumn(b.wiring, r, b.shares, lo, hi)
}

func (b *windowed[T, S, W]) saveSources(w *state.Writer) {
	w.Int(int64(b.learned))
	state.Put(w, b.pre)
	b.expectation.Save(w)
	w.Int(int64(b.participation.Windows()))
	w.Int(int64(b.start))
	w.Int(int64(b.end))
	w.Bool(b.inside)
	w.Int(int64(b.number))
	w.Float(b.rate)
	w.Int(int64(len(b.arrivals)))
	for _, a := range b.arrivals {
		w.Int(int64(a.tick))
		w.Uint32(a.source)
	}
	b.now.saveSources(w, false)
	b.due.saveSources(w, !b.gated())
	b.gate.save(w)
}

func (b *windowed[T, S, W]) loadSources(r *state.Reader) {
	b.learned = uint32(r.Int())
	state.Get(r, b.pre)
	for i := range b.last {
		b.last[i] = b.learned
	}
	b.expectation.Load(r)
	b.participation.SetWindows(int(r.Int()))
	b.start, b.end, b.inside = snn.Tick(r.Int()), snn.Tick(r.Int()), r.Bool()
	b.number, b.rate = int(r.Int()), r.Float()
	b.arrivals = make([]arrival, r.Count(12))
	for k := range b.arrivals {
		b.arrivals[k] = arrival{snn.Tick(r.Int()), r.Index(b.p.space.Sources)}
	}
	b.now.clear()
	b.now.loadSources(r)
	b.due.loadSources(r)
	b.gate.load(r)
}

// saveSources writes which sources fired in the window, in the order in which they
// did, and what else is known alike everywhere: the counts of a group with them, but
// where they come with the aggregate.
func (w *windowSpikes) saveSources(out *state.Writer, group bool) {
	out.Bool(w.filled)
	if w.filled {
		out.Int(int64(w.end))
		out.Float(w.rate)
	}
	if group {
		state.PutList(out, w.group)
	} else {
		out.Int(0)
	}
	out.Int(int64(len(w.preActive)))
	for _, i := range w.preActive {
		out.Uint32(i)
		out.Uint32(uint32(w.pre[i]))
	}
	state.PutList(out, w.sources)
	state.PutList(out, w.ticks)
}

func (w *windowSpikes) loadSources(r *state.Reader) {
	if w.filled = r.Bool(); w.filled {
		w.end, w.rate = snn.Tick(r.Int()), r.Float()
	}
	if w.group = state.GetList[int64](r); len(w.group) == 0 {
		w.group = nil
	}
	for range r.Count(8) {
		i := r.Index(len(w.pre))
		w.pre[i] = int32(r.Uint32())
		w.preActive = append(w.preActive, i)
	}
	w.sources, w.ticks = state.GetList[uint32](r), state.GetList[int32](r)
}

func (b *windowed[T, S, W]) saveTarget(w *state.Writer, j int) {
	w.Uint32(uint32(b.now.post[j]))
	w.Uint32(uint32(b.due.post[j]))
	w.Float(b.participation.Of(j))
}

func (b *windowed[T, S, W]) loadTarget(r *state.Reader, j int) {
	now, due, p := int32(r.Uint32()), int32(r.Uint32()), r.Float()
	if j >= 0 {
		b.now.post[j], b.due.post[j], b.participation.Values()[j] = now, due, p
	}
}

// loaded lists the targets that fired, in the order in which they did.
func (b *windowed[T, S, W]) loaded() {
	for _, w := range []*windowSpikes{b.now, b.due} {
		w.postActive = w.postActive[:0]
		for j, at := range w.post {
			if at >= 0 {
				w.postActive = append(w.postActive, uint32(j))
			}
		}
		slices.SortFunc(w.postActive, func(i, j uint32) int { return cmp.Or(cmp.Compare(w.post[i], w.post[j]), cmp.Compare(i, j)) })
	}
}

// saveWindow writes what the slice adds to the statistics of windows: of the one
// whose aggregate is due, and of the one under way where the gate counts targets.
func (b *windowed[T, S, W]) saveWindow(s *saver) {
	s.section(ofShare, b.p.Name, b.slice.gids(), 0, func(w *state.Writer) {
		w.Bool(b.due.filled)
		if b.due.filled {
			w.Int(int64(b.number - 1))
			w.Int(int64(b.due.end))
			state.PutList(w, b.share)
		}
	})
	if b.gated() {
		s.section(ofGate, b.p.Name, b.slice.gids(), 0, b.gate.counter.Save)
	}
}

// gated reports whether the gate counts the spikes of the slice.
func (b *windowed[T, S, W]) gated() bool { return b.gate.group != nil && b.gate.ofTarget }

// loadShare reads a share of the window that is due, of any slice; nil where none is.
func (b *windowed[T, S, W]) loadShare(r *state.Reader) *Aggregate {
	if !r.Bool() {
		return nil
	}
	a := &Aggregate{Measure: b.measure, Window: int(r.Int()), End: snn.Tick(r.Int()), Counts: state.GetList[int64](r)}
	if bins := b.expectation.Bins(); r.Err() == nil && len(a.Counts) < bins {
		r.Fail("%d counts of a window, expected %d", len(a.Counts), bins)
		return nil
	}
	return a
}

func (b *windowed[T, S, W]) loadGate(r *state.Reader, n, at int) {
	b.gate.counter.Load(r, n, at, at <= 0 && at+b.slice.len() > 0)
}

// setShare says what the slice adds to the aggregate that is due.
func (b *windowed[T, S, W]) setShare(counts []int64) { b.share = counts }

func (g *gate) save(w *state.Writer) {
	g.synchrony.Save(w)
	w.Bool(g.dopamine != nil)
	if g.dopamine != nil {
		g.dopamine.Save(w)
		w.Int(int64(g.warmup))
	}
	if g.group != nil && !g.ofTarget {
		g.counter.Save(w)
	}
}

func (g *gate) load(r *state.Reader) {
	g.synchrony.Load(r)
	if fitted := r.Bool(); r.Err() == nil && fitted != (g.dopamine != nil) {
		r.Fail("only one of the state and the model has a dopamine gate")
		return
	}
	if g.dopamine != nil {
		g.dopamine.Load(r)
		g.warmup = int(r.Int())
	}
	if g.group != nil && !g.ofTarget {
		g.counter.Load(r, g.group.Neurons, 0, true)
	}
}
