package kernel

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/volley-snn/volley/snn/delivery"
)

// Fit chooses procedural delivery for as many projections as it takes, the largest
// first, where the network as chosen so far would take more than limit bytes in a
// number of partitions: static ones whose layout the model leaves open, of one weight
// and one delay, by a rule that makes its synapses source by source. why is put into
// the reasons. It returns what the network then takes, which may still be too much.
// Results do not depend on it; partitions that were built before it do not change.
func (n *Network) Fit(limit int64, partitions int, why string) Estimate {
	e := n.Estimate(partitions)
	stored := e.Bytes
	order := make([]int, len(n.Projections))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(e.Projections[b].Bytes, e.Projections[a].Bytes) })
	for _, k := range order {
		p := n.Projections[k]
		if asked := delivery.Layout(p.Model.Layout); e.Bytes <= limit || p.Plastic() || asked != delivery.Auto && asked != "" {
			continue
		}
		choice, err := delivery.Choose(delivery.Procedural, p.traits())
		if err != nil {
			continue
		}
		choice.Reason = fmt.Sprintf("stored, the network would take about %d bytes of memory, and %s: these synapses are made again at every spike", stored, why)
		p.Layout = choice
		e = n.Estimate(partitions)
	}
	return e
}
