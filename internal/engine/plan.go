package engine

import (
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
)

// Account is what the engine's partitions are made of.
func (e *Engine) Account() (*Account, error) {
	a := &Account{Holdings: map[string]kernel.Holding{}, Plan: e.plan(), Threads: e.Threads, Nodes: 1, Build: e.Build, PeakRSSBytes: PeakRSS()}
	for _, p := range e.Partitions {
		for name, own := range p.Sizes() {
			a.hold(name, own)
		}
		a.Events += p.Events()
	}
	return a, nil
}

func (a *Account) hold(name string, own kernel.Holding) {
	h := a.Holdings[name]
	h.Synapses += own.Synapses
	h.Bytes += own.Bytes
	h.Layout = own.Layout
	a.Holdings[name] = h
	a.Synapses += own.Synapses
	a.Bytes += own.Bytes
}

// plan says which partition holds what.
func (e *Engine) plan() record.Plan {
	plan := record.Plan{IntervalTicks: int64(e.Network.Interval)}
	for i, p := range e.Partitions {
		part := record.Partition{ID: e.first + i, Neurons: int64(p.Range.Len())}
		for _, pop := range e.Network.Populations {
			if own := pop.Range.Intersect(p.Range); own.Len() > 0 {
				part.Ranges = append(part.Ranges, record.Slice{Population: pop.Name, First: own.First, End: own.End})
			}
		}
		for _, h := range p.Sizes() {
			part.Synapses += h.Synapses
			part.Bytes += h.Bytes
		}
		plan.Partitions = append(plan.Partitions, part)
	}
	return plan
}

// MergeAccounts is the account of nodes together, in the order of the plan. Wall
// times are the longest, the rest is summed.
func MergeAccounts(nodes []*Account) *Account {
	sum := &Account{Holdings: map[string]kernel.Holding{}, Nodes: len(nodes)}
	for _, a := range nodes {
		for name, h := range a.Holdings {
			sum.hold(name, h)
		}
		sum.Events += a.Events
		sum.Plan.IntervalTicks = a.Plan.IntervalTicks
		sum.Plan.Partitions = append(sum.Plan.Partitions, a.Plan.Partitions...)
		sum.Threads += a.Threads
		sum.Build.WallS = max(sum.Build.WallS, a.Build.WallS)
		sum.Build.CPUS += a.Build.CPUS
		sum.PeakRSSBytes += a.PeakRSSBytes
	}
	return sum
}
