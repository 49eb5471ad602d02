package kernel

import (
	"github.com/volley-snn/volley/snn"
)

// scalable is a plastic projection whose weights can be summed and scaled target
// by target. Both walk the sources in ascending order, so that a target's sum is
// the same for every cut.
type scalable interface {
	plastic
	// settleAt brings the weights up to tick t, whose spikes have been received.
	settleAt(t snn.Tick)
	// sumOnto adds each synapse's weight to its target's sum.
	sumOnto(sums []float64)
	// scaleBy multiplies each target's weights by its factor, within their bounds.
	scaleBy(factors []float64)
}

// normalizer scales the incoming weights of each target of a projection, so that
// they sum to a given number: every span of ticks, or at the end of each trial
// that learns. Bounds hold afterwards, so that a sum may fall short.
type normalizer struct {
	b     scalable
	sum   float64
	every snn.Tick // 0: at the end of a trial
	done  bool     // in the trial under way
	sums  []float64
}

func newNormalizer(p *Projection, b scalable, dtMs float64) *normalizer {
	m := p.Model.Normalize
	n := &normalizer{b: b, sum: m.Sum, sums: make([]float64, b.target().len())}
	if m.Every > 0 {
		n.every = max(ticks(m.Every, dtMs), 1)
	}
	return n
}

// normalize lets the scaling of a projection act after the spikes of tick t.
func (p *Partition) normalize(b plastic, t snn.Tick) {
	for _, n := range p.scalers {
		if n.b == b {
			n.received(t, p.trial)
		}
	}
}

// learns reports whether weights are scaled in a trial.
func (n *normalizer) learns(trial *Trial) bool {
	return trial == nil || trial.Plasticity && trial.Homeostasis
}

// received acts after the spikes of tick t, where a span ends with it.
func (n *normalizer) received(t snn.Tick, trial *Trial) {
	if n.every > 0 && t%n.every == 0 && n.learns(trial) {
		n.scale(t)
	}
}

// ended acts once the last spikes of a trial have been received, and the windows
// that end with it are closed.
func (n *normalizer) ended(now snn.Tick, trial *Trial) {
	if n.every == 0 && trial != nil && now == trial.End && !n.done && n.learns(trial) {
		n.scale(now)
		n.done = true
	}
}

func (n *normalizer) scale(t snn.Tick) {
	n.b.settleAt(t)
	clear(n.sums)
	n.b.sumOnto(n.sums)
	for j, s := range n.sums {
		n.sums[j] = 1
		if s*n.sum > 0 {
			n.sums[j] = n.sum / s
		}
	}
	n.b.scaleBy(n.sums)
}

// settleAt leaves the update of the window before to the end of the one under way.
func (b *windowed[T, S, W]) settleAt(snn.Tick) { b.settleAll() }

func (b *windowed[T, S, W]) sumOnto(sums []float64) {
	for k, j := range b.targets {
		sums[j] += b.weight(b.shares[k])
	}
}

func (b *windowed[T, S, W]) scaleBy(factors []float64) {
	for k, j := range b.targets {
		b.shares[k] = asShare[S, W](float64(b.weight(b.shares[k])*factors[j]), b.lo, b.hi)
	}
}
