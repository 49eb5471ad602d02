package kernel

import (
	"github.com/volley-snn/volley/snn/ssdp"
)

// windowRows is the weights under windowed SSDP and what changes them.
//
// Windows that are learned from are counted. A row, all synapses of one source,
// is up to date as of window last[i]. In the windows since, the source was
// silent: all that happened to its synapses is that of some the target fired.
// Which, the targets' histories say, a bit a window; how much, the ring of past
// windows and the source's participation, which fell alike in each.
type windowRows[T index, W float] struct {
	*synapses[T, W] // w holds shares of the span

	rule        *ssdp.Rule
	expectation *ssdp.Expectation
	trains      *ssdp.Trains // nil where pairing is by first spikes

	learned       uint32 // windows learned from
	past          [pastWindows]pastWindow
	last          []uint32  // of each source
	pre           []float64 // participation of each source as of last
	participation *ssdp.Participation
	post          []targetWindow[W]

	kernel  []W // rate A_plus K by distance in ticks, centred at the window's width; then zeros
	byTick  []W // what a row takes by the target's tick; 0 at silentTick
	pending []silentWindow[W]
}

// pastWindows is how many windows a row may lag behind: the bits of a history.
const pastWindows = 32

// pastWindow is what a window did to the synapses of a silent source whose
// target fired: they lost chance times the source's participation, and flat.
type pastWindow struct {
	chance, flat float64
	share        float64 // by which participation moved
}

// targetWindow is a target in the window that is being applied.
type targetWindow[W float] struct {
	minus   W      // what any pair with an active source loses by it
	fired   uint32 // 1 if it fired
	tick    int32  // of its first spike, or silentTick
	history uint32 // bit k: it fired k windows before the last that was learned from
}

// silentWindow is a window that a row has still to take: minus is what the
// synapses lose whose targets fired, age its bit in a history.
type silentWindow[W float] struct {
	minus W
	age   uint32
}

func newWindowRows[T index, W float](base *synapses[T, W], params ssdp.Params) *windowRows[T, W] {
	sources, targets := base.p.space.Sources, base.slice.len()
	b := &windowRows[T, W]{
		synapses: base, rule: ssdp.New(params), last: make([]uint32, sources), pre: make([]float64, sources),
		participation: ssdp.NewParticipation(targets, params.Horizon), post: make([]targetWindow[W], targets),
	}
	b.expectation = ssdp.NewExpectation(b.rule)
	if base.p.Model.SSDP.Pairing == "nearest" {
		b.trains = ssdp.NewTrains(sources)
	}
	b.kernel, b.byTick = make([]W, 3*params.WindowTicks+2), make([]W, b.silentTick()+1)
	for k, w := range base.w {
		base.w[k] = b.asShare(float64(w))
	}
	return b
}

// silentTick stands for the first spike of a target that was silent: the kernel
// is 0 there, whatever the source's tick.
func (b *windowRows[T, W]) silentTick() int32 { return int32(2*b.rule.WindowTicks + 1) }

func (b *windowRows[T, W]) asShare(w float64) W {
	return W(min(max((w-b.lo)/(b.hi-b.lo), 0), 1))
}

// warmUp is the windows before participation and histograms mean anything.
const warmUp = 10

// learn applies a window: rate is Eta times the gate and the trial's rate.
func (b *windowRows[T, W]) learn(w *windowSpikes, rate float64) {
	if b.trains != nil {
		b.trains.Set(w.preActive, w.sources, w.ticks)
	}
	if b.learned < warmUp {
		rate = 0
	}
	b.begin(w, rate)
	for _, i := range w.preActive {
		b.active(i, w, rate)
	}
	if b.rule.OneSilent == ssdp.Sentinel {
		b.sentinel(w, rate)
	} else {
		b.sweep()
	}
	b.expect(w)
	b.participation.Add(w.post)
}

// begin counts the window and prepares what all rows take from it.
func (b *windowRows[T, W]) begin(w *windowSpikes, rate float64) {
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
		b.kernel[width+d] = W(rate * r.APlus * r.Kernel(d))
	}
	for j := range b.post {
		t := &b.post[j]
		t.minus = W(chance * b.participation.Of(j))
		t.fired, t.tick = 0, b.silentTick()
		if at := w.post[j]; at >= 0 {
			t.fired, t.tick = 1, at
		}
		t.history = t.history<<1 | t.fired
	}
}

// active applies the window to the row of a source that fired in it.
func (b *windowRows[T, W]) active(i uint32, w *windowSpikes, rate float64) {
	b.settleTo(i, b.learned-1)
	r, at := b.rule, w.pre[i]
	past := &b.past[b.learned%pastWindows]
	if rate > 0 {
		// what a pair loses besides by its target: [0] if that was silent, [1] if not
		add := [2]W{0, W(past.chance * b.pre[i])}
		switch r.OneSilent {
		case ssdp.Depress:
			add = [2]W{W(past.flat), 0}
		case ssdp.Sentinel:
			add = [2]W{W(rate * r.ABase * r.Kernel(r.WindowTicks-int(at))), 0}
		}
		plus := b.kernel[int32(r.WindowTicks)-at:]
		if b.trains != nil {
			plus = b.nearest(i, w)
		}
		u, targets := b.row(i)
		if r.Soft {
			updateSoft(u, targets, b.post, plus, add)
		} else {
			updateHard(u, targets, b.post, plus, add)
		}
	}
	b.pre[i] += float64(past.share * (1 - b.pre[i]))
	b.last[i] = b.learned
}

// nearest is what the pairs of a source gain by the target's tick, where it is
// paired with the spike nearest to that.
func (b *windowRows[T, W]) nearest(i uint32, w *windowSpikes) []W {
	train := b.trains.Of(i)
	for _, j := range w.postActive {
		at := w.post[j]
		b.byTick[at] = b.kernel[b.rule.WindowTicks+ssdp.Nearest(train, at)]
	}
	return b.byTick
}

func (b *windowRows[T, W]) row(i uint32) ([]W, []T) {
	lo, hi := b.rows[i], b.rows[i+1]
	return b.w[lo:hi], b.targets[lo:hi]
}

// updateSoft moves each share by plus (1-u) - minus u; updateHard by plus - minus.
// plus is by the target's tick.
func updateSoft[T index, W float](u []W, targets []T, post []targetWindow[W], plus []W, add [2]W) {
	u = u[:len(targets)]
	for k, j := range targets {
		t := &post[j]
		v := u[k]
		v += W(plus[t.tick]*(1-v)) - W((t.minus+add[t.fired&1])*v)
		u[k] = clip(v)
	}
}

func updateHard[T index, W float](u []W, targets []T, post []targetWindow[W], plus []W, add [2]W) {
	u = u[:len(targets)]
	for k, j := range targets {
		t := &post[j]
		u[k] = clip(u[k] + (plus[t.tick] - (t.minus + add[t.fired&1])))
	}
}

func clip[W float](v W) W {
	if v < 0 {
		return 0
	}
	if v > 1 {
		return 1
	}
	return v
}

// sentinel applies the window to the rows of silent sources: what their synapses
// lose depends on when the target fired, which no history keeps.
func (b *windowRows[T, W]) sentinel(w *windowSpikes, rate float64) {
	r, past := b.rule, &b.past[b.learned%pastWindows]
	for _, j := range w.postActive {
		b.byTick[w.post[j]] = W(rate * r.ABase * r.Kernel(r.WindowTicks-int(w.post[j])))
	}
	for i := range b.last {
		if w.pre[i] >= 0 {
			continue
		}
		u, targets := b.row(uint32(i))
		for k, j := range targets {
			if t := &b.post[j]; t.fired == 1 {
				u[k] = lose(u[k], b.byTick[t.tick], r.Soft)
			}
		}
		b.pre[i] -= float64(past.share * b.pre[i])
		b.last[i] = b.learned
	}
}

// lose is a share after a window in which its source was silent and its target fired.
func lose[W float](v, minus W, soft bool) W {
	if soft {
		minus *= v
	}
	return clip(v - W(minus))
}

// settleRow brings a row up to the last window.
func (b *windowRows[T, W]) settleRow(i uint32) {
	if b.last[i] != b.learned {
		b.settleTo(i, b.learned)
	}
}

// settleTo brings a row up to a window, where its source was silent in all since its last.
func (b *windowRows[T, W]) settleTo(i uint32, window uint32) {
	if b.last[i] == window {
		return
	}
	b.pending, b.pre[i] = b.since(i, window, b.pending[:0])
	b.last[i] = window
	if len(b.pending) == 0 {
		return
	}
	u, targets := b.row(i)
	if len(b.pending) > 3 {
		for k, j := range targets {
			u[k] = b.settled(u[k], j, b.pending)
		}
		return
	}
	for _, s := range b.pending { // few: without a branch on who fired
		minus := [2]W{0, s.minus}
		if b.rule.Soft {
			for k, j := range targets {
				u[k] = clip(u[k] - W(minus[b.post[j].history>>s.age&1]*u[k]))
			}
		} else {
			for k, j := range targets {
				u[k] = clip(u[k] - minus[b.post[j].history>>s.age&1])
			}
		}
	}
}

// since appends the windows that row i has still to take up to a window, oldest
// first, and returns the source's participation as of that.
func (b *windowRows[T, W]) since(i uint32, window uint32, silent []silentWindow[W]) ([]silentWindow[W], float64) {
	p := b.pre[i]
	for n := b.last[i] + 1; n <= window; n++ {
		w := &b.past[n%pastWindows]
		if minus := float64(w.chance*p) + w.flat; minus > 0 {
			silent = append(silent, silentWindow[W]{W(minus), b.learned - n})
		}
		p -= float64(w.share * p)
	}
	return silent, p
}

// settled is a share onto target j after windows of since.
func (b *windowRows[T, W]) settled(v W, j T, silent []silentWindow[W]) W {
	if len(silent) == 0 {
		return v
	}
	fired := b.post[j].history
	for _, s := range silent {
		if fired>>s.age&1 == 1 {
			v = lose(v, s.minus, b.rule.Soft)
		}
	}
	return v
}

// sweep settles rows that lag far behind, a few a window, so that none outlives
// the histories.
func (b *windowRows[T, W]) sweep() {
	const every = pastWindows / 2
	for i := b.learned % every; i < uint32(len(b.last)); i += every {
		if b.learned-b.last[i] >= every-1 {
			b.settleRow(i)
		}
	}
}

// expect takes the window into the chance term of later ones.
func (b *windowRows[T, W]) expect(w *windowSpikes) {
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
