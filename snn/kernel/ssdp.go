package kernel

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/ssdp"
)

// windowed is a projection under windowed SSDP in one partition. Its synapses
// hold shares of the weights' span, 0 at w_min and 1 at w_max.
//
// The update of window n takes effect at the end of window n+1, so that the sum
// of the target population's statistics over all partitions has a whole window
// to arrive. Its cost follows the neurons that fired: a row is touched when its
// source spikes. What a target's firing does to the rows of silent sources waits
// there, as a bit a window, until the row is next read (see windowRows); every
// step is rounded to W by itself, so that settling earlier changes no bit.
type windowed[T index, W float] struct {
	*windowRows[T, W]
	measure int
	delay   snn.Tick
	shift   snn.Tick // from emission to the presynaptic time: the delay, or 0
	low     float64  // w_min in quanta
	span    float64  // w_max - w_min in quanta

	gate       *gate
	clock      windows
	start, end snn.Tick // of the window under way
	inside     bool
	number     int
	rate       float64 // factor on eta; 0 while plasticity is off
	arrivals   []arrival
	now, due   *windowSpikes // the window under way, and the one before
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

// buildSSDP makes the block of a projection under windowed SSDP. Its layout
// depends on the cut; what is computed does not.
func buildSSDP(n *Network, p *Projection, s *slice) (plastic, error) {
	double := p.Model.Precision == "float64"
	switch small := s.len() <= math.MaxUint16+1; {
	case small && double:
		return buildWindowed[uint16, float64](n, p, s)
	case small:
		return buildWindowed[uint16, float32](n, p, s)
	case double:
		return buildWindowed[uint32, float64](n, p, s)
	}
	return buildWindowed[uint32, float32](n, p, s)
}

func buildWindowed[T index, W float](n *Network, p *Projection, s *slice) (*windowed[T, W], error) {
	receptor, err := p.plasticReceptor()
	if err != nil {
		return nil, err
	}
	if !p.sameDelay() {
		return nil, fmt.Errorf("projections.%s.delay: ssdp_synapse takes one delay for all, not a distribution", p.Name)
	}
	base := newSynapses[T, W](p, s, receptor, n.DtMs)
	params, clock := ssdpParams(p, n.DtMs)
	b := &windowed[T, W]{
		windowRows: newWindowRows(base, params), measure: n.measureOf(p), delay: p.minDelay, shift: p.minDelay,
		low: base.lo * base.inverse, span: (base.hi - base.lo) * base.inverse, clock: clock, rate: 1, gate: newGate(p, s, clock),
		now: newWindowSpikes(p.space.Sources, s.len()), due: newWindowSpikes(p.space.Sources, s.len()),
	}
	if p.Model.SSDP.Align == "emission" {
		b.shift = 0
	}
	b.open(0, nil)
	return b, nil
}

// receive takes the spikes that the source population emitted at tick t: they
// carry the weights of now to tick t+delay, and count in the window of their time.
func (b *windowed[T, W]) receive(t snn.Tick, log *spikeLog) {
	if t <= b.slice.since {
		return
	}
	spikes := log.of(t, b.p.Source.Index)
	if len(spikes) == 0 {
		return
	}
	sums := b.slice.sums(b.receptor, t+b.delay)
	for _, g := range spikes {
		i := uint32(g - b.p.Source.Range.First)
		b.settleRow(i)
		b.deliver(i, sums)
		if a := (arrival{t + b.shift, i}); b.inside && a.tick <= b.end {
			b.mark(a)
		} else {
			b.arrivals = append(b.arrivals, a)
		}
	}
}

// deliver adds the weights of row i to the sums of its targets.
func (b *windowed[T, W]) deliver(i uint32, sums []int32) {
	lo, hi := b.rows[i], b.rows[i+1]
	b.events += int64(hi - lo)
	u, targets := b.w[lo:hi], b.targets[lo:hi]
	u = u[:len(targets)]
	low, span := b.low, b.span
	for k, j := range targets {
		sums[j] += quanta(low+float64(float64(u[k])*span), 1)
	}
}

// fired takes the slice's spikes of tick t.
func (b *windowed[T, W]) fired(t snn.Tick, neurons []uint32) {
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

func (b *windowed[T, W]) setRate(rate float64) { b.rate = rate }

func (b *windowed[T, W]) size() blockSize {
	return blockSize{int64(len(b.w)), b.bytes() + bytesOf(b.last) + bytesOf(b.pre), "ssdp", b.events}
}

// weights yields each target's weights with their sources, as of the last update
// that is due at the state's tick. It writes nothing back.
func (b *windowed[T, W]) weights(yield func(target int, sources []uint32, weights []float64)) {
	low, span := b.lo, b.hi-b.lo
	row, silent := uint32(math.MaxUint32), []silentWindow[W](nil)
	b.columns(func(i uint32, k uint64) float64 {
		if i != row {
			row = i
			silent, _ = b.since(i, b.learned, silent[:0])
		}
		return low + float64(float64(b.settled(b.w[k], b.targets[k], silent))*span)
	}, yield)
}
