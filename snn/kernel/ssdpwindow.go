package kernel

import (
	"fmt"

	"github.com/volley-snn/volley/snn"
)

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

// ends reports whether a window, or the gap before one, is over at now, and
// whether it is a window that counts.
func (b *windowed[T, S, W]) ends(now snn.Tick) (whole, over bool) {
	return b.inside && b.end == now, b.end == now
}

// open starts the window that holds the tick after now, if there is one.
func (b *windowed[T, S, W]) open(now snn.Tick, trial *Trial) {
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

func (b *windowed[T, S, W]) forget() { b.arrivals = b.arrivals[:0] }

func (b *windowed[T, S, W]) mark(a arrival) {
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

// aggregate takes the sum of a window's shares.
func (b *windowed[T, S, W]) aggregate(a *Aggregate) {
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
func (b *windowed[T, S, W]) close() Share {
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
	b.share = share.Counts
	b.number++
	return share
}

// settle applies the update that is due, if there is one.
func (b *windowed[T, S, W]) settle() {
	w := b.due
	if !w.filled {
		return
	}
	if w.counts == nil {
		panic(fmt.Sprintf("kernel: the statistics of window %d of projection %s have not arrived", b.number-1, b.p.Name))
	}
	factor := b.gate.open(w.end, b.participationProduct(w), w.group)
	if w.rate > 0 {
		b.due = b.learn(w, b.rule.Eta*factor*w.rate)
	}
	b.due.clear()
}

// participationProduct is S: the share of targets that fired times that of sources.
func (b *windowed[T, S, W]) participationProduct(w *windowSpikes) float64 {
	fired := int64(0)
	for _, n := range w.counts {
		fired += n
	}
	return float64(fired) / float64(b.p.space.Targets) * (float64(len(w.preActive)) / float64(b.p.space.Sources))
}
