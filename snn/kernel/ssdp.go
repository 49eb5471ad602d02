package kernel

import (
	"fmt"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/ssdp"
)

// windowed is a projection under windowed SSDP in one partition. Weights are
// kept as shares u of their span, 0 at w_min and 1 at w_max.
//
// The update of window n takes effect at the end of window n+1, so that the sum
// of the target population's statistics over all partitions has a whole window
// to arrive. Its cost follows the neurons that fired: the rows of active sources,
// and the columns of active targets.
type windowed[W float32 | float64] struct {
	p        *Projection
	measure  int
	slice    *slice
	receptor int
	delay    snn.Tick
	shift    snn.Tick // from emission to the presynaptic time: the delay, or 0
	low      float64  // w_min in quanta
	span     float64  // w_max - w_min in quanta

	rows    []uint64 // synapses of source s are rows[s] to rows[s+1]
	targets []uint32 // local
	u       []W
	columns []uint64 // synapses of target j, by source: columns[j] to columns[j+1]
	sources []uint32 // of the synapses of a column
	at      []uint32 // where they stand in u
	events  int64

	rule        *ssdp.Rule
	gate        *gate
	expectation *ssdp.Expectation
	pre, post   *ssdp.Participation
	trains      *ssdp.Trains // nil where pairing is by first spikes
	clock       windows
	start, end  snn.Tick // of the window under way
	inside      bool
	number      int
	rate        float64 // factor on eta; 0 while plasticity is off
	arrivals    []arrival
	now, due    *windowSpikes // the window under way, and the one before
}

// arrival is a presynaptic spike that a later window counts.
type arrival struct {
	tick   snn.Tick
	source uint32
}

// windowSpikes is who fired in a window, and when first: tick 1 to the window's
// width, or -1.
type windowSpikes struct {
	pre, post             []int32
	preActive, postActive []uint32
	// every presynaptic spike, in order of time, where pairing is nearest
	sources []uint32
	ticks   []int32
	counts  []int64 // the target's sum over partitions, once it has arrived
	group   []int64 // the gate's, likewise where it reads the target
	end     snn.Tick
	rate    float64
	filled  bool
}

func newWindowSpikes(sources, targets int) *windowSpikes {
	w := &windowSpikes{pre: make([]int32, sources), post: make([]int32, targets)}
	for i := range w.pre {
		w.pre[i] = -1
	}
	for j := range w.post {
		w.post[j] = -1
	}
	return w
}

func (w *windowSpikes) clear() {
	for _, i := range w.preActive {
		w.pre[i] = -1
	}
	for _, j := range w.postActive {
		w.post[j] = -1
	}
	w.preActive, w.postActive = w.preActive[:0], w.postActive[:0]
	w.sources, w.ticks = w.sources[:0], w.ticks[:0]
	w.counts, w.group, w.filled = nil, nil, false
}

// ssdpParams turns the model's words into ticks.
func ssdpParams(p *Projection, dtMs float64) (ssdp.Params, windows) {
	m := p.Model.SSDP
	params := ssdp.Params{
		WindowTicks: int(ticks(m.Window, dtMs)), SigmaTicks: m.Sigma / dtMs, Eta: m.Eta, Beta: m.Beta,
		APlus: m.APlus, ABase: m.ABase, OneSilent: ssdp.OneSilent(m.OneSilent), Soft: m.Bounds != "hard", Horizon: m.Horizon,
	}
	return params, windows{width: ticks(m.Window, dtMs), phase: ticks(m.Phase, dtMs)}
}

func buildWindowed[W float32 | float64](n *Network, p *Projection, s *slice, measure int) (*windowed[W], error) {
	receptor, err := p.plasticReceptor()
	if err != nil {
		return nil, err
	}
	if !p.sameDelay() {
		return nil, fmt.Errorf("projections.%s.delay: ssdp_synapse takes one delay for all, not a distribution", p.Name)
	}
	params, clock := ssdpParams(p, n.DtMs)
	inverse := 1 / p.Target.Quanta[receptor]
	m := p.Model.SSDP
	b := &windowed[W]{
		p: p, measure: measure, slice: s, receptor: receptor, delay: p.minDelay, shift: p.minDelay, low: m.WMin * inverse, span: (m.WMax - m.WMin) * inverse,
		rule: ssdp.New(params), clock: clock, rate: 1,
		pre: ssdp.NewParticipation(p.space.Sources, params.Horizon), post: ssdp.NewParticipation(s.len(), params.Horizon),
		now: newWindowSpikes(p.space.Sources, s.len()), due: newWindowSpikes(p.space.Sources, s.len()),
	}
	if m.Align == "emission" {
		b.shift = 0
	}
	b.gate = newGate(p, s, clock)
	b.expectation = ssdp.NewExpectation(b.rule)
	if m.Pairing == "nearest" {
		b.trains = ssdp.NewTrains(p.space.Sources)
	}
	b.connect(n.DtMs)
	b.open(0, nil)
	return b, nil
}

// connect fills rows, weights and columns.
func (b *windowed[W]) connect(dtMs float64) {
	p, s, m := b.p, b.slice, b.p.Model.SSDP
	b.rows = make([]uint64, p.space.Sources+1)
	b.columns = make([]uint64, s.len()+1)
	p.each(s, func(target int, sources, _ []uint32) {
		for _, src := range sources {
			b.rows[src+1]++
		}
		b.columns[target-s.lo+1] = uint64(len(sources))
	})
	total := sumUp(b.rows)
	sumUp(b.columns)
	b.targets, b.u = make([]uint32, total), make([]W, total)
	b.sources, b.at = make([]uint32, total), make([]uint32, total)
	next := append([]uint64(nil), b.rows[:p.space.Sources]...)
	k := 0
	p.each(s, func(target int, sources, rows []uint32) {
		d := p.drawsOf(target, dtMs)
		d.rows = rows
		for i, src := range sources {
			at := next[src]
			next[src]++
			b.targets[at] = uint32(target - s.lo)
			b.u[at] = W(min(max((d.weight(i)-m.WMin)/(m.WMax-m.WMin), 0), 1))
			b.sources[k], b.at[k] = src, uint32(at)
			k++
		}
	})
}

// open starts the window that holds the tick after now, if there is one.
func (b *windowed[W]) open(now snn.Tick, trial *Trial) {
	b.now.clear() // a trial may cut a window short
	b.gate.drop()
	b.end, b.inside = b.clock.next(now, trial)
	b.start = now
	if !b.inside {
		return
	}
	b.start = b.end - b.clock.width
	later := b.arrivals[:0]
	for _, a := range b.arrivals {
		if a.tick > b.end {
			later = append(later, a)
		} else {
			b.mark(a)
		}
	}
	b.arrivals = later
}

func (b *windowed[W]) mark(a arrival) {
	at := int32(a.tick - b.start)
	if at <= 0 {
		return
	}
	b.gate.source(at, a.source)
	if b.now.pre[a.source] < 0 {
		b.now.pre[a.source] = at
		b.now.preActive = append(b.now.preActive, a.source)
	}
	if b.trains != nil {
		b.now.sources, b.now.ticks = append(b.now.sources, a.source), append(b.now.ticks, at)
	}
}

// receive takes the spikes that the source population emitted at tick t: they
// carry the weights of now to tick t+delay, and count in the window of their time.
func (b *windowed[W]) receive(t snn.Tick, log *spikeLog) {
	if t <= b.slice.since {
		return
	}
	spikes := log.of(t, b.p.Source.Index)
	if len(spikes) == 0 {
		return
	}
	sums := b.slice.sums(b.receptor, t+b.delay)
	for _, g := range spikes {
		s := uint32(g - b.p.Source.Range.First)
		lo, hi := b.rows[s], b.rows[s+1]
		b.events += int64(hi - lo)
		u := b.u[lo:hi]
		for k, j := range b.targets[lo:hi] {
			sums[j] += quanta(b.low+float64(float64(u[k])*b.span), 1)
		}
		switch a := (arrival{t + b.shift, s}); {
		case b.inside && a.tick <= b.end:
			b.mark(a)
		default:
			b.arrivals = append(b.arrivals, a)
		}
	}
}

// fired takes the slice's spikes of tick t.
func (b *windowed[W]) fired(t snn.Tick, neurons []uint32) {
	if !b.inside {
		return
	}
	at := int32(t - b.start)
	b.gate.target(at, neurons)
	for _, j := range neurons {
		if b.now.post[j] < 0 {
			b.now.post[j] = at
			b.now.postActive = append(b.now.postActive, j)
		}
	}
}

// aggregate takes the sum of a window's shares.
func (b *windowed[W]) aggregate(a *Aggregate) {
	if a.Measure == b.measure && a.Window == b.number-1 {
		bins := b.expectation.Bins()
		b.due.counts = a.Counts[:bins]
		if len(a.Counts) > bins {
			b.due.group = a.Counts[bins:]
		}
	}
}

// close ends the window under way at its end: the update of the window before
// takes effect, and the target's share of this one is returned.
func (b *windowed[W]) close() Share {
	b.settle()
	b.now.filled = true
	b.now.rate, b.now.end = b.rate, b.end
	var ofTarget []int64
	ofTarget, b.now.group = b.gate.close()
	b.now, b.due = b.due, b.now
	share := Share{Measure: b.measure, Window: b.number, End: b.end, Counts: make([]int64, b.expectation.Bins())}
	for _, j := range b.due.postActive {
		share.Counts[b.expectation.Bin(int(b.due.post[j]))]++
	}
	share.Counts = append(share.Counts, ofTarget...)
	b.number++
	return share
}

// settle applies the update that is due, if there is one.
func (b *windowed[W]) settle() {
	if !b.due.filled {
		return
	}
	if b.due.counts == nil {
		panic(fmt.Sprintf("kernel: the statistics of window %d of projection %s have not arrived", b.number-1, b.p.Name))
	}
	b.apply(b.due)
	b.due.clear()
}

// warmUp is the windows before participation and histograms mean anything.
const warmUp = 10

func (b *windowed[W]) apply(w *windowSpikes) {
	if b.trains != nil {
		b.trains.Set(w.preActive, w.sources, w.ticks)
	}
	factor := b.gate.open(w.end, b.participationProduct(w), w.group)
	if rate := b.rule.Eta * factor * w.rate; rate > 0 && b.pre.Windows() >= warmUp {
		b.update(w, rate)
	}
	if w.rate > 0 {
		b.expect(w)
		b.pre.Add(w.pre)
		b.post.Add(w.post)
	}
}

// expect takes the window into the chance term of later ones.
func (b *windowed[W]) expect(w *windowSpikes) {
	if b.trains != nil {
		b.expectation.AddNearest(b.trains, w.preActive, w.counts)
		return
	}
	before := make([]int64, len(w.counts))
	for _, i := range w.preActive {
		before[b.expectation.Bin(int(w.pre[i]))]++
	}
	b.expectation.Add(before, w.counts)
}

// apart is the distance in ticks from a target's first spike at to the spike of
// source i that it is paired with, whose first is at first.
func (b *windowed[W]) apart(i uint32, first, at int32) int {
	if b.trains != nil {
		return ssdp.Nearest(b.trains.Of(i), at)
	}
	return int(first - at)
}

// participationProduct is S: the share of targets that fired times that of sources.
func (b *windowed[W]) participationProduct(w *windowSpikes) float64 {
	fired := int64(0)
	for _, n := range w.counts {
		fired += n
	}
	return float64(fired) / float64(b.p.space.Targets) * (float64(len(w.preActive)) / float64(b.p.space.Sources))
}

func (b *windowed[W]) update(w *windowSpikes, rate float64) {
	r, gbar := b.rule, b.expectation.Value()
	for _, i := range w.preActive {
		at, lo, hi := w.pre[i], b.rows[i], b.rows[i+1]
		pPre := b.pre.Of(int(i))
		u := b.u[lo:hi]
		for k, j := range b.targets[lo:hi] {
			var plus, minus float64
			if t := w.post[j]; t >= 0 {
				plus, minus = r.Both(b.apart(i, at, t), gbar, pPre, b.post.Of(int(j)))
			} else {
				minus = r.One(int(at), gbar, b.post.Of(int(j)))
			}
			u[k] = W(r.Step(float64(u[k]), plus, minus, rate))
		}
	}
	for _, j := range w.postActive {
		at := w.post[j]
		for k := b.columns[j]; k < b.columns[j+1]; k++ {
			if i := b.sources[k]; w.pre[i] < 0 {
				u := &b.u[b.at[k]]
				*u = W(r.Step(float64(*u), 0, r.One(int(at), gbar, b.pre.Of(int(i))), rate))
			}
		}
	}
}

func (b *windowed[W]) size() blockSize {
	bytes := bytesOf(b.rows) + bytesOf(b.targets) + bytesOf(b.u) + bytesOf(b.columns) + bytesOf(b.sources) + bytesOf(b.at)
	return blockSize{int64(len(b.u)), bytes, "ssdp", b.events}
}

// weights yields each target's weights with their sources, as of the last update
// that is due at the state's tick.
func (b *windowed[W]) weights(yield func(target int, sources []uint32, weights []float64)) {
	m := b.p.Model.SSDP
	var out []float64
	for j := range b.slice.len() {
		out = out[:0]
		for k := b.columns[j]; k < b.columns[j+1]; k++ {
			out = append(out, m.WMin+float64(float64(b.u[b.at[k]])*(m.WMax-m.WMin)))
		}
		yield(b.slice.lo+j, b.sources[b.columns[j]:b.columns[j+1]], out)
	}
}
