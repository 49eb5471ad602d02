package actors

import (
	"context"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/volley-snn/volley/messages/control"
)

// takeOverPause is how much later the next of the nodes that could take a run over
// does. All may: one of them begins the new epoch, and the others see that.
const takeOverPause = 500 * time.Millisecond

type (
	// adopt is told when it is this node's turn to take a run over.
	adopt struct{ orphaned }
	// drained asks whether nothing is left here.
	drained struct{}
	// foundEpoch is the last epoch of a run that somebody wants to go on.
	foundEpoch struct {
		run   string
		epoch uint64
		err   error
		asks  *actor.PID
	}
)

// takeOver coordinates a run whose coordinator is gone, from the state in the store.
// lost names the coordinator, and of is how many nodes had a part in it; empty and 0
// where the run is handed over.
func (s *supervisor) takeOver(c actor.Context, run, lost string, epoch uint64, of int) error {
	if s.c.Store == nil {
		return refuse(control.Kind_KIND_STORE, "node %s has no store to take run %s over from", s.c.Name, run)
	}
	if r := s.coordinators[run]; r != nil && r.status.State != control.State_STATE_FAILED {
		return nil // it is under way here, or has come to its end
	}
	s.c.Log.Warn("a run is taken over", "run", run, "after epoch", epoch)
	co := newCoordinator(s.c, c.Self(), run, nil, nil)
	co.run.epoch, co.run.lost, co.run.of = epoch, lost, of
	return s.coordinate(c, co)
}

// findEpoch looks for the last epoch of a run that nobody coordinates any more.
func (s *supervisor) findEpoch(c actor.Context, run string) {
	found := &foundEpoch{run: run, asks: c.Sender()}
	self, root, shelf := c.Self(), c.ActorSystem().Root, newShelf(s.c.Store, run)
	go func() {
		found.epoch, found.err = lastEpoch(shelf, run)
		root.Send(self, found)
	}()
}

// lastEpoch is the last epoch of a run that can go on from its state in the store.
func lastEpoch(s *shelf, run string) (uint64, error) {
	if s == nil {
		return 0, refuse(control.Kind_KIND_STORE, "the node has no store to take run %s over from", run)
	}
	ctx, cancel := context.WithTimeout(context.Background(), CallTimeout)
	defer cancel()
	epoch, err := s.latest(ctx)
	switch {
	case err != nil:
		return 0, refuse(control.Kind_KIND_STORE, "the state of run %s cannot be read: %v", run, err)
	case epoch == 0 || s.hasEnded(ctx):
		return 0, refuse(control.Kind_KIND_UNKNOWN_RUN, "there is no state of a run %s to go on from", run)
	}
	return epoch, nil
}

// moved forgets a run that is coordinated elsewhere; its host here learns who has it.
func (s *supervisor) moved(c actor.Context, owner *owned) {
	run := owner.run
	if h := s.hosts[run]; h != nil {
		c.Send(h.pid, owner)
	}
	r := s.coordinators[run]
	if r == nil {
		return
	}
	c.Stop(r.pid)
	delete(s.coordinators, run)
	for k, name := range s.order {
		if name == run {
			s.order = append(s.order[:k:k], s.order[k+1:]...)
			break
		}
	}
}

// drain lets the node take nothing new, and hand over what it has.
func (s *supervisor) drain(c actor.Context) {
	if s.draining.Swap(true) {
		return
	}
	for _, r := range s.coordinators {
		c.Send(r.pid, &leave{})
	}
}

// leave tells a coordinator that its node is to leave.
type leave struct{}
