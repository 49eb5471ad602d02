package actors

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/volley-snn/volley/actors/gradient"
	"github.com/volley-snn/volley/messages/control"
)

// watch asks the nodes how they fare, and looks for others where there are shards for
// them.
func (t *Team) watch(ctx context.Context) {
	rounds := map[uint32]*absent{}
	var sought time.Time
	var seeking sync.WaitGroup
	defer seeking.Wait()
	busy := make(chan struct{}, 1)
	for pause(ctx, askEvery) == nil {
		members := t.all()
		faults, leaving := make([]error, len(members)), make([]bool, len(members))
		var all sync.WaitGroup
		for k, m := range members {
			all.Go(func() {
				attempt, end := context.WithTimeout(ctx, attemptTimeout)
				defer end()
				reply, err := t.c.Caller.Call(attempt, m.Name, &control.Request{Body: &control.Request_Report{Report: &control.Report{Run: t.run}}})
				leaving[k], faults[k] = reply.GetReports().GetDraining(), err
			})
		}
		all.Wait()
		if ctx.Err() != nil {
			return
		}
		t.judge(ctx, members, faults, leaving, rounds)
		if len(t.all()) >= t.c.Most || time.Since(sought) < seekEvery {
			continue
		}
		select {
		case busy <- struct{}{}:
			seeking.Go(func() { t.join(ctx); <-busy })
		default:
		}
		sought = time.Now()
	}
}

// absent is how often in a row a node was not there, or did not answer.
type absent struct {
	gone, silent int
	heard        time.Time
}

// judge loses the members that have failed, are gone, or are silent for too long.
func (t *Team) judge(ctx context.Context, members []gradient.Member, faults []error, leaving []bool, rounds map[uint32]*absent) {
	silent := 0
	for _, err := range faults {
		var r *Refusal
		if err != nil && !errors.As(err, &r) || r != nil && r.Kind == control.Kind_KIND_TIMEOUT {
			silent++
		}
	}
	if len(members) > 1 && silent == len(members) {
		return // not they are gone, but our bus
	}
	for k, m := range members {
		a := rounds[m.Place]
		if a == nil {
			a = &absent{heard: time.Now()}
			rounds[m.Place] = a
		}
		var r *Refusal
		refuses := errors.As(faults[k], &r)
		switch {
		case faults[k] == nil:
			*a = absent{heard: time.Now()}
			if leaving[k] && len(members) > 1 {
				t.lose(ctx, m, &Refusal{control.Kind_KIND_NODE_LOST, "it is to leave", m.Name})
				_ = t.let(ctx, m.Name)
			}
			continue
		case refuses && r.Kind == control.Kind_KIND_NODE_LOST:
			a.gone++
		case refuses && r.Kind == control.Kind_KIND_UNKNOWN_RUN:
			t.lose(ctx, m, &Refusal{control.Kind_KIND_NODE_LOST, "it was started again, or has let the training go", m.Name})
			continue
		case refuses && r.Kind != control.Kind_KIND_TIMEOUT:
			t.lose(ctx, m, r)
			continue
		default:
			a.silent++
		}
		if a.gone >= goneRounds || a.silent >= silentRounds {
			t.lose(ctx, m, &Refusal{control.Kind_KIND_NODE_LOST, fmt.Sprintf("it is gone: it has not answered for %.1f s", time.Since(a.heard).Seconds()), m.Name})
		}
	}
}

// join lets nodes take part that have come.
func (t *Team) join(ctx context.Context) {
	found, err := t.seek(ctx)
	if err != nil {
		return // the next time, or never
	}
	for _, st := range found {
		attempt, end := context.WithTimeout(ctx, CallTimeout)
		m, err := t.enlist(attempt, st)
		end()
		var r *Refusal
		if errors.As(err, &r) && r.Kind != control.Kind_KIND_NODE_LOST && r.Kind != control.Kind_KIND_TIMEOUT {
			t.mutex.Lock()
			t.unfit[st.Name] = true
			t.mutex.Unlock()
			t.note("%v; it takes no part in the training", r)
			_ = t.let(ctx, st.Name)
		}
		if err != nil {
			continue
		}
		t.note("node %s takes part from now on", m.Name)
		t.tell(ctx, gradient.Change{Member: m})
	}
}
