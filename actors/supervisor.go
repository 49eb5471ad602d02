package actors

import (
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/messages/control"
)

// supervisor is a node's first actor: it answers for the node, and passes on what
// concerns a run to the run's coordinator or host.
type supervisor struct {
	c     Config
	id    string // of this incarnation
	since time.Time
	files *store

	hosts        map[string]*hosted            // by run
	coordinators map[string]*conducted         // by run
	order        []string                      // of the runs that are coordinated here, the first first
	submitted    map[string]*control.Submitted // by id of the request, which may come again
	draining     *atomic.Bool                  // nothing new is taken, and what is here is handed over
}

// hosted is a share of a run that lies here.
type hosted struct {
	pid    *actor.PID
	bytes  int64
	epoch  uint64
	ending bool
	status *control.RunStatus
}

// conducted is a run that is coordinated here.
type conducted struct {
	pid    *actor.PID
	status *control.RunStatus
}

// maxRuns is how many runs a node coordinates at a time.
const maxRuns = 16

func newSupervisor(c Config, files *store) *supervisor {
	return &supervisor{c: c, id: c.Name + "-" + newID(), since: time.Now(), files: files,
		hosts: map[string]*hosted{}, coordinators: map[string]*conducted{}, submitted: map[string]*control.Submitted{}, draining: &atomic.Bool{}}
}

// What children tell their supervisor.
type (
	// shareChanged says how a host's run stands.
	shareChanged struct {
		run    string
		status *control.RunStatus
		bytes  int64
	}
	// runChanged says how a coordinator's run stands.
	runChanged struct{ status *control.RunStatus }
	// runMoved says that another node coordinates a run now, or that this one could
	// not take it over.
	runMoved struct{ owner owned }
)

// Receive implements actor.Actor.
func (s *supervisor) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *control.Request:
		s.request(c, m)
	case *shareChanged:
		s.shareChanged(m)
	case *runChanged:
		if r := s.coordinators[m.status.Run]; r != nil {
			r.status = m.status
		}
	case *runMoved:
		s.moved(c, &m.owner)
	case *orphaned:
		self, root := c.Self(), c.ActorSystem().Root
		time.AfterFunc(time.Duration(m.place)*takeOverPause, func() { root.Send(self, &adopt{*m}) })
	case *adopt:
		if h := s.hosts[m.run]; h != nil && h.epoch <= m.epoch {
			_ = s.takeOver(c, m.run, m.lost, m.epoch, m.of)
		}
	case *foundEpoch:
		if m.err == nil {
			m.err = s.takeOver(c, m.run, "", m.epoch, 0)
		}
		reply := done()
		if m.err != nil {
			reply = refusal(m.err)
		}
		reply.Node = s.c.Name
		c.Send(m.asks, reply)
	case *drained:
		c.Respond(len(s.hosts)+s.underWay() == 0)
	case *count:
		c.Respond(s.counts())
	case *actor.Terminated:
		s.terminated(m.Who)
	}
}

func (s *supervisor) request(c actor.Context, r *control.Request) {
	switch b := r.Body.(type) {
	case *control.Request_Status:
		c.Respond(&control.Reply{Body: &control.Reply_NodeStatus{NodeStatus: s.status()}})
	case *control.Request_ListRuns:
		c.Respond(&control.Reply{Body: &control.Reply_Runs{Runs: s.runs()}})
	case *control.Request_Transfer:
		c.Respond(s.transfer(b.Transfer))
	case *control.Request_Submit:
		c.Respond(s.submit(c, r.Id, b.Submit))
	case *control.Request_Prepare:
		s.prepare(c, b.Prepare)
	case *control.Request_Train:
		s.train(c, b.Train)
	case *control.Request_Start:
		s.toHost(c, b.Start.Run)
	case *control.Request_Stop:
		s.toHost(c, b.Stop.Run)
	case *control.Request_Release:
		s.release(c, b.Release)
	case *control.Request_Report:
		s.toHost(c, b.Report.Run)
	case *control.Request_Weights:
		s.toHost(c, b.Weights.Run)
	case *control.Request_Attach:
		s.toCoordinator(c, b.Attach.Run)
	case *control.Request_Cancel:
		s.toCoordinator(c, b.Cancel.Run)
	case *control.Request_Fetch:
		s.toCoordinator(c, b.Fetch.Run)
	case *control.Request_Save:
		s.toHost(c, b.Save.Run)
	case *control.Request_Restore:
		s.toHost(c, b.Restore.Run)
	case *control.Request_Checkpoint:
		s.toCoordinator(c, b.Checkpoint.Run)
	case *control.Request_Fetched:
		s.toCoordinator(c, b.Fetched.Run)
	case *control.Request_TakeOver:
		if b.TakeOver.Epoch == 0 {
			s.findEpoch(c, b.TakeOver.Run)
			return
		}
		if err := s.takeOver(c, b.TakeOver.Run, "", b.TakeOver.Epoch, 0); err != nil {
			c.Respond(refusal(err))
			return
		}
		c.Respond(done())
	case *control.Request_Drain:
		s.drain(c)
		c.Respond(done())
	default:
		c.Respond(refusal(refuse(control.Kind_KIND_MALFORMED, "node %s does not know this request", s.c.Name)))
	}
}

func (s *supervisor) transfer(t *control.Transfer) *control.Reply {
	have, err := s.files.take(t)
	if err != nil {
		return refusal(err)
	}
	return &control.Reply{Body: &control.Reply_Chunk{Chunk: &control.Chunk{Offset: have, Size: t.Size}}}
}

// submit starts a coordinator. A request that comes again gets the same answer.
func (s *supervisor) submit(c actor.Context, id string, m *control.Submit) *control.Reply {
	if known := s.submitted[id]; known != nil {
		return &control.Reply{Body: &control.Reply_Submitted{Submitted: known}}
	}
	if s.draining.Load() {
		return refusal(refuse(control.Kind_KIND_BUSY, "node %s is to leave, and takes no new runs: submit to another node", s.c.Name))
	}
	if s.underWay() >= maxRuns {
		return refusal(refuse(control.Kind_KIND_BUSY, "node %s coordinates %d runs already: wait, or submit to another node", s.c.Name, maxRuns))
	}
	bundle, err := unpack(m.GetModel(), s.files)
	if err != nil {
		return refusal(err)
	}
	if m.Name != "" && !CheckName(m.Name) {
		return refusal(refuse(control.Kind_KIND_MALFORMED, "the name %q of a run: expected 1 to 64 letters, digits, - and _", m.Name))
	}
	run := m.Name
	if run == "" {
		run = subjectName(exampleName(bundle.Path))
	}
	run += "-" + newID()[:6]
	for s.coordinators[run] != nil {
		run += newID()[:2]
	}
	if err := s.coordinate(c, newCoordinator(s.c, c.Self(), run, bundle, m)); err != nil {
		return refusal(err)
	}
	answer := &control.Submitted{Run: run, Coordinator: s.c.Name}
	s.submitted[id] = answer
	return &control.Reply{Body: &control.Reply_Submitted{Submitted: answer}}
}

// coordinate starts a coordinator.
func (s *supervisor) coordinate(c actor.Context, co *coordinator) error {
	st := co.status() // before the actor has it
	run := st.Run
	props := actor.PropsFromProducer(func() actor.Actor { return co }, actor.WithMailbox(actor.Bounded(keptMailbox)), actor.WithSupervisor(stopTheBroken))
	pid, err := c.SpawnNamed(props, "coordinator-"+run+"-"+newID())
	if err != nil {
		return err
	}
	c.Watch(pid)
	s.forget(c)
	s.coordinators[run] = &conducted{pid: pid, status: st}
	s.order = append(s.order, run)
	return nil
}

func (s *supervisor) underWay() (n int) {
	for _, r := range s.coordinators {
		if !over(r.status.State) {
			n++
		}
	}
	return n
}

// over reports whether a run has ended.
func over(s control.State) bool {
	return s == control.State_STATE_DONE || s == control.State_STATE_FAILED || s == control.State_STATE_CANCELLED
}

// forget drops the oldest runs that are over, with their directories. One that holds
// results which nobody has fetched stays.
func (s *supervisor) forget(c actor.Context) {
	for k := 0; len(s.order) > s.c.KeptRuns && k < len(s.order); {
		run := s.order[k]
		if r := s.coordinators[run]; r != nil && !over(r.status.State) {
			k++
			continue
		} else if r != nil {
			c.Send(r.pid, &forget{})
		}
		delete(s.coordinators, run)
		s.order = slices.Delete(s.order, k, k+1)
		for id, m := range s.submitted {
			if m.Run == run {
				delete(s.submitted, id)
			}
		}
	}
}

// prepare starts a host where there is room, or passes the request on to it. One of
// an older epoch ends first.
func (s *supervisor) prepare(c actor.Context, m *control.Prepare) {
	if h := s.hosts[m.Run]; h != nil {
		if epoch := m.GetPlan().GetEpoch(); h.ending || epoch > h.epoch {
			s.end(c, h)
			c.Respond(&control.Reply{Body: &control.Reply_Building{Building: &control.Building{}}})
			return
		}
		c.Forward(h.pid)
		return
	}
	switch {
	case !CheckName(m.Run):
		c.Respond(refusal(refuse(control.Kind_KIND_MALFORMED, "the name %q of a run", m.Run)))
		return
	case s.draining.Load():
		c.Respond(refusal(&Refusal{control.Kind_KIND_NODE_LOST, "it is to leave, and takes no new shares", s.c.Name}))
		return
	}
	bundle, err := unpack(m.GetModel(), s.files)
	if err != nil {
		c.Respond(refusal(err))
		return
	}
	h := newHost(s.c, c.Self(), m, bundle, s.memoryLeft(), s.draining.Load)
	props := actor.PropsFromProducer(func() actor.Actor { return h }, actor.WithMailbox(actor.Bounded(mailbox)), actor.WithSupervisor(stopTheBroken))
	pid, err := c.SpawnNamed(props, fmt.Sprintf("host-%s-%s", m.Run, newID()))
	if err != nil {
		c.Respond(refusal(err))
		return
	}
	c.Watch(pid)
	s.hosts[m.Run] = &hosted{pid: pid, epoch: h.epoch(), status: &control.RunStatus{Run: m.Run, State: control.State_STATE_PREPARING}}
	c.Forward(pid)
}

// train starts a worker, or passes the request on to it.
func (s *supervisor) train(c actor.Context, m *control.Train) {
	switch h := s.hosts[m.Run]; {
	case h != nil && !h.ending:
		c.Forward(h.pid)
		return
	case h != nil:
		c.Respond(&control.Reply{Body: &control.Reply_Building{Building: &control.Building{}}})
		return
	case !CheckName(m.Run):
		c.Respond(refusal(refuse(control.Kind_KIND_MALFORMED, "the name %q of a training", m.Run)))
		return
	case s.draining.Load():
		c.Respond(refusal(&Refusal{control.Kind_KIND_NODE_LOST, "it is to leave, and takes no part in a training", s.c.Name}))
		return
	}
	w := newWorker(s.c, c.Self(), m, s.memoryLeft(), s.draining.Load)
	props := actor.PropsFromProducer(func() actor.Actor { return w }, actor.WithMailbox(actor.Bounded(mailbox)), actor.WithSupervisor(stopTheBroken))
	pid, err := c.SpawnNamed(props, fmt.Sprintf("worker-%s-%s", m.Run, newID()))
	if err != nil {
		c.Respond(refusal(err))
		return
	}
	c.Watch(pid)
	s.hosts[m.Run] = &hosted{pid: pid, status: &control.RunStatus{Run: m.Run, State: control.State_STATE_PREPARING}}
	c.Forward(pid)
}

// end lets a host end; it is forgotten when it has.
func (s *supervisor) end(c actor.Context, h *hosted) {
	if !h.ending {
		h.ending = true
		c.Stop(h.pid)
	}
}

func (s *supervisor) toHost(c actor.Context, run string) {
	if h := s.hosts[run]; h != nil && !h.ending {
		c.Forward(h.pid)
		return
	}
	c.Respond(refusal(refuse(control.Kind_KIND_UNKNOWN_RUN, "node %s has no part of a run %s", s.c.Name, run)))
}

func (s *supervisor) toCoordinator(c actor.Context, run string) {
	if r := s.coordinators[run]; r != nil {
		c.Forward(r.pid)
		return
	}
	c.Respond(refusal(refuse(control.Kind_KIND_UNKNOWN_RUN, "node %s coordinates no run %s", s.c.Name, run)))
}

// release lets go of a share; one that is not here is let go of already, and one of a
// later epoch stays.
func (s *supervisor) release(c actor.Context, m *control.Release) {
	if h := s.hosts[m.Run]; h != nil && h.epoch <= m.Epoch {
		s.end(c, h)
	}
	c.Respond(done())
}

func (s *supervisor) shareChanged(m *shareChanged) {
	h := s.hosts[m.run]
	if h == nil || m.status == nil || m.status.Epoch != h.epoch {
		return
	}
	h.status, h.bytes = m.status, m.bytes
}

// terminated: a child is gone, of its own will or because it panicked.
func (s *supervisor) terminated(who *actor.PID) {
	for run, h := range s.hosts {
		if h.pid.Id == who.Id {
			delete(s.hosts, run)
		}
	}
	for _, r := range s.coordinators {
		if r.pid.Id == who.Id && !over(r.status.State) {
			r.status.State = control.State_STATE_FAILED
			r.status.Failure = &control.Refused{Kind: control.Kind_KIND_INTERNAL, Why: "the run's coordinator broke down; the log of node " + s.c.Name + " says why", Node: s.c.Name}
		}
	}
}

// memoryLeft is how many bytes a further share may take; 0 is not known.
func (s *supervisor) memoryLeft() int64 {
	if s.c.MemoryBytes == 0 {
		return engine.AvailableMemory()
	}
	left := s.c.MemoryBytes
	for _, h := range s.hosts {
		left -= h.bytes
	}
	return max(left, 1)
}

func (s *supervisor) status() *control.NodeStatus {
	st := &control.NodeStatus{Name: s.c.Name, Id: s.id, Threads: int32(s.c.Threads), MemoryBytes: s.c.MemoryBytes, SinceUnixMs: s.since.UnixMilli(),
		Address: s.c.Address, Draining: s.draining.Load(), Store: s.c.StoreName, OsArch: runtime.GOOS + "/" + runtime.GOARCH}
	if st.MemoryBytes == 0 {
		st.MemoryBytes = engine.AvailableMemory()
	}
	for _, h := range s.hosts {
		st.MemoryUsedBytes += h.bytes
		st.Runs = append(st.Runs, h.status)
	}
	slices.SortFunc(st.Runs, func(a, b *control.RunStatus) int { return compare(a.Run, b.Run) })
	return st
}

func (s *supervisor) runs() *control.RunList {
	list := &control.RunList{}
	for _, run := range slices.Backward(s.order) {
		list.Runs = append(list.Runs, s.coordinators[run].status)
	}
	return list
}
