package engine

import (
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn/kernel"
)

// expectedRateHz is the rate that neurons are planned with: what they fire at is
// known only when they do.
const expectedRateHz = 10

// ToPlan is what a plan asks of a network.
func ToPlan(n *kernel.Network) *partition.Network {
	p := &partition.Network{Costs: n.Costs(), Everyone: n.Protocol != nil}
	place := map[*kernel.Population]int{}
	estimate, cut := n.Estimate(1), n.Estimate(2)
	for k, pop := range n.Populations {
		place[pop] = k
		p.Groups = append(p.Groups, partition.Group{Range: pop.Range, RateHz: expectedRateHz, BytesEach: float64(estimate.NeuronBytes) / float64(max(n.Size(), 1))})
	}
	for k, proj := range n.Projections {
		p.Arrows = append(p.Arrows, partition.Arrow{Source: place[proj.Source], Target: place[proj.Target]})
		target := &p.Groups[place[proj.Target]]
		index := cut.Projections[k].Bytes - estimate.Projections[k].Bytes // of one more part
		target.BytesPart += float64(index)
		target.BytesEach += float64(estimate.Projections[k].Bytes-index) / float64(max(target.Range.Len(), 1))
	}
	for _, m := range n.Learning() {
		steps := (m.WindowTicks() + n.Interval - 1) / n.Interval
		p.Sums = append(p.Sums, partition.Sum{Name: m.Projection.Name, Group: place[m.Projection.Target], Steps: int(steps)})
	}
	for number := range n.Measurements() {
		m := n.Measurement(number)
		switch {
		case m == nil:
			continue
		case m.Projection != nil:
			p.Watches = append(p.Watches, partition.Watch{Group: place[m.Projection.Target]})
		case m.Population != nil:
			p.Watches = append(p.Watches, partition.Watch{Group: place[m.Population]})
		}
	}
	return p
}
