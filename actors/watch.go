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

// lookout is what a coordinator knows of its nodes, in the order of the plan.
type lookout struct {
	*conductor
	heard        []time.Time // of each
	gone, silent []int       // rounds in a row
	patience     int         // factor of silentRounds
	lonely       int         // rounds in a row
	stall        stall
}

// watch asks the nodes of the run how they fare, and fails it where one has failed, is
// gone, or is silent for too long, or where all are well and the run comes no further.
func (k *conductor) watch(ctx context.Context, f *exchange.Follower) {
	n := len(k.nodes)
	l := &lookout{conductor: k, heard: slices.Repeat([]time.Time{time.Now()}, n), gone: make([]int, n), silent: make([]int, n),
		patience: min(max(k.moves.inVain(), 1), mostPatience), stall: stall{steps: make([]int64, n)}}
	for pause(ctx, askEvery) == nil {
		reports, faults := k.reports(ctx)
		if ctx.Err() != nil {
			return
		}
		if err := l.round(ctx, reports, faults, f.Waits()); err != nil {
			f.Fail(err)
			return
		}
	}
}

// reports asks all nodes how they fare.
func (k *conductor) reports(ctx context.Context) ([]*control.PartitionReports, []error) {
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
	return reports, faults
}

// round takes what a round of asking has brought. Its error is why the run cannot go on
// as it is.
func (l *lookout) round(ctx context.Context, reports []*control.PartitionReports, faults []error, waits bool) error {
	if l.alone(faults) { // not the others are gone, but this node's bus
		if l.lonely++; l.lonely%lonelyRounds == 0 && l.replaced(ctx) {
			return errFenced
		}
		return nil
	}
	l.lonely = 0
	if firstOf(faults) == nil { // who is missing is found out first, and asking who is there takes time
		l.changes(ctx, reports)
	}
	for i := range l.nodes {
		if err := l.judge(i, faults[i]); err != nil {
			return err
		}
	}
	if err := l.stalled(&l.stall, reports, waits); err != nil {
		return err
	}
	l.injecting.complain(&l.c, l.run)
	l.change(func(st *control.RunStatus) {
		st.Injection = l.injecting.status()
		for i, r := range reports {
			if r != nil {
				st.Nodes[i].Step, st.Nodes[i].Load = r.Step, r.Load
			}
			st.Nodes[i].SilentMs = time.Since(l.heard[i]).Milliseconds()
		}
	})
	return nil
}

// judge takes how a node has answered.
func (l *lookout) judge(i int, fault error) error {
	name := l.nodes[i].Name
	var r *Refusal
	refuses := errors.As(fault, &r)
	switch {
	case fault == nil:
		l.heard[i], l.gone[i], l.silent[i] = time.Now(), 0, 0
	case refuses && r.Kind == control.Kind_KIND_NODE_LOST:
		l.gone[i]++
	case refuses && r.Kind == control.Kind_KIND_UNKNOWN_RUN:
		return &Refusal{control.Kind_KIND_NODE_LOST, fmt.Sprintf("it was started again, and has no part of run %s any more", l.run), name}
	case refuses && r.Kind != control.Kind_KIND_TIMEOUT:
		return r
	default:
		l.silent[i]++
	}
	mostSilent := silentRounds * l.patience
	if name == l.c.Name { // it is here, and may be busy for long
		l.silent[i], l.gone[i], mostSilent = l.silent[i]+l.gone[i], 0, 4*mostSilent
	}
	if l.gone[i] < goneRounds && l.silent[i] < mostSilent {
		return nil
	}
	return &Refusal{control.Kind_KIND_NODE_LOST, fmt.Sprintf("it is gone: it has not answered for %.1f s%s", time.Since(l.heard[i]).Seconds(), l.hint()), name}
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
