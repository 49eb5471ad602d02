package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/plasticity"
)

// driven is a projection under a spike-driven synapse model in one partition.
//
// It is lazy: a synapse is looked at when its source spikes at tick t, takes the
// postsynaptic spikes that have arrived in (settled, t] one by one, then the
// presynaptic one, and is settled at t. Each step is rounded to W by itself, so
// that settling earlier changes no bit: it happens when the rate changes, when
// traces are reset, and for sources that have long been silent.
type driven[T index, W float] struct {
	*synapses[T, W]

	spec   plasticity.Spec
	rule   plasticity.Rule
	rate   float64
	plain  bool // learning, by a rule that needs no state of a synapse
	traces plasticity.Traces
	plus   *plasticity.Decay
	slow   *plasticity.Decay // nil where there is no slow presynaptic trace

	sources []sourceTrace
	own     []W // presynaptic trace of each synapse at its source's last spike; nil where the source's serves
	history *postHistory
	heard   snn.Tick // spikes up to here have been received
	scaled  snn.Tick // when the weights were normalised last
	bounded []bool   // of each target, whether a weight was set to a bound then
	active  []uint32 // scratch
	sweep   snn.Tick // span after which silent sources are settled, and the history trimmed
}

// sourceTrace is the presynaptic side of a row.
type sourceTrace struct {
	last, settled snn.Tick // last spike; arrivals up to settled are in the weights
	trace, slow   float64  // after the last spike
}

func newDriven[T index, W float](base *synapses[T, W], dtMs float64) *driven[T, W] {
	p := base.p
	b := &driven[T, W]{
		synapses: base, spec: *p.synapse, rate: 1, rule: p.synapse.NewRule(p.params, 1),
		traces: p.synapse.Traces(p.params), sources: make([]sourceTrace, p.space.Sources), sweep: sweepTicks, scaled: snn.Never,
	}
	b.plain = b.traces.Pre != plasticity.SincePost && !b.traces.First
	b.plus = plasticity.NewDecay(b.traces.PlusMs, dtMs)
	if b.traces.SlowPlusMs > 0 {
		b.slow = plasticity.NewDecay(b.traces.SlowPlusMs, dtMs)
	}
	if b.traces.Pre == plasticity.SincePost {
		b.own = make([]W, len(base.w))
	}
	b.history, b.bounded = newPostHistory(base.slice, b.traces, dtMs), make([]bool, base.slice.len())
	for i := range b.sources {
		b.sources[i].trace = b.traces.Start
	}
	return b
}

// sweepTicks bounds what a silent source may leave to be done, and so the history.
const sweepTicks = 1 << 14

// receive takes the spikes of tick t: the target's, which arrive a delay later,
// and the source's, which carry the weights of now.
func (b *driven[T, W]) receive(t snn.Tick, log *spikeLog) {
	if arrived := t - b.p.minDelay; arrived > 0 {
		b.history.take(arrived, log)
	}
	for _, g := range log.of(t, b.p.Source.Index) {
		b.spike(uint32(g-b.p.Source.Range.First), t)
	}
	b.heard = t
	if t%b.sweep == 0 {
		b.settle(t, t-b.sweep)
		b.history.trim(t - b.sweep - b.p.maxDelay)
	}
}

// spike sends a spike of source i at tick t.
func (b *driven[T, W]) spike(i uint32, t snn.Tick) {
	s := &b.sources[i]
	gap := int64(t - s.last)
	slow := 0.0
	if b.slow != nil {
		slow = float64(s.slow * b.slow.Over(gap))
	}
	if b.unchanged(s) {
		b.deliver(i, t)
	} else {
		b.cross(i, t, slow)
	}
	if b.traces.Pre == plasticity.All {
		s.trace = float64(s.trace*b.plus.Over(gap)) + 1
	} else {
		s.trace = 1
	}
	s.slow = slow + 1
	s.last, s.settled = t, t
}

// unchanged reports whether no weight of source s changes by its spike: while
// plasticity is off, or where only postsynaptic spikes count and none has come.
func (b *driven[T, W]) unchanged(s *sourceTrace) bool {
	return b.own == nil && (b.rate == 0 || b.traces.PostOnly && b.history.latest <= s.settled-b.p.maxDelay)
}

// cross sends a spike of source i at tick t over synapses that it changes.
func (b *driven[T, W]) cross(i uint32, t snn.Tick, slow float64) {
	s, delay := &b.sources[i], b.p.minDelay
	sums := b.slice.sums(b.receptor, t+delay)
	b.events += int64(b.rows[i+1] - b.rows[i])
	for k := b.rows[i]; k < b.rows[i+1]; k++ {
		if b.delays != nil {
			delay = snn.Tick(b.delays[k])
			sums = b.slice.sums(b.receptor, t+delay)
		}
		j := b.targets[k]
		w, done := b.w[k], false
		if b.plain {
			w, done = b.short(s, w, &b.history.ends[j], delay, t, slow)
		}
		if !done {
			w = b.long(s, k, delay, t, slow)
		}
		b.w[k] = w
		sums[j] += quanta(float64(w), b.inverse)
	}
}

// short is the weight after a spike of source s at tick t onto a target that has
// spiked once or not at all since, and not at the tick whose spikes arrive now;
// where more is to be known, it is not done.
func (b *driven[T, W]) short(s *sourceTrace, w W, r *postRecord, delay, t snn.Tick, slow float64) (_ W, done bool) {
	from, at := s.settled-delay, t-delay
	switch {
	case r.last <= from && r.last < at:
	case r.before <= from && r.last < at:
		w = W(b.rule.Post(float64(w), float64(s.trace*b.plus.Over(int64(r.last+delay-s.last))), r.slow))
	default:
		return w, false
	}
	if b.traces.PostOnly {
		return w, true
	}
	trace := r.trace
	if trace > 0 {
		trace = float64(trace * b.history.decay.Over(int64(at-r.last)))
	}
	return W(b.rule.Pre(float64(w), trace, slow)), true
}

// long is the same from the whole history.
func (b *driven[T, W]) long(s *sourceTrace, k uint64, delay, t snn.Tick, slow float64) W {
	w, own, before := b.arrivals(s, k, delay, t)
	if b.rate > 0 && (!b.traces.First || b.met(s, k, delay, t)) {
		w = b.depress(w, before, t-delay, slow)
	}
	if b.own != nil {
		b.own[k] = W(float64(float64(own)*b.plus.Over(int64(t-s.last)))) + 1
	}
	return w
}

// arrivals is the weight of synapse k of source s after the postsynaptic spikes
// that arrive in (settled, t], its own trace then, and the last postsynaptic
// spike that arrives before t. Nothing is written.
func (b *driven[T, W]) arrivals(s *sourceTrace, k uint64, delay, t snn.Tick) (w, own W, before *postSpike) {
	j := int(b.targets[k])
	pending, before := b.history.between(j, s.settled-delay, t-delay)
	w = b.w[k]
	if b.own != nil {
		own = b.own[k]
	}
	for n := range pending {
		p := &pending[n]
		trace := s.trace
		if b.own != nil {
			if own == 0 {
				break
			}
			trace, own = float64(own), 0
		}
		if b.traces.First && (n > 0 || b.met(s, k, delay, s.settled)) {
			break
		}
		if b.rate > 0 {
			trace = float64(trace * b.plus.Over(int64(p.tick+delay-s.last)))
			w = W(b.rule.Post(float64(w), trace, p.slow))
		}
	}
	return w, own, before
}

// met reports whether a postsynaptic spike has arrived between the source's last
// spike and tick t.
func (b *driven[T, W]) met(s *sourceTrace, k uint64, delay, t snn.Tick) bool {
	since, _ := b.history.between(int(b.targets[k]), s.last-delay, t-delay)
	return len(since) > 0
}

// depress is the weight after a presynaptic spike that meets the target at tick
// at; before is the last postsynaptic spike before that.
func (b *driven[T, W]) depress(w W, before *postSpike, at snn.Tick, slow float64) W {
	trace := 0.0
	if before != nil {
		trace = float64(before.trace * b.history.decay.Over(int64(at-before.tick)))
	}
	return W(b.rule.Pre(float64(w), trace, slow))
}

func (b *driven[T, W]) settleAt(t snn.Tick) { b.settle(t, t) }

// begin starts a trial at tick now. Traces and histories go on through it unless
// the source or the target is set back: then all begin anew.
func (b *driven[T, W]) begin(now snn.Tick, trial *Trial, reset bool) {
	rate := trial.Rate
	if !trial.Plasticity {
		rate = 0
	}
	if rate != b.rate || reset {
		b.settle(now, now)
	}
	if rate != b.rate {
		b.learnAt(rate)
	}
	if reset {
		b.history.clear(now)
		b.scaled = snn.Never // what has changed since is forgotten
		clear(b.own)
		for i := range b.sources {
			b.sources[i] = sourceTrace{last: now, settled: now}
		}
	}
}

// learnAt sets the factor on the rule's steps.
func (b *driven[T, W]) learnAt(rate float64) {
	b.rate, b.rule = rate, b.spec.NewRule(b.p.params, rate)
	b.plain = rate > 0 && b.traces.Pre != plasticity.SincePost && !b.traces.First
}

func (b *driven[T, W]) size() blockSize {
	return blockSize{int64(len(b.w)), b.bytes() + bytesOf(b.own), "stdp", b.events}
}

// weights yields each target's weights with their sources, settled as of the last
// tick whose spikes have been received; nothing is written back.
func (b *driven[T, W]) weights(yield func(target int, sources []uint32, weights []float64)) {
	b.columns(func(s uint32, k uint64) float64 {
		w, _, _ := b.arrivals(&b.sources[s], k, b.delay(k), b.heard)
		return float64(w)
	}, yield)
}
