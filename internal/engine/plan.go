package engine

import (
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
)

// Holdings is what the projections hold, by name and in all, and how many
// synapses spikes have crossed.
func (e *Engine) Holdings() (byName map[string]kernel.Holding, synapses, bytes, events int64) {
	byName = map[string]kernel.Holding{}
	for _, p := range e.Partitions {
		for name, own := range p.Sizes() {
			h := byName[name]
			h.Synapses += own.Synapses
			h.Bytes += own.Bytes
			h.Layout = own.Layout
			byName[name] = h
			synapses += own.Synapses
			bytes += own.Bytes
		}
		events += p.Events()
	}
	return byName, synapses, bytes, events
}

// Plan says which partition holds what.
func (e *Engine) Plan() record.Plan {
	plan := record.Plan{IntervalTicks: int64(e.Network.Interval)}
	for i, p := range e.Partitions {
		part := record.Partition{ID: i, Neurons: int64(p.Range.Len())}
		for _, pop := range e.Network.Populations {
			if own := pop.Range.Intersect(p.Range); own.Len() > 0 {
				part.Ranges = append(part.Ranges, record.Slice{Population: pop.Name, First: own.First, End: own.End})
			}
		}
		for _, h := range p.Sizes() {
			part.Synapses += h.Synapses
		}
		plan.Partitions = append(plan.Partitions, part)
	}
	return plan
}
