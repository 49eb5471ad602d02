package kernel

import (
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/plasticity"
	"github.com/volley-snn/volley/snn/state"
)

func (t *sourceTrace) save(w *state.Writer) {
	w.Int(int64(t.last))
	w.Int(int64(t.settled))
	w.Float(t.trace)
	w.Float(t.slow)
}

func loadSourceTrace(r *state.Reader) sourceTrace {
	return sourceTrace{last: snn.Tick(r.Int()), settled: snn.Tick(r.Int()), trace: r.Float(), slow: r.Float()}
}

func (b *driven[T, W]) saveSources(w *state.Writer) {
	w.Float(b.rate)
	w.Int(int64(b.heard))
	w.Int(int64(b.scaled))
	w.Int(int64(b.history.since))
	for i := range b.sources {
		b.sources[i].save(w)
	}
}

func (b *driven[T, W]) loadSources(r *state.Reader) {
	b.learnAt(r.Float())
	b.heard, b.scaled, b.history.since = snn.Tick(r.Int()), snn.Tick(r.Int()), snn.Tick(r.Int())
	for i := range b.sources {
		b.sources[i] = loadSourceTrace(r)
	}
}

func (b *driven[T, W]) saveTarget(w *state.Writer, j int) {
	b.history.save(w, j)
	w.Bool(b.bounded[j])
}

func (b *driven[T, W]) loadTarget(r *state.Reader, j int) {
	b.history.load(r, j)
	if bounded := r.Bool(); j >= 0 {
		b.bounded[j] = bounded
	}
}

func (b *driven[T, W]) tileBytes(lo, hi int) int {
	n := b.synapses.tileBytes(lo, hi)
	if b.own != nil {
		n *= 2
	}
	return n
}

func (b *driven[T, W]) saveTile(w *state.Writer, lo, hi int) {
	saveColumn(b.wiring, w, b.w, lo, hi)
	if b.own != nil {
		saveColumn(b.wiring, w, b.own, lo, hi)
	}
}

func (b *driven[T, W]) loadTile(r *state.Reader, lo, hi int) {
	loadColumn(b.wiring, r, b.w, lo, hi)
	if b.own != nil {
		loadColumn(b.wiring, r, b.own, lo, hi)
	}
}

// save writes the history of neuron j.
func (h *postHistory) save(w *state.Writer, j int) {
	e := &h.ends[j]
	w.Int(int64(e.last))
	w.Int(int64(e.before))
	w.Float(e.trace)
	w.Float(e.slow)
	slow := 0.0
	if h.slow != nil {
		slow = h.slowNow[j]
	}
	w.Float(slow)
	w.Int(int64(len(h.spikes[j])))
	for _, s := range h.spikes[j] {
		w.Int(int64(s.tick))
		w.Float(s.trace)
		w.Float(s.slow)
	}
}

// load reads the history of neuron j, or passes over that of another.
func (h *postHistory) load(r *state.Reader, j int) {
	end := postRecord{last: snn.Tick(r.Int()), before: snn.Tick(r.Int()), trace: r.Float(), slow: r.Float()}
	slow := r.Float()
	spikes := make([]postSpike, r.Count(24))
	for k := range spikes {
		spikes[k] = postSpike{tick: snn.Tick(r.Int()), trace: r.Float(), slow: r.Float()}
	}
	if j < 0 {
		return
	}
	h.ends[j], h.spikes[j], h.latest = end, spikes, max(h.latest, end.last)
	if h.slow != nil {
		h.slowNow[j] = slow
	}
}

func (b *paired[T]) saveSources(w *state.Writer) {
	w.Float(b.rate)
	w.Int(int64(b.since))
	w.Int(int64(b.moved))
	w.Int(int64(b.plusClock.Base()))
	w.Int(int64(b.minusClock.Base()))
	for i := range b.sources {
		b.sources[i].save(w)
	}
}

func (b *paired[T]) loadSources(r *state.Reader) {
	b.rate, b.since, b.moved = r.Float(), snn.Tick(r.Int()), snn.Tick(r.Int())
	b.plusClock.SetBase(uint64(r.Int()))
	b.minusClock.SetBase(uint64(r.Int()))
	for i := range b.sources {
		t := loadSourceTrace(r)
		b.sources[i] = pairedSource{t, b.plusClock.At(int64(t.last)), b.plusClock.At(int64(t.settled))}
	}
}

// saveTarget writes the spikes of target j that rows may not have taken yet, and its
// trace, from the base of minusClock.
func (b *paired[T]) saveTarget(w *state.Writer, j int) {
	w.Uint32(math.Float32bits(b.posts.Records[j].Up))
	w.Int(int64(len(b.arrived[j])))
	for _, a := range b.arrived[j] {
		w.Int(int64(a.tick))
	}
}

func (b *paired[T]) loadTarget(r *state.Reader, j int) {
	up := math.Float32frombits(r.Uint32())
	ticks := state.GetList[int64](r)
	if j < 0 {
		return
	}
	b.posts.Records[j].Up, b.arrived[j] = up, nil
	for _, t := range ticks {
		b.arrived[j] = append(b.arrived[j], arrived{snn.Tick(t), b.plusClock.At(t)})
	}
}

// loaded files the spikes that have arrived in the records of their targets, from
// the base of plusClock.
func (b *paired[T]) loaded() {
	for j, all := range b.arrived {
		for _, a := range all {
			b.posts.Arrive(uint32(j), b.plusClock.Down(a.at))
			b.latest = max(b.latest, a.tick)
		}
	}
}

func (b *shortTerm[T, W]) saveSources(w *state.Writer) {
	for i := range b.sources {
		s := &b.sources[i]
		w.Int(int64(s.last))
		w.Float(s.U)
		w.Float(s.X)
		w.Float(s.Y)
		w.Bool(s.Spiked)
	}
}

func (b *shortTerm[T, W]) loadSources(r *state.Reader) {
	for i := range b.sources {
		last := snn.Tick(r.Int())
		b.sources[i] = releaseState{plasticity.ReleaseState{U: r.Float(), X: r.Float(), Y: r.Float(), Spiked: r.Bool()}, last}
	}
}

func (b *shortTerm[T, W]) saveTarget(*state.Writer, int) {}
func (b *shortTerm[T, W]) loadTarget(*state.Reader, int) {}
