package kernel

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/delivery"
)

// layouts chooses how each static projection is stored. The choice looks at the
// whole projection, so that it does not depend on the cut.
func (c *compiler) layouts() {
	for _, p := range c.n.Projections {
		if p.Plastic() {
			continue
		}
		var err error
		if p.Layout, err = delivery.Choose(delivery.Layout(p.Model.Layout), p.traits()); err != nil {
			c.fault(fmt.Errorf("projections.%s.%w", p.Name, err))
		}
	}
}

func (p *Projection) traits() delivery.Traits {
	low, high := p.weightRange()
	t := delivery.Traits{
		Sources: p.space.Sources, Targets: p.space.Targets, Synapses: p.rule.Expected(p.space, 0, p.space.Targets),
		Delays: int(p.maxDelay-p.minDelay) + 1, OneWeight: low == high,
	}
	_, t.BySource = p.rule.(connect.BySource)
	switch p.rule.(type) {
	case connect.OneToOne, connect.AllToAll, connect.PairwiseBernoulli:
	default:
		t.Multapses = p.Model.Multapses
	}
	if ports, err := p.ports(); err == nil {
		for _, r := range ports {
			bits, _ := p.stored(r)
			t.WeightBits = max(t.WeightBits, bits)
		}
	}
	return t
}

// stored is how many bits a weight of its own takes: 24 or 32, exact; or, where
// the model asks for 16, those of a multiple of 2^shift quanta.
func (p *Projection) stored(receptor int) (bits, shift int) {
	most := p.weightBound/p.Target.Quanta[receptor] + 1
	if low, high := p.weightRange(); p.Model.Bits == 16 && low < high && !p.Plastic() { // one for all is kept exact in any layout
		for math.Round(math.Ldexp(most, -shift)) > math.MaxInt16 {
			shift++
		}
		return 16, shift
	}
	if most < 1<<23 {
		return 24, 0
	}
	return 32, 0
}

// WeightQuantum is the grid that the projection's weights lie on, in the unit of
// its receptor; of several receptors, the coarsest.
func (p *Projection) WeightQuantum() float64 {
	ports, _ := p.ports()
	q := 0.0
	for _, r := range ports {
		_, shift := p.stored(r)
		q = max(q, math.Ldexp(p.Target.Quanta[r], shift))
	}
	return q
}
