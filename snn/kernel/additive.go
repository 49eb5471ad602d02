package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/plasticity"
)

// additive is a projection under stdp_synapse in one partition, where steps do
// not depend on the weight, all delays are alike and weights are float32: the
// same as driven, arranged so that a synapse takes no exponential, no branch and
// one look at half a cache line of its target.
//
// Exponentials are relative to a base that moves with time (plasticity.Clock);
// sources that have not spiked since it last moved are settled when it moves.
type additive[T index] struct {
	*synapses[T, float32]
	rate        float64
	plus, minus float64 // steps at rate 1
	decay       *plasticity.Decay
	plusClock   *plasticity.Clock // of tau_plus
	minusClock  *plasticity.Clock // of tau_minus

	sources []sourceTrace
	records []plasticity.PostRecord
	arrived [][]arrived // of each target, oldest first: what a record has no room for
	fresh   []uint32    // targets whose spikes arrive at the tick under way
	since   snn.Tick    // spikes of targets up to here do not count
	moved   snn.Tick    // when the base moved last
	heard   snn.Tick
}

// arrived is a postsynaptic spike at the synapse.
type arrived struct {
	tick snn.Tick
	mark plasticity.Mark
}

// isAdditive reports whether additive can hold a projection: this must not
// depend on the cut.
func isAdditive(p *Projection, dtMs float64) bool {
	q := p.params
	return p.synapse.Name == "stdp_synapse" && q["mu_plus"] == 0 && q["mu_minus"] == 0 && q["Wmax"] > 0 &&
		p.sameDelay() && p.Model.Precision != "float64" &&
		plasticity.ClockServes(q["tau_plus"], dtMs) && plasticity.ClockServes(q["tau_minus"], dtMs)
}

func newAdditive[T index](base *synapses[T, float32], dtMs float64) *additive[T] {
	q := base.p.params
	step := float64(q["lambda"] * q["Wmax"])
	return &additive[T]{
		synapses: base, rate: 1, plus: step, minus: float64(q["alpha"] * step),
		decay:     plasticity.NewDecay(q["tau_plus"], dtMs),
		plusClock: plasticity.NewClock(q["tau_plus"], dtMs), minusClock: plasticity.NewClock(q["tau_minus"], dtMs),
		sources: make([]sourceTrace, base.p.space.Sources),
		records: plasticity.NewPostRecords(base.slice.len()), arrived: make([][]arrived, base.slice.len()),
	}
}

// receive takes the spikes of tick t: the target's, which arrive a delay later,
// and the source's, which carry the weights of now.
func (b *additive[T]) receive(t snn.Tick, log *spikeLog) {
	b.arrive(t, log)
	spikes := log.of(t, b.p.Source.Index)
	for n, g := range spikes {
		i := uint32(g - b.p.Source.Range.First)
		next := i
		if n+1 < len(spikes) {
			next = uint32(spikes[n+1] - b.p.Source.Range.First)
		}
		b.spike(i, next, t)
	}
	b.pass(t)
	b.heard = t
	b.move(t)
}

// arrive files the target's spikes that arrive at tick t, for potentiation.
func (b *additive[T]) arrive(t snn.Tick, log *spikeLog) {
	b.fresh = b.fresh[:0]
	emitted := t - b.p.minDelay
	if emitted <= b.since {
		return
	}
	own := ownSpikes(log, emitted, b.slice)
	if len(own) == 0 {
		return
	}
	a := arrived{t, b.plusClock.Mark(int64(t))}
	down := b.plusClock.Down(a.mark)
	for _, g := range own {
		j := uint32(g - b.slice.first)
		b.records[j].Arrive(down)
		b.arrived[j] = append(b.arrived[j], a)
		b.fresh = append(b.fresh, j)
	}
}

// pass adds the arrivals of tick t to the postsynaptic traces, which a
// presynaptic spike of the same tick does not meet.
func (b *additive[T]) pass(t snn.Tick) {
	if len(b.fresh) == 0 {
		return
	}
	up := b.minusClock.Up(1, int64(t))
	for _, j := range b.fresh {
		b.records[j].Up += up
	}
}

// row is the constants of source s at tick t.
func (b *additive[T]) row(s *sourceTrace, t snn.Tick) plasticity.AdditiveRow {
	r := plasticity.AdditiveRow{Max: float32(b.hi), Inverse: float32(b.inverse)}
	if b.rate > 0 {
		r.Plus = b.plusClock.Up(float64(float64(b.rate*b.plus)*s.trace), int64(s.last))
		r.Since = b.plusClock.Down(b.plusClock.Mark(int64(s.settled)))
		r.Minus = b.minusClock.Factor(float64(b.rate*b.minus), int64(t))
	}
	return r
}

// spike sends a spike of source i at tick t; the row of source next comes after it.
func (b *additive[T]) spike(i, next uint32, t snn.Tick) {
	s := &b.sources[i]
	r := b.row(s, t)
	row := b.rowOf(i)
	b.events += int64(len(row.W))
	c := plasticity.Crossing{
		AdditiveRow: r, Records: b.records, Sums: b.slice.sums(b.receptor, t+b.p.minDelay),
		Exact: func(w float32, j int) float32 { return b.potentiate(&r, s, w, j) },
	}
	plasticity.Cross(&c, row, b.rowOf(next))
	s.trace = float64(s.trace*b.decay.Over(int64(t-s.last))) + 1
	s.last, s.settled = t, t
}

func (b *additive[T]) rowOf(i uint32) plasticity.Row[T] {
	lo, hi := b.rows[i], b.rows[i+1]
	return plasticity.Row[T]{W: b.w[lo:hi], Targets: b.targets[lo:hi]}
}

// potentiate adds all pending spikes of target j to a weight.
func (b *additive[T]) potentiate(r *plasticity.AdditiveRow, s *sourceTrace, w float32, j int) float32 {
	all := b.arrived[j]
	k := len(all)
	for k > 0 && all[k-1].tick > s.settled {
		k--
	}
	for _, a := range all[k:] {
		w += float32(r.Plus * b.plusClock.Down(a.mark))
	}
	return w
}

// settled is the weight of synapse k of source s as of the last tick received.
func (b *additive[T]) settled(r *plasticity.AdditiveRow, s *sourceTrace, k uint64) float32 {
	if b.rate == 0 {
		return b.w[k]
	}
	return min(b.potentiate(r, s, b.w[k], int(b.targets[k])), r.Max)
}

// settle brings the rows that are not settled beyond tick after up to tick t,
// whose spikes have been received.
func (b *additive[T]) settle(t, after snn.Tick) {
	for i := range b.sources {
		s := &b.sources[i]
		if s.settled > after || s.settled >= t {
			continue
		}
		r := b.row(s, t)
		for k := b.rows[i]; k < b.rows[i+1]; k++ {
			b.w[k] = b.settled(&r, s, k)
		}
		s.settled = t
	}
}

func (b *additive[T]) settleAt(t snn.Tick) { b.settle(t, t) }

// move keeps the exponentials near their bases.
func (b *additive[T]) move(t snn.Tick) {
	if b.minusClock.Due(int64(t)) {
		plasticity.ShiftUp(b.records, b.minusClock.Move(int64(t)))
	}
	if !b.plusClock.Due(int64(t)) {
		return
	}
	b.settle(t, b.moved)
	plasticity.ShiftDown(b.records, b.plusClock.Move(int64(t)))
	for j, all := range b.arrived {
		k := 0
		for k < len(all) && all[k].tick <= b.moved {
			k++
		}
		if k > 0 {
			b.arrived[j] = append(all[:0], all[k:]...)
		}
	}
	b.moved = t
}

// begin starts a trial at tick now, as driven.begin does.
func (b *additive[T]) begin(now snn.Tick, trial *Trial, reset bool) {
	rate := trial.Rate
	if !trial.Plasticity {
		rate = 0
	}
	if rate != b.rate || reset {
		b.settle(now, now)
		b.rate = rate
	}
	if reset {
		plasticity.ClearPostRecords(b.records)
		for j := range b.arrived {
			b.arrived[j] = b.arrived[j][:0]
		}
		for i := range b.sources {
			b.sources[i] = sourceTrace{last: now, settled: now}
		}
		b.since = now
	}
}

func (b *additive[T]) size() blockSize {
	return blockSize{int64(len(b.w)), b.bytes(), "stdp", b.events}
}

// weights yields each target's weights with their sources, settled as of the last
// tick whose spikes have been received; nothing is written back.
func (b *additive[T]) weights(yield func(target int, sources []uint32, weights []float64)) {
	var r plasticity.AdditiveRow
	of := len(b.sources)
	b.columns(func(s uint32, k uint64) float64 {
		if int(s) != of {
			of, r = int(s), b.row(&b.sources[s], b.heard)
		}
		return float64(b.settled(&r, &b.sources[s], k))
	}, yield)
}
