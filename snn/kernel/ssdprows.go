package kernel

import (
	"unsafe"

	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/ssdp"
	"github.com/volley-snn/volley/snn/ssdp/row"
)

// windowRows is the weights under windowed SSDP and what changes them.
//
// Windows that are learned from are counted. A row, all synapses of one source, is
// up to date as of window last[i]; what the windows since do to it waits until its
// next spike takes it along. Of the latest windows all is known. In those before,
// the source was silent: all that happened to its synapses is that of some the
// target fired. Which, the targets' histories say, a bit a window; how much, the
// ring of past windows and the source's participation, which fell alike in each.
type windowRows[T index, S row.Stored, W row.Real] struct {
	*wiring[T]
	shares []S // of the span

	rule        *ssdp.Rule
	expectation *ssdp.Expectation
	trains      *ssdp.Trains // nil where pairing is by first spikes

	learned       uint32 // windows learned from
	past          [pastWindows]pastWindow
	latest        []latestWindow[W] // window n is latest[n%len]
	last          []uint32          // of each source
	pre           []float64         // participation of each source as of last
	participation *ssdp.Participation

	byTick []W // what a row takes by the target's tick, where the pairing is nearest; 0 at silentTick
	draws  random.Key
	pass   row.Pass[T, S, W]
}

// pastWindows is how many windows a row may lag behind: the bits of a history.
const pastWindows = 32

// latestWindows is how many windows the row of a source that fired may lag behind. A
// neuron that fires once in two windows has settled its row by then, with its next
// spike; a window takes 8 bytes a target and 4 a neuron, which should stay in cache.
const latestWindows = 2

// pastWindow is what a window did to the synapses of a silent source whose
// target fired: they lost chance times the source's participation, and flat.
type pastWindow struct {
	chance, flat float64
	share        float64 // by which participation moved
}

// latestWindow is a window of which all is known.
type latestWindow[W row.Real] struct {
	spikes *windowSpikes
	rate   float64         // Eta times the gate and the trial's rate; 0 changes nothing
	kernel []W             // rate A_plus K by distance in ticks, centred at the window's width; then zeros
	post   []row.Target[W] // what active sources lose
	silent []row.Target[W] // what silent ones lose; nil where histories tell
}

func newWindowRows[T index, S row.Stored, W row.Real](env Environment, p *Projection, s *slice, receptor int, n *Network, params ssdp.Params) *windowRows[T, S, W] {
	b := &windowRows[T, S, W]{
		rule: ssdp.New(params), last: make([]uint32, p.space.Sources), pre: make([]float64, p.space.Sources),
		participation: ssdp.NewParticipation(s.len(), params.Horizon), draws: p.roundingKey,
	}
	lo, hi := p.plasticBounds()
	b.wiring = newWiring[T](env, p, s, receptor, n.DtMs,
		func(n uint64) { b.shares = allocate[S](env, n) },
		func(at []uint64, w []float64) {
			for k, w := range w {
				b.shares[at[k]] = asShare[S, W](float64(W(w)), lo, hi)
			}
		})
	b.expectation = ssdp.NewExpectation(b.rule)
	b.latest = make([]latestWindow[W], latestWindows)
	if p.Model.SSDP.Pairing == "nearest" {
		b.trains, b.byTick = ssdp.NewTrains(p.space.Sources), make([]W, b.silentTick()+1)
	}
	if b.eager() {
		b.latest = b.latest[:1]
	}
	for k := range b.latest {
		l := &b.latest[k]
		l.spikes = newWindowSpikes(p.space.Sources, s.len())
		l.kernel, l.post = make([]W, 3*params.WindowTicks+2), make([]row.Target[W], s.len())
		if params.OneSilent == ssdp.Sentinel {
			l.silent = make([]row.Target[W], s.len())
		}
	}
	b.pass = row.Pass[T, S, W]{
		History: make([]uint32, s.len()), Low: lo * b.inverse, Span: (hi - lo) * b.inverse, First: uint32(s.lo), Soft: params.Soft,
	}
	return b
}

// eager reports whether every window is applied to all rows at its end: where that
// takes the trains of its sources, or depends on when the targets of silent ones fired.
func (b *windowRows[T, S, W]) eager() bool {
	return b.trains != nil || b.rule.OneSilent == ssdp.Sentinel
}

// silentTick stands for the first spike of a target that was silent: the kernel
// is 0 there, whatever the source's tick.
func (b *windowRows[T, S, W]) silentTick() int32 { return int32(2*b.rule.WindowTicks + 1) }

func asShare[S row.Stored, W row.Real](w, lo, hi float64) S {
	return row.Of[S, W](min(max((w-lo)/(hi-lo), 0), 1))
}

// weight is that of a share, in its unit.
func (b *windowRows[T, S, W]) weight(x S) float64 {
	return b.lo + float64(float64(W(x)*row.Unit[S, W]())*(b.hi-b.lo))
}

// warmUp is the windows before participation and histograms mean anything.
const warmUp = 10

// learn takes a window in, and gives another in its place: rate is Eta times the
// gate and the trial's rate.
func (b *windowRows[T, S, W]) learn(w *windowSpikes, rate float64) (free *windowSpikes) {
	if b.trains != nil {
		b.trains.Set(w.preActive, w.sources, w.ticks)
	}
	if b.learned < warmUp {
		rate = 0
	}
	free = b.begin(w, rate)
	switch {
	case b.rule.OneSilent == ssdp.Sentinel:
		b.settleAll()
	case b.eager():
		for _, i := range w.preActive {
			b.settleRow(i)
		}
	}
	b.sweep()
	b.expect(w)
	b.participation.Add(w.post)
	return free
}

// begin counts the window and prepares what all rows take from it, in the place of
// the oldest of the latest windows, which rows take before.
func (b *windowRows[T, S, W]) begin(w *windowSpikes, rate float64) (free *windowSpikes) {
	at := b.latestAt(b.learned + 1)
	for k, i := range at.spikes.preActive {
		if b.last[i]+uint32(len(b.latest)) <= b.learned {
			b.ahead(at.spikes.preActive[min(k+1, len(at.spikes.preActive)-1)])
			b.settleRow(i)
		}
	}
	free, at.spikes, at.rate = at.spikes, w, rate
	b.learned++
	r, width := b.rule, b.rule.WindowTicks
	chance := 0.0
	past := pastWindow{share: 1 / float64(min(int(b.learned), r.Horizon))}
	switch r.OneSilent {
	case ssdp.Chance:
		chance = rate * r.Beta / 2 * b.expectation.Value()
		past.chance = chance
	case ssdp.Depress:
		past.flat = rate * r.ABase
	}
	b.past[b.learned%pastWindows] = past
	for d := -width; d <= width; d++ {
		at.kernel[width+d] = W(rate * r.APlus * r.Kernel(d))
	}
	silent := b.silentTick()
	for j, tick := range w.post {
		history := &b.pass.History[j]
		*history <<= 1
		minus := W(chance * b.participation.Of(j))
		if at.post[j] = (row.Target[W]{Minus: minus, Tick: silent}); tick >= 0 {
			*history |= 1
			at.post[j] = row.Fired(minus, tick)
		}
		if at.silent == nil {
			continue
		}
		if at.silent[j] = (row.Target[W]{Tick: silent}); tick >= 0 {
			at.silent[j].Minus = W(rate * r.ABase * r.Kernel(width-int(tick)))
		}
	}
	return free
}

func (b *windowRows[T, S, W]) latestAt(window uint32) *latestWindow[W] {
	return &b.latest[window%uint32(len(b.latest))]
}

// nearest is what the pairs of a source gain by the target's tick, where it is
// paired with the spike nearest to that.
func (b *windowRows[T, S, W]) nearest(i uint32, l *latestWindow[W]) []W {
	train := b.trains.Of(i)
	for _, j := range l.spikes.postActive {
		at := l.spikes.post[j]
		b.byTick[at] = l.kernel[b.rule.WindowTicks+ssdp.Nearest(train, at)]
	}
	return b.byTick
}

// settleRow brings a row up to the last window.
func (b *windowRows[T, S, W]) settleRow(i uint32) {
	if b.last[i] != b.learned {
		b.send(i, nil)
	}
}

// settleAll brings all rows up to the last window.
func (b *windowRows[T, S, W]) settleAll() {
	for i := range b.last {
		b.ahead(min(uint32(i)+1, uint32(len(b.last))-1))
		b.settleRow(uint32(i))
	}
}

// send brings row i up to the last window and adds its weights to sums, if there are any.
func (b *windowRows[T, S, W]) send(i uint32, sums []int32) {
	p := &b.pass
	p.Steps, b.pre[i] = b.since(i, p.Steps[:0])
	b.last[i] = b.learned
	if len(p.Steps) == 0 && sums == nil {
		return
	}
	lo, hi := b.rows[i], b.rows[i+1]
	p.Shares, p.Onto, p.Sums = b.shares[lo:hi], b.targets[lo:hi], sums
	p.Run()
}

// ahead names the row that is sent or settled after the next.
func (b *windowRows[T, S, W]) ahead(i uint32) {
	lo, hi := b.rows[i], b.rows[i+1]
	b.pass.NextShares, b.pass.NextOnto = b.shares[lo:hi], b.targets[lo:hi]
}

// since appends the windows that row i has still to take up to the last, oldest
// first, and returns the source's participation as of that.
func (b *windowRows[T, S, W]) since(i uint32, steps []row.Step[W]) ([]row.Step[W], float64) {
	p := b.pre[i]
	for n := b.last[i] + 1; n <= b.learned; n++ {
		w, l := &b.past[n%pastWindows], b.latestAt(n)
		known := b.learned-n < uint32(len(b.latest))
		fired := known && l.spikes.pre[i] >= 0
		s, changes := row.Step[W]{}, known && l.rate > 0
		switch {
		case fired:
			s = b.active(i, l, W(w.chance*p))
		case known && l.silent != nil:
			s = row.Step[W]{Post: l.silent, Plus: l.kernel}
		default:
			minus := float64(w.chance*p) + w.flat
			s, changes = row.Step[W]{Minus: W(minus), Age: b.learned - n}, minus > 0
		}
		if changes {
			if row.Unit[S, W]() != 1 {
				s.Draw = b.draws.Sub(uint64(i)).Sub(uint64(n)).Lanes()
			}
			steps = append(steps, s)
		}
		if fired {
			p += float64(w.share * (1 - p))
		} else {
			p -= float64(w.share * p)
		}
	}
	return steps, p
}

// active is the step of a source that fired, where pairs of targets that fired lose
// chance besides.
func (b *windowRows[T, S, W]) active(i uint32, l *latestWindow[W], chance W) row.Step[W] {
	r, at := b.rule, l.spikes.pre[i]
	s := row.Step[W]{Post: l.post, Plus: l.kernel[int32(r.WindowTicks)-at:], Add: [2]W{0, chance}}
	switch r.OneSilent {
	case ssdp.Depress:
		s.Add = [2]W{W(l.rate * r.ABase), 0}
	case ssdp.Sentinel:
		s.Add = [2]W{W(l.rate * r.ABase * r.Kernel(r.WindowTicks-int(at))), 0}
	}
	if b.trains != nil {
		s.Plus = b.nearest(i, l)
	}
	return s
}

// sweep settles rows that lag far behind, a few a window, so that none outlives
// the histories.
func (b *windowRows[T, S, W]) sweep() {
	const every = pastWindows / 2
	for i := b.learned % every; i < uint32(len(b.last)); i += every {
		if b.learned-b.last[i] >= every-1 {
			b.ahead(i)
			b.settleRow(i)
		}
	}
}

// expect takes the window into the chance term of later ones.
func (b *windowRows[T, S, W]) expect(w *windowSpikes) {
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

func (b *windowRows[T, S, W]) bytes() int64 {
	size := b.wiring.bytes() + bytesOf(b.shares) + bytesOf(b.last) + bytesOf(b.pre) + bytesOf(b.pass.History)
	for k := range b.latest {
		var target row.Target[W]
		l := &b.latest[k]
		size += bytesOf(l.kernel) + int64(len(l.post)+len(l.silent))*int64(unsafe.Sizeof(target)) + bytesOf(l.spikes.pre) + bytesOf(l.spikes.post)
	}
	return size
}
