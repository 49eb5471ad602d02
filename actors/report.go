package actors

import (
	"context"
	"sync"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/kernel"
)

// report says what the share holds and how it fares; why, where it has failed.
func (h *host) report(whole bool) *control.Reply {
	if h.failure != nil {
		return refusal(h.failure)
	}
	r := &control.PartitionReports{Draining: h.draining()}
	if h.share != nil {
		st := h.share.Status()
		r.Load, r.Step, r.Computing, r.Threads = loadOf(st), st.Step, st.Computing, int32(h.plan.Shares[h.place].Node.Threads)
		if whole {
			h.account(r)
		}
	}
	return &control.Reply{Body: &control.Reply_Reports{Reports: r}}
}

// account fills in what the partitions hold, between two steps.
func (h *host) account(r *control.PartitionReports) {
	_ = h.share.Do(h.ctx, func(e *engine.Engine) {
		a, err := e.Account()
		if err != nil {
			return
		}
		r.BuildWallS, r.BuildCpuS, r.PeakRssBytes = a.Build.WallS, a.Build.CPUS, a.PeakRSSBytes
		for name, own := range a.Holdings {
			r.Holdings = append(r.Holdings, &control.Holding{Projection: name, Layout: own.Layout, Synapses: own.Synapses, Bytes: own.Bytes})
		}
		for _, p := range e.Partitions {
			one := &control.PartitionReport{Events: p.Events()}
			for _, own := range p.Sizes() {
				one.Synapses += own.Synapses
				one.Bytes += own.Bytes
			}
			r.Partitions = append(r.Partitions, one)
		}
	})
}

// loadOf is a share's status as a message.
func loadOf(st exchange.Status) *control.Load {
	l := &st.Lockstep
	return &control.Load{ComputeNs: st.ComputeNs, EncodeNs: st.EncodeNs, MessagesSent: st.Sent, BytesSent: st.SentBytes, MessagesReceived: st.Received, BytesReceived: st.ReceivedBytes,
		WaitNs: l.WaitedNs, BlockedNs: l.BlockedNs, Steps: l.Steps, Asks: l.Asks, Resends: l.Resends, Duplicates: l.Duplicates}
}

// accountOf is what a report says of a node's share.
func (k *conductor) accountOf(node int, r *control.PartitionReports) *engine.Account {
	a := &engine.Account{Holdings: map[string]kernel.Holding{}, Threads: int(r.GetThreads()), Nodes: 1, PeakRSSBytes: r.GetPeakRssBytes(),
		Build: engine.Spent{WallS: r.GetBuildWallS(), CPUS: r.GetBuildCpuS()}, Plan: record.Plan{IntervalTicks: int64(k.network.Interval)}}
	for _, h := range r.GetHoldings() {
		a.Holdings[h.Projection] = kernel.Holding{Synapses: h.Synapses, Bytes: h.Bytes, Layout: h.Layout}
		a.Synapses += h.Synapses
		a.Bytes += h.Bytes
	}
	own := &k.plan.Shares[node]
	for i, p := range r.GetPartitions() {
		a.Events += p.Events
		if i >= own.Parts {
			break
		}
		part := record.Partition{ID: own.First + i, Node: own.Node.Name, Neurons: int64(k.plan.Parts[own.First+i].Range.Len()), Synapses: p.Synapses, Bytes: p.Bytes}
		for _, pop := range k.network.Populations {
			if r := pop.Range.Intersect(k.plan.Parts[own.First+i].Range); r.Len() > 0 {
				part.Ranges = append(part.Ranges, record.Slice{Population: pop.Name, First: r.First, End: r.End})
			}
		}
		a.Plan.Partitions = append(a.Plan.Partitions, part)
	}
	return a
}

// accounts asks all nodes what their shares hold. What a node does not say, because
// it is gone, is left out where the run has been ended before its time, and is an
// error else.
func (k *conductor) accounts(ctx context.Context, whole bool) ([]*engine.Account, error) {
	all, faults := make([]*engine.Account, len(k.nodes)), make([]error, len(k.nodes))
	var wg sync.WaitGroup
	for i, n := range k.nodes {
		wg.Go(func() {
			reply, err := k.caller.Call(ctx, n.Name, &control.Request{Body: &control.Request_Report{Report: &control.Report{Run: k.run, Account: true, Epoch: k.epoch}}})
			if err != nil {
				k.c.Log.Warn("a node does not say what it held", "run", k.run, "node", n.Name, "error", err)
			}
			if r := reply.GetReports(); r != nil {
				k.mutex.Lock()
				k.state.Nodes[i].Step, k.state.Nodes[i].Load = r.Step, r.Load
				k.mutex.Unlock()
			}
			all[i], faults[i] = k.accountOf(i, reply.GetReports()), err
		})
	}
	wg.Wait()
	if err := firstOf(faults); whole && k.recovers(err) {
		return nil, err
	}
	return all, nil
}
