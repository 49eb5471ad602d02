package actors

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/volley-snn/volley/messages/control"
)

const (
	// lookEvery is how often a run looks whether another plan would pay.
	lookEvery = 2 * time.Second
	// settling is how long an epoch goes before its pace is believed.
	settling = 3 * time.Second
	// measured is how long the loads of nodes are summed up before they are compared;
	// twice as long after each move for their sake, since what one did not even out may be
	// the machines' noise.
	measured = 10 * time.Second
	// worth is how many times what a new epoch costs it must bring.
	worth = 2
	// uneven is how much longer than their mean the slowest node may compute.
	uneven = 1.25
	// evens is the share of the time at most that a run with even loads must take.
	evens = 0.9
)

// balance is what a run knows of its pace and of how its nodes are loaded.
type balance struct {
	mutex    sync.Mutex
	prepared time.Time     // the epoch's preparation began
	costs    time.Duration // of preparing it
	started  time.Time
	from     float64 // share of the run that was behind at the start
	looked   time.Time

	since  time.Time // that loads are summed up
	before []int64   // ns of computing, by node, up to then
	scales []*control.Scale
	moved  int // times for uneven loads
}

func (b *balance) prepare() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.prepared, b.started = time.Now(), time.Time{}
}

func (b *balance) start(now time.Time, done float64) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.costs, b.started, b.from = now.Sub(b.prepared), now, done
	b.looked, b.since, b.before = now, time.Time{}, nil
}

// left is how long the run will take at its present pace; 0 where that is not known.
func (b *balance) left(done float64) time.Duration {
	gone := time.Since(b.started)
	if b.started.IsZero() || gone < settling || done <= b.from {
		return 0
	}
	return time.Duration(float64(gone) * (1 - done) / (done - b.from))
}

// pays reports whether it is worth a new epoch to shorten what is left to a share.
func (b *balance) pays(left time.Duration, to float64) bool {
	return float64(left)*(1-to) > worth*float64(b.costs+time.Second)
}

// rebalance moves the run where nodes have come, or where those that are there are
// loaded unevenly, and the time that is left makes up for the new epoch.
func (k *conductor) rebalance(ctx context.Context, reports []*control.PartitionReports) {
	b := &k.balance
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if k.shelf == nil || time.Since(b.looked) < lookEvery {
		return
	}
	b.looked = time.Now()
	left := b.left(k.snapshot().Done)
	if left == 0 {
		return
	}
	if name, to := k.joined(ctx); name != "" && b.pays(left, to) {
		k.move("node %s has come", name)
		return
	}
	if to := b.loads(reports); to > 0 && b.pays(left, to) {
		k.scale(reports)
		b.moved++
		k.move("%s", fmt.Sprintf("the nodes are loaded unevenly: the run can take %.0f %% of the time that is left", 100*to))
	}
}

// joined is a node that could take a share and has none, and the share of the time
// that the run would take with all of those.
func (k *conductor) joined(ctx context.Context) (name string, to float64) {
	all, err := k.caller.Nodes(ctx)
	if err != nil {
		return "", 1
	}
	now, more := 0, 0
	for i := range k.nodes {
		now += k.plan.Shares[i].Node.Threads
	}
	for _, r := range all {
		st := r.GetNodeStatus()
		asked := len(k.submit.Nodes) == 0 || slices.Contains(k.submit.Nodes, st.GetName())
		if st == nil || st.Draining || !asked || r.Version != k.c.Version || slices.ContainsFunc(k.nodes, func(n *control.NodeStatus) bool { return n.Name == st.Name }) {
			continue
		}
		name, more = st.Name, more+int(max(st.Threads, 1))
	}
	return name, float64(now) / float64(now+more)
}

// loads is the share of the time that the run would take were all nodes loaded as
// their mean, once enough has been measured; 0 before, and where they are even. What
// is not computing, as the waiting for messages, stays.
func (b *balance) loads(reports []*control.PartitionReports) float64 {
	if b.before == nil {
		b.since, b.before = time.Now(), computed(reports)
		return 0
	}
	gone := time.Since(b.since)
	if gone < measured<<min(b.moved, 8) {
		return 0
	}
	sum, most := 0.0, 0.0
	for i, ns := range computed(reports) {
		took := float64(ns - b.before[i])
		sum, most = sum+took, max(most, took)
	}
	mean := sum / float64(len(reports))
	if most <= uneven*mean {
		b.before = nil // measured anew: a network may change
		return 0
	}
	to := 1 - (most-mean)/max(float64(gone), most)
	if to > evens {
		b.before = nil
		return 0
	}
	return to
}

func computed(reports []*control.PartitionReports) []int64 {
	ns := make([]int64, len(reports))
	for i, r := range reports {
		ns[i] = r.GetLoad().GetComputeNs()
	}
	return ns
}

// scale corrects the costs of the nodes' neurons by how long they took to compute.
func (k *conductor) scale(reports []*control.PartitionReports) {
	sum, expected := 0.0, 0.0
	took, costs := make([]float64, len(reports)), make([]float64, len(reports))
	for i, ns := range computed(reports) {
		took[i] = float64(ns - k.balance.before[i])
		costs[i] = k.plan.Shares[i].Cost
		sum, expected = sum+took[i], expected+costs[i]
	}
	for i := range took {
		if costs[i] > 0 && took[i] > 0 {
			r := k.plan.Shares[i].Range
			k.balance.scales = append(k.balance.scales, &control.Scale{First: uint32(r.First), End: uint32(r.End), Factor: took[i] / sum * expected / costs[i]})
		}
	}
}
