package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/plasticity"
)

// paired is a projection under stdp_synapse in one partition, where the powers of
// the weight are 0 or 1, all delays are alike and weights are float32: the same
// as driven, arranged so that a synapse takes no exponential, no branch and
// one look at half a cache line of its target.
//
// Exponentials are relative to a base that moves with time (plasticity.Clock);
// sources that have not spiked since it last moved are settled when it moves.
type paired[T index] struct {
	*synapses[T, float32]
	rate        float64
	plus, minus float64 // steps at rate 1
	decay       *plasticity.Decay
	plusClock   *plasticity.Clock // of tau_plus
	minusClock  *plasticity.Clock // of tau_minus

	sources []pairedSource
	posts   plasticity.Targets
	arrived [][]arrived // of each target, oldest first: what a record has no room for
	fresh   []uint32    // targets whose spikes arrive at the tick under way
	since   snn.Tick    // spikes of targets up to here do not count
	latest  snn.Tick    // last arrival at any target
	moved   snn.Tick    // when the base of plusClock moved last

	plusAt, minusAt plasticity.Moment      // of the tick under way
	crossing        plasticity.Crossing[T] // of the source under way
	ahead           plasticity.Crossing[T] // the synapses of the source after it
	source          *pairedSource
}

// arrived is a postsynaptic spike at the synapse.
type arrived struct {
	tick snn.Tick
	at   plasticity.Moment
}

// pairedSource is the presynaptic side of a row, with the moments of its ticks.
type pairedSource struct {
	sourceTrace
	lastAt, settledAt plasticity.Moment
}

// isPaired reports whether paired can hold a projection: this must not
// depend on the cut.
func isPaired(p *Projection, dtMs float64) bool {
	q := p.params
	return p.synapse.Name == "stdp_synapse" && linear(q["mu_plus"]) && linear(q["mu_minus"]) && q["Wmax"] > 0 &&
		p.sameDelay() && p.Model.Precision != "float64" &&
		plasticity.ClockServes(q["tau_plus"], dtMs) && plasticity.ClockServes(q["tau_minus"], dtMs)
}

func linear(mu float64) bool { return mu == 0 || mu == 1 }

func newPaired[T index](base *synapses[T, float32], dtMs float64) *paired[T] {
	q := base.p.params
	b := &paired[T]{
		synapses: base, rate: 1, plus: q["lambda"], minus: float64(q["alpha"] * q["lambda"]),
		decay:     plasticity.NewDecay(q["tau_plus"], dtMs),
		plusClock: plasticity.NewClock(q["tau_plus"], dtMs), minusClock: plasticity.NewClock(q["tau_minus"], dtMs),
		sources: make([]pairedSource, base.p.space.Sources),
		posts:   plasticity.NewTargets(base.slice.len()), arrived: make([][]arrived, base.slice.len()),
	}
	if b.crossing.SoftPlus = q["mu_plus"] == 1; !b.crossing.SoftPlus {
		b.plus = float64(b.plus * q["Wmax"])
	}
	if b.crossing.SoftMinus = q["mu_minus"] == 1; !b.crossing.SoftMinus {
		b.minus = float64(b.minus * q["Wmax"])
	}
	b.crossing.Max, b.crossing.Inverse = float32(b.hi), float32(b.inverse)
	b.crossing.Exact = func(w float32, j int) float32 { return b.potentiate(b.crossing.Plus, b.source, w, j) }
	start := b.plusClock.At(0)
	for i := range b.sources {
		b.sources[i].lastAt, b.sources[i].settledAt = start, start
	}
	return b
}

// receive takes the spikes of tick t: the target's, which arrive a delay later,
// and the source's, which carry the weights of now.
func (b *paired[T]) receive(t snn.Tick, log *spikeLog) {
	b.look(t)
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
	b.move(t)
}

// look sets the clocks to tick t.
func (b *paired[T]) look(t snn.Tick) {
	b.plusAt, b.minusAt = b.plusClock.At(int64(t)), b.minusClock.At(int64(t))
	if b.crossing.Minus = 0; b.rate > 0 {
		b.crossing.Minus = b.minusClock.Factor(float64(b.rate*b.minus), b.minusAt)
	}
}

// arrive files the target's spikes that arrive at tick t, for potentiation.
func (b *paired[T]) arrive(t snn.Tick, log *spikeLog) {
	b.fresh = b.fresh[:0]
	emitted := t - b.p.minDelay
	if emitted <= b.since {
		return
	}
	own := ownSpikes(log, emitted, b.slice)
	if len(own) == 0 {
		return
	}
	b.latest = t
	down := b.plusClock.Down(b.plusAt)
	for _, g := range own {
		j := uint32(g - b.slice.first)
		b.posts.Arrive(j, down)
		b.arrived[j] = append(b.arrived[j], arrived{t, b.plusAt})
		b.fresh = append(b.fresh, j)
	}
}

// pass adds the arrivals of tick t to the postsynaptic traces, which a
// presynaptic spike of the same tick does not meet.
func (b *paired[T]) pass(t snn.Tick) {
	if len(b.fresh) == 0 {
		return
	}
	up := b.minusClock.Up(1, b.minusAt)
	for _, j := range b.fresh {
		b.posts.Records[j].Up += up
	}
}

// pair is what potentiates the synapses of source s: its trace at its last spike,
// and from when on arrivals are pending; nothing while plasticity is off.
func (b *paired[T]) pair(s *pairedSource) (plus, since float32) {
	if b.rate == 0 {
		return 0, 0
	}
	return b.plusClock.Up(float64(float64(b.rate*b.plus)*s.trace), s.lastAt), b.plusClock.Down(s.settledAt)
}

// spike sends a spike of source i at tick t; one of source next comes after it.
func (b *paired[T]) spike(i, next uint32, t snn.Tick) {
	s := &b.sources[i]
	b.source = s
	b.crossing.Plus, b.crossing.Since = b.pair(s)
	b.crossing.W, b.crossing.Onto = b.synapsesOf(i)
	b.ahead.W, b.ahead.Onto = b.synapsesOf(next)
	b.events += int64(len(b.crossing.W))
	plasticity.Cross(&b.crossing, &b.ahead, b.posts, b.slice.sums(b.receptor, t+b.p.minDelay))
	s.trace = float64(s.trace*b.decay.Over(int64(t-s.last))) + 1
	s.last, s.settled, s.lastAt, s.settledAt = t, t, b.plusAt, b.plusAt
}

func (b *paired[T]) synapsesOf(i uint32) (w []float32, onto []T) {
	lo, hi := b.rows[i], b.rows[i+1]
	return b.w[lo:hi], b.targets[lo:hi]
}

// potentiate adds all pending spikes of target j to a weight of source s.
func (b *paired[T]) potentiate(plus float32, s *pairedSource, w float32, j int) float32 {
	all := b.arrived[j]
	k := len(all)
	for k > 0 && all[k-1].tick > s.settled {
		k--
	}
	for _, a := range all[k:] {
		w = b.crossing.Post(w, float32(plus*b.plusClock.Down(a.at)))
	}
	return w
}

// settled is the weight of synapse k of source s as of the last tick received;
// plus is of pair.
func (b *paired[T]) settled(plus float32, s *pairedSource, k uint64) float32 {
	if b.rate == 0 {
		return b.w[k]
	}
	return b.potentiate(plus, s, b.w[k], int(b.targets[k]))
}

// settle brings the rows that are not settled beyond tick after up to tick t, the
// last that has been received.
func (b *paired[T]) settle(t, after snn.Tick) {
	at := b.plusClock.At(int64(t))
	for i := range b.sources {
		s := &b.sources[i]
		if s.settled > after || s.settled >= t {
			continue
		}
		if b.latest > s.settled {
			plus, _ := b.pair(s)
			for k := b.rows[i]; k < b.rows[i+1]; k++ {
				b.w[k] = b.settled(plus, s, k)
			}
		}
		s.settled, s.settledAt = t, at
	}
}

func (b *paired[T]) settleAt(t snn.Tick) { b.settle(t, t) }

// move keeps the exponentials near their bases.
func (b *paired[T]) move(t snn.Tick) {
	if b.minusClock.Due(int64(t)) {
		b.posts.ShiftUp(b.minusClock.Move(int64(t)))
	}
	if !b.plusClock.Due(int64(t)) {
		return
	}
	b.settle(t, b.moved)
	b.posts.ShiftDown(b.plusClock.Move(int64(t)))
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
func (b *paired[T]) begin(now snn.Tick, trial *Trial, reset bool) {
	rate := trial.Rate
	if !trial.Plasticity {
		rate = 0
	}
	if rate != b.rate || reset {
		b.settle(now, now)
		b.rate = rate
	}
	if reset {
		at := b.plusClock.At(int64(now))
		b.posts.Clear()
		for j := range b.arrived {
			b.arrived[j] = b.arrived[j][:0]
		}
		for i := range b.sources {
			b.sources[i] = pairedSource{sourceTrace{last: now, settled: now}, at, at}
		}
		b.since = now
	}
}

func (b *paired[T]) size() blockSize {
	return blockSize{int64(len(b.w)), b.bytes(), "stdp", b.events}
}

// weights yields each target's weights with their sources, settled as of the last
// tick whose spikes have been received; nothing is written back.
func (b *paired[T]) weights(yield func(target int, sources []uint32, weights []float64)) {
	b.columns(func(i uint32, k uint64) float64 {
		s := &b.sources[i]
		plus, _ := b.pair(s)
		return float64(b.settled(plus, s, k))
	}, yield)
}
