package kernel

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/ssdp"
	"github.com/volley-snn/volley/snn/ssdp/row"
)

// windowed is a projection under windowed SSDP in one partition. Its synapses
// hold shares of the weights' span, 0 at w_min and 1 at w_max.
//
// The update of window n takes effect at the end of window n+1, so that the sum
// of the target population's statistics over all partitions has a whole window
// to arrive. Its cost follows the neurons that fired: a row is walked when its
// source spikes, and takes along what the windows since have done to it (see
// windowRows); every step is rounded to S by itself, so that settling earlier
// changes no bit.
type windowed[T index, S row.Stored, W row.Real] struct {
	*windowRows[T, S, W]
	measure int
	delay   snn.Tick
	shift   snn.Tick // from emission to the presynaptic time: the delay, or 0

	gate       *gate
	clock      windows
	start, end snn.Tick // of the window under way
	inside     bool
	number     int
	rate       float64 // factor on eta; 0 while plasticity is off
	arrivals   []arrival
	now, due   *windowSpikes // the window under way, and the one before
	share      []int64       // what the slice added to the counts of the one before
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
func buildSSDP(env Environment, n *Network, p *Projection, s *slice) (plastic, error) {
	switch small := s.len() <= math.MaxUint16+1; {
	case small && p.Model.Precision == "float64":
		return buildWindowed[uint16, float64, float64](env, n, p, s)
	case small && p.Model.Bits == 16:
		return buildWindowed[uint16, uint16, float32](env, n, p, s)
	case small:
		return buildWindowed[uint16, float32, float32](env, n, p, s)
	case p.Model.Precision == "float64":
		return buildWindowed[uint32, float64, float64](env, n, p, s)
	case p.Model.Bits == 16:
		return buildWindowed[uint32, uint16, float32](env, n, p, s)
	}
	return buildWindowed[uint32, float32, float32](env, n, p, s)
}

func buildWindowed[T index, S row.Stored, W row.Real](env Environment, n *Network, p *Projection, s *slice) (*windowed[T, S, W], error) {
	receptor, err := p.plasticReceptor()
	if err != nil {
		return nil, err
	}
	if !p.sameDelay() {
		return nil, fmt.Errorf("projections.%s.delay: ssdp_synapse takes one delay for all, not a distribution", p.Name)
	}
	params, clock := ssdpParams(p, n.DtMs)
	b := &windowed[T, S, W]{
		windowRows: newWindowRows[T, S, W](env, p, s, receptor, n, params), measure: n.measureOf(p), delay: p.minDelay, shift: p.minDelay,
		clock: clock, rate: 1, gate: newGate(p, s, clock),
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
func (b *windowed[T, S, W]) receive(t snn.Tick, log *spikeLog) {
	if t <= b.slice.since {
		return
	}
	spikes := log.of(t, b.p.Source.Index)
	if len(spikes) == 0 {
		return
	}
	sums := b.slice.sums(b.receptor, t+b.delay)
	for n, g := range spikes {
		i := uint32(g - b.p.Source.Range.First)
		b.ahead(uint32(spikes[min(n+1, len(spikes)-1)] - b.p.Source.Range.First))
		b.events += int64(b.rows[i+1] - b.rows[i])
		b.send(i, sums)
		if a := (arrival{t + b.shift, i}); b.inside && a.tick <= b.end {
			b.mark(a)
		} else {
			b.arrivals = append(b.arrivals, a)
		}
	}
}

// fired takes the slice's spikes of tick t.
func (b *windowed[T, S, W]) fired(t snn.Tick, neurons []uint32) {
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

func (b *windowed[T, S, W]) setRate(rate float64) { b.rate = rate }

func (b *windowed[T, S, W]) size() blockSize {
	return blockSize{int64(len(b.shares)), b.bytes(), "ssdp", b.events}
}

// weights yields each target's weights with their sources, as of the last update
// that is due at the state's tick. It writes nothing back.
func (b *windowed[T, S, W]) weights(yield func(target int, sources []uint32, weights []float64)) {
	reader, of := b.pass, uint32(math.MaxUint32)
	reader.Steps = nil
	b.columns(func(i uint32, k uint64) float64 {
		if i != of {
			of = i
			reader.Steps, _ = b.since(i, reader.Steps[:0])
		}
		return b.weight(reader.After(b.shares[k], uint32(b.targets[k])))
	}, yield)
}
