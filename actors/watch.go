package actors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/messages/control"
)

const (
	// askEvery is how often a coordinator asks its nodes how they are.
	askEvery = 500 * time.Millisecond
	// silentRounds is how many times in a row a node may not answer, each for
	// attemptTimeout, before its run fails. Rounds are counted, and not seconds: where
	// this process is kept from running, no other is to blame. Where epochs end before
	// they bring the run further, nodes are given as many times longer, up to mostPatience:
	// it may be the machines that are slow.
	silentRounds = 4
	mostPatience = 4
	// goneRounds is the same where nobody of its name is there: a node that goes to
	// another server comes back within them.
	goneRounds = 6
	// lonelyRounds is how many rounds this node may reach nobody before it looks into
	// the store whether another has the run now.
	lonelyRounds = 8
)

// watch asks the nodes of the run how they fare, and fails it where one has failed, is
// gone, or is silent for too long, or where all are well and the run comes no further.
func (k *conductor) watch(ctx context.Context, f *exchange.Follower) {
	fail, stall, lonely := f.Fail, &stall{steps: make([]int64, len(k.nodes))}, 0
	heard := make([]time.Time, len(k.nodes))
	patience := min(max(k.moves.inVain(), 1), mostPatience)
	gone, silent := make([]int, len(k.nodes)), make([]int, len(k.nodes))
	for i := range heard {
		heard[i] = time.Now()
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(askEvery):
		}
		reports, faults := make([]*control.PartitionReports, len(k.nodes)), make([]error, len(k.nodes))
		var wg sync.WaitGroup
		for i, n := range k.nodes {
			wg.Go(func() {
				attempt, end := context.WithTimeout(ctx, attemptTimeout)
				defer end()
				reply, err := k.caller.Call(attempt, n.Name, &control.Request{Body: &control.Request_Report{Report: &control.Report{Run: k.run, Epoch: k.epoch}}})
				reports[i], faults[i] = reply.GetReports(), err
			})
		}
		wg.Wait()
		if ctx.Err() != nil {
			return
		}
		if k.alone(faults) {
			if lonely++; lonely%lonelyRounds == 0 && k.replaced(ctx) {
				fail(errFenced)
				return
			}
			continue // not the others are gone, but this node's bus
		}
		lonely = 0
		if firstOf(faults) == nil { // who is missing is found out first, and asking who is there takes time
			k.changes(ctx, reports)
		}
		for i, n := range k.nodes {
			var r *Refusal
			refuses := errors.As(faults[i], &r)
			switch {
			case faults[i] == nil:
				heard[i], gone[i], silent[i] = time.Now(), 0, 0
			case refuses && r.Kind == control.Kind_KIND_NODE_LOST:
				gone[i]++
			case refuses && r.Kind == control.Kind_KIND_UNKNOWN_RUN:
				fail(&Refusal{control.Kind_KIND_NODE_LOST, fmt.Sprintf("it was started again, and has no part of run %s any more", k.run), n.Name})
				return
			case refuses && r.Kind != control.Kind_KIND_TIMEOUT:
				fail(r)
				return
			default:
				silent[i]++
			}
			mostSilent := silentRounds * patience
			if n.Name == k.c.Name { // it is here, and may be busy for long
				silent[i], gone[i], mostSilent = silent[i]+gone[i], 0, 4*mostSilent
			}
			if gone[i] >= goneRounds || silent[i] >= mostSilent {
				fail(&Refusal{control.Kind_KIND_NODE_LOST, fmt.Sprintf("it is gone: it has not answered for %.1f s%s", time.Since(heard[i]).Seconds(), k.hint()), n.Name})
				return
			}
		}
		if err := k.stalled(stall, reports, f.Waits()); err != nil {
			fail(err)
			return
		}
		k.injecting.complain(&k.c, k.run)
		k.change(func(st *control.RunStatus) {
			st.Injection = k.injecting.status()
			for i, r := range reports {
				if r != nil {
					st.Nodes[i].Step, st.Nodes[i].Load = r.Step, r.Load
				}
				st.Nodes[i].SilentMs = time.Since(heard[i]).Milliseconds()
			}
		})
	}
}

// replaced reports that the store says that another node has the run.
func (k *conductor) replaced(ctx context.Context) bool {
	if k.shelf == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, CallTimeout)
	defer cancel()
	return errors.Is(k.shelf.owns(ctx, k.epoch), errFenced)
}

// hint says what would have let a run survive.
func (k *conductor) hint() string {
	if k.shelf != nil {
		return ""
	}
	return "; what was computed before has been written, and nodes that are started with --store let runs go on without the one that is lost"
}

// changes moves the run where a node of it wants to leave and another is there.
func (k *conductor) changes(ctx context.Context, reports []*control.PartitionReports) {
	if k.leaving.Load() {
		k.leave()
		return
	}
	for i, r := range reports {
		if r.GetDraining() && k.anotherThan(ctx, k.nodes[i].Name) {
			k.move("node %s is to leave", k.nodes[i].Name)
			return
		}
	}
	k.rebalance(ctx, reports)
}

// anotherThan reports whether a node but one is there that takes shares.
func (k *conductor) anotherThan(ctx context.Context, name string) bool {
	all, err := k.caller.Nodes(ctx)
	return err == nil && slices.ContainsFunc(all, func(r *control.Reply) bool {
		st := r.GetNodeStatus()
		return st != nil && st.Name != name && !st.Draining && (len(k.submit.Nodes) == 0 || slices.Contains(k.submit.Nodes, st.Name))
	})
}

// alone reports whether it is this node that has lost the bus, and not the others: none
// of them is heard, and it does not hear itself, or nobody says anything.
func (k *conductor) alone(faults []error) bool {
	silent, self := 0, false
	for i, n := range k.nodes {
		own := n.Name == k.c.Name
		var r *Refusal
		switch refuses := errors.As(faults[i], &r); {
		case faults[i] == nil && !own:
			return false
		case refuses && r.Kind == control.Kind_KIND_NODE_LOST:
			self = self || own
		case refuses && r.Kind == control.Kind_KIND_TIMEOUT, errors.Is(faults[i], context.DeadlineExceeded):
			silent++
			self = self || own
		}
	}
	return self || len(k.nodes) > 1 && silent == len(k.nodes)
}
