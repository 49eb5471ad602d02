package twin

import "math"

// setQuanta fixes the grids that weights lie on. What lands on a neuron through a
// receptor in a tick is a sum of whole quanta, so that no order can show. The
// quantum is the model's weight_quantum or 2^-20 of the largest weight, rounded up
// to powers of two; or 2^-30 of the largest sum that a tick may bring, so rounded,
// if that is coarser.
func (n *Network) setQuanta() {
	for _, p := range n.populations {
		for r, port := range p.receptors {
			largest, sum := n.mostOnto(p, r)
			quantum := 1.0
			if largest > 0 {
				quantum = max(powerOfTwoAbove(largest)/(1<<20), powerOfTwoAbove(sum)/(1<<30))
			}
			for i := range n.m.Populations {
				if asked := n.m.Populations[i].WeightQuantum[port.Name]; n.m.Populations[i].Name == p.name && asked > 0 && largest > 0 {
					quantum = asked
				}
			}
			p.quanta = append(p.quanta, quantum)
		}
	}
	for _, p := range n.projections {
		for _, s := range p.synapses {
			s.carries = p.coarse(s)
		}
	}
}

// mostOnto is the largest weight onto a receptor, and the largest sum of a tick.
func (n *Network) mostOnto(p *population, r int) (largest, sum float64) {
	add := func(weight, times float64) {
		largest = max(largest, weight)
		sum += float64(weight * times)
	}
	for _, q := range n.projections {
		if q.target != p || !q.enters(r) {
			continue
		}
		add(q.bound(), float64(q.rule.InDegreeBound(q.space))*float64(max(q.source.mostSpikes, 1)))
	}
	for _, s := range n.stimuli {
		if s.target == p && s.drives != nil && s.receptor == r {
			add(math.Abs(s.weight), float64(s.generator.Bound(n.m.Dt)))
		}
	}
	return largest, sum
}

// enters reports whether the projection may have synapses onto receptor r.
func (p *projection) enters(r int) bool {
	if !p.static() {
		return r == p.port()
	}
	low, high := p.span()
	return r == receptor(p.target, p.m.Receptor, low) || r == receptor(p.target, p.m.Receptor, high)
}

// bound is the largest weight that there may be.
func (p *projection) bound() float64 {
	return max(p.largest(), math.Abs(p.low), math.Abs(p.high))
}

func powerOfTwoAbove(x float64) float64 {
	power := math.Ldexp(1, math.Ilogb(x))
	if power < x {
		power *= 2
	}
	return power
}

// quanta rounds a weight to the grid, to the nearest even number.
func (p *projection) quanta(s *Synapse, weight float64) int64 {
	return int64(math.RoundToEven(weight / p.target.quanta[s.receptor]))
}

// coarse is a static weight in quanta. Where weights differ and the model grants
// them 16 bits, it is a multiple of as few quanta as let the largest fit.
func (p *projection) coarse(s *Synapse) int64 {
	low, high := p.span()
	if p.m.Bits != 16 || low == high {
		return p.quanta(s, s.Weight)
	}
	step := 1.0
	for math.Round((p.bound()/p.target.quanta[s.receptor]+1)/step) > math.MaxInt16 {
		step *= 2
	}
	return int64(math.RoundToEven(s.Weight/(p.target.quanta[s.receptor]*step))) * int64(step)
}
