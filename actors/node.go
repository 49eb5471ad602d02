package actors

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	cmap "github.com/orcaman/concurrent-map"
	"google.golang.org/protobuf/proto"

	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/messages/control"
)

// The actor library keeps its actors, and each request that waits, in 1,024 tables of as
// many parts as this says, made when they are first needed and never let go: with its own
// 32, a node that lives long comes to 13 MiB of them.
func init() { cmap.SHARD_COUNT = 1 }

// Config says what a node is.
type Config struct {
	Name    string // of letters, digits, - and _; nobody else on the bus may have it
	Bus     bus.Bus
	Dir     string // of runs that it coordinates, and of models that it was sent
	Version string // of volley

	Threads     int   // that partitions may use; default GOMAXPROCS
	MemoryBytes int64 // that partitions may take; 0 is what the machine has available

	// Store is where the state of runs is kept, which all nodes of a cluster reach; nil
	// for nowhere. A run survives the loss of nodes as far as the store does.
	Store     blob.Store
	StoreName string // for people

	// KeptRuns is how many runs that it coordinated and that are over the node remembers,
	// with their files until somebody has fetched them. Default 64.
	KeptRuns int

	// StallAfter is how long no step of a run that it coordinates may end, though all
	// nodes answer and none computes, before the run begins a new epoch, or says so where
	// its state is not kept. Default 30 s.
	StallAfter time.Duration

	// Expected names the nodes that are known to be there, this one too; see Caller.
	Expected func() []string

	Address string       // where it listens, for people
	Log     *slog.Logger // nil for none
}

// Node is a process that takes part in runs.
type Node struct {
	c          Config
	system     *actor.ActorSystem
	supervisor *actor.PID
	subs       []bus.Subscription
}

const (
	// keptRuns is the default of Config.KeptRuns.
	keptRuns = 64
	// stallAfter is that of Config.StallAfter: what is lost is asked for every second.
	stallAfter = 30 * time.Second
	// mailbox is how many messages wait for an actor; who sends more waits.
	mailbox = 1024
	// keptMailbox is the same for coordinators: many of them stay for who asks how a run
	// ended.
	keptMailbox = 128
	// answerTimeout is how long an actor of this process may take to answer.
	answerTimeout = 5 * time.Second
)

// Validate fills in defaults and refuses what cannot be.
func (c *Config) validate() error {
	if !CheckName(c.Name) {
		return fmt.Errorf("the name %q of a node: expected 1 to 64 letters, digits, - and _", c.Name)
	}
	if c.Threads <= 0 {
		c.Threads = runtime.GOMAXPROCS(0)
	}
	if c.KeptRuns <= 0 {
		c.KeptRuns = keptRuns
	}
	if c.StallAfter <= 0 {
		c.StallAfter = stallAfter
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return nil
}

// Start begins to answer on the bus. A *Refusal says that the name is taken.
func Start(ctx context.Context, c Config) (*Node, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	if err := nameIsFree(ctx, c); err != nil {
		return nil, err
	}
	files, err := newStore(filepath.Join(c.Dir, "models"))
	if err != nil {
		return nil, fmt.Errorf("the directory of node %s: %w", c.Name, err)
	}
	n := &Node{c: c}
	n.system = actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return c.Log }))
	props := actor.PropsFromProducer(func() actor.Actor { return newSupervisor(n.c, files) },
		actor.WithMailbox(actor.Bounded(mailbox)), actor.WithSupervisor(stopTheBroken))
	if n.supervisor, err = n.system.Root.SpawnNamed(props, "node"); err != nil {
		return nil, err
	}
	for _, subject := range []string{NodeSubject(c.Name), EveryNode} {
		sub, err := c.Bus.Respond(subject, "", n.answer)
		if err != nil {
			n.Stop()
			return nil, err
		}
		n.subs = append(n.subs, sub)
	}
	if c.Store != nil {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), discardTimeout)
			defer cancel()
			if err := sweepEnded(ctx, c.Store); err != nil {
				c.Log.Warn("what is left of runs that are over stays in the store", "error", err)
			}
		}()
	}
	return n, c.Bus.Flush(ctx)
}

// stopTheBroken: an actor that panics is not started again with a state that nobody
// knows; who asks for it is told that it is gone, and the run fails.
var stopTheBroken = actor.NewOneForOneStrategy(0, 0, func(any) actor.Directive { return actor.StopDirective })

// nameIsFree asks whether somebody answers by the name.
func nameIsFree(ctx context.Context, c Config) error {
	caller := Caller{Bus: c.Bus, Sender: c.Name, Version: c.Version, Expected: c.Expected}
	reply, err := caller.Call(ctx, c.Name, &control.Request{Body: &control.Request_Status{Status: &control.Status{}}})
	var r *Refusal
	switch {
	case err == nil:
		s := reply.GetNodeStatus()
		return refuse(control.Kind_KIND_NAME_TAKEN, "the name %s is taken, by a node at %s that started %s: choose another with --name",
			c.Name, orUnknown(s.GetAddress()), time.UnixMilli(s.GetSinceUnixMs()).Format(time.DateTime))
	case errors.As(err, &r) && r.Kind == control.Kind_KIND_NODE_LOST:
		return nil
	case errors.As(err, &r):
		return refuse(control.Kind_KIND_NAME_TAKEN, "the name %s is taken: %s", c.Name, r.Why)
	}
	return err
}

func orUnknown(address string) string {
	if address == "" {
		return "an unknown address"
	}
	return address
}

// answer takes a request from the bus to the supervisor and its reply back.
func (n *Node) answer(m bus.Message) []byte {
	request, reply := &control.Request{}, &control.Reply{}
	if err := proto.Unmarshal(m.Data, request); err != nil {
		reply = refusal(refuse(control.Kind_KIND_MALFORMED, "the request is not understood: %v", err))
	} else if err := n.admits(request); err != nil {
		reply = refusal(err)
	} else {
		reply = n.ask(request)
	}
	reply.Protocol, reply.Version, reply.Node, reply.Id = control.Protocol, n.c.Version, n.c.Name, request.GetId()
	data, err := proto.Marshal(reply)
	if err != nil {
		n.c.Log.Error("a reply cannot be encoded", "error", err)
		return nil
	}
	return data
}

// admits refuses who would misunderstand.
func (n *Node) admits(r *control.Request) error {
	if r.Protocol != control.Protocol {
		return refuse(control.Kind_KIND_PROTOCOL, "node %s (volley %s) speaks version %d of the control protocol, and %s (volley %s) version %d: run the same volley on all",
			n.c.Name, n.c.Version, control.Protocol, r.Sender, r.Version, r.Protocol)
	}
	if r.Version != n.c.Version && r.GetStatus() == nil && r.GetListRuns() == nil {
		return refuse(control.Kind_KIND_VERSION, "node %s is volley %s, and %s is volley %s, whose spikes may differ: run the same volley on all",
			n.c.Name, n.c.Version, r.Sender, r.Version)
	}
	return nil
}

func (n *Node) ask(request *control.Request) *control.Reply {
	answer, err := n.system.Root.RequestFuture(n.supervisor, request, answerTimeout).Result()
	if err != nil {
		return refusal(refuse(control.Kind_KIND_TIMEOUT, "an actor of node %s has not answered within %v: %v", n.c.Name, answerTimeout, err))
	}
	return answer.(*control.Reply)
}

// Drain lets the node hand over what it has, and returns when nothing is left, or
// with ctx's error. Where there is no store, or no other node, nothing can be.
func (n *Node) Drain(ctx context.Context) error {
	if reply := n.ask(&control.Request{Body: &control.Request_Drain{Drain: &control.Drain{}}}); reply.GetRefused() != nil {
		return RefusalOf(reply.GetRefused())
	}
	for {
		left, err := n.system.Root.RequestFuture(n.supervisor, &drained{}, answerTimeout).Result()
		if err == nil && left == true {
			return nil
		}
		if err := pause(ctx, askAgain); err != nil {
			return err
		}
	}
}

// CanHandOver reports whether the node has a part in a run that goes on, or
// coordinates one, and others can take that over: it has a store, and is not alone.
func (n *Node) CanHandOver() bool {
	if n.c.Store == nil || n.c.Expected != nil && len(n.c.Expected()) == 1 {
		return false
	}
	left, err := n.system.Root.RequestFuture(n.supervisor, &drained{}, answerTimeout).Result()
	if err != nil || left == true {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), gatherTimeout)
	defer cancel()
	caller := Caller{Bus: n.c.Bus, Sender: n.c.Name, Version: n.c.Version, Expected: n.c.Expected}
	all, err := caller.Nodes(ctx)
	return err == nil && slices.ContainsFunc(all, func(r *control.Reply) bool {
		st := r.GetNodeStatus()
		return st != nil && st.Name != n.c.Name && !st.Draining
	})
}

// Stop ends the node: runs that it has a part in fail. It returns when they have let go.
func (n *Node) Stop() {
	for _, s := range n.subs {
		_ = s.Unsubscribe()
	}
	_ = n.system.Root.StopFuture(n.supervisor).Wait()
	n.system.Shutdown()
}
