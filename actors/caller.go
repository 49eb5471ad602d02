package actors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/messages/control"
)

// Caller asks nodes. It may be used from several goroutines.
type Caller struct {
	Bus     bus.Bus
	Sender  string // what it calls itself
	Version string // of volley

	// Expected names the nodes that are known to be there by other means than asking,
	// such as membership; nil, or none, where that is not known.
	Expected func() []string
}

const (
	// attemptTimeout is how long an answer may take before the request is sent again.
	attemptTimeout = 2 * time.Second
	// absence is how long a node may not be there before a call believes it: one whose
	// connection broke, or whose server is gone, comes back within that time.
	absence = 5 * time.Second
	// absencePause is between two looks.
	absencePause = 50 * time.Millisecond
	// CallTimeout is how long a call may take in all.
	CallTimeout = 10 * time.Second
	// gatherTimeout is how long nodes may take to say that they are there,
	gatherTimeout = 3 * time.Second
	// gatherPause is how long none may, where nobody knows how many there are.
	gatherPause = 300 * time.Millisecond
	// gatherAgain is when they are asked again.
	gatherAgain = 150 * time.Millisecond
	// absentLooks is how many times, absentPause apart, nobody may answer to the name of
	// a node that is expected before it is not waited for: membership notices later.
	absentLooks = 4
	absentPause = 250 * time.Millisecond
)

// Call asks a node and returns its answer. A request that is not answered is sent
// again under the same id, for CallTimeout or until ctx is done; where nobody of the
// name is there, for a shorter time, or not at all if that is the question. The error
// is a *Refusal where the node, or its silence, refuses.
func (c *Caller) Call(ctx context.Context, node string, request *control.Request) (*control.Reply, error) {
	data, err := c.encode(request)
	if err != nil {
		return nil, err
	}
	deadline := time.Now().Add(CallTimeout)
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	var missed time.Time // since when nobody is there
	for {
		attempt, end := context.WithTimeout(ctx, attemptTimeout)
		answer, err := c.Bus.Request(attempt, NodeSubject(node), data)
		end()
		switch {
		case err == nil:
			return c.decode(node, answer)
		case errors.Is(err, bus.ErrNoResponder) && waits(request):
			if missed.IsZero() {
				missed = time.Now()
			}
			if time.Since(missed) < absence {
				select {
				case <-time.After(absencePause):
					continue
				case <-ctx.Done():
				}
			}
			fallthrough
		case errors.Is(err, bus.ErrNoResponder):
			return nil, &Refusal{Kind: control.Kind_KIND_NODE_LOST, Why: "it does not answer: nobody of that name is there", Node: node}
		case ctx.Err() != nil && time.Now().Before(deadline):
			return nil, ctx.Err()
		case ctx.Err() != nil:
			return nil, &Refusal{Kind: control.Kind_KIND_TIMEOUT, Why: fmt.Sprintf("no answer within %v", CallTimeout), Node: node}
		case errors.Is(err, context.DeadlineExceeded):
			missed = time.Time{}
		default:
			return nil, &Refusal{Kind: control.Kind_KIND_TIMEOUT, Why: "it cannot be asked: " + err.Error(), Node: node}
		}
	}
}

// waits reports whether a request waits for a node that is not there. Who asks how a
// node is wants to know just that, and who lets it go need not reach it.
func waits(r *control.Request) bool {
	switch b := r.Body.(type) {
	case *control.Request_Status, *control.Request_Release, *control.Request_Attach:
		return false
	case *control.Request_Report:
		return b.Report.Account // which is of the run's results
	}
	return true
}

func (c *Caller) encode(request *control.Request) ([]byte, error) {
	request.Protocol, request.Version, request.Sender = control.Protocol, c.Version, c.Sender
	if request.Id == "" {
		request.Id = newID()
	}
	return proto.Marshal(request)
}

func (c *Caller) decode(node string, answer []byte) (*control.Reply, error) {
	reply := &control.Reply{}
	if err := proto.Unmarshal(answer, reply); err != nil {
		return nil, &Refusal{Kind: control.Kind_KIND_MALFORMED, Why: "it answers what is not understood: " + err.Error(), Node: node}
	}
	if r := reply.GetRefused(); r != nil {
		refusal := RefusalOf(r)
		if refusal.Node == "" {
			refusal.Node = cmp.Or(node, reply.Node)
		}
		return nil, refusal
	}
	return reply, nil
}

// Without is a caller that does not expect a node that is known to be gone.
func (c Caller) Without(node string) Caller {
	if expected := c.Expected; expected != nil && node != "" {
		c.Expected = func() []string {
			return slices.DeleteFunc(expected(), func(name string) bool { return name == node })
		}
	}
	return c
}

// Gather asks all nodes and returns their answers; refusals are left out. It waits for
// those that are expected, or until no more come; a node that is slow to answer is not
// waited for longer than gatherTimeout, and one that is gone for about a second. All are
// asked a second time soon: a question or an answer may be lost.
func (c *Caller) Gather(ctx context.Context, request *control.Request) ([]*control.Reply, error) {
	data, err := c.encode(request)
	if err != nil {
		return nil, err
	}
	g := gathering{caller: c, heard: map[string]bool{}}
	if c.Expected != nil {
		g.expected = c.Expected()
	}
	ctx, g.end = context.WithTimeout(ctx, gatherTimeout)
	defer g.end()
	g.pause = time.AfterFunc(gatherTimeout, g.end)
	defer g.pause.Stop()
	each := func(m bus.Message) bool {
		g.take(m.Data)
		return ctx.Err() == nil
	}
	var again sync.WaitGroup
	again.Go(func() {
		select {
		case <-time.After(gatherAgain):
		case <-ctx.Done():
			return
		}
		for _, name := range g.awaited() {
			again.Go(func() { g.seek(ctx, name, data) })
		}
		_ = bus.Collect(ctx, c.Bus, EveryNode, data, each) // the first tells of errors
	})
	if err = bus.Collect(ctx, c.Bus, EveryNode, data, each); err != nil {
		g.end()
	}
	again.Wait()
	return g.all, err
}

// gathering is the answers of nodes as they come.
type gathering struct {
	caller   *Caller
	expected []string
	end      func()
	pause    *time.Timer // to the end, where nobody is expected

	mutex sync.Mutex
	all   []*control.Reply
	heard map[string]bool // nodes that have answered, or are gone
}

// take takes an answer, and ends the gathering where no more are expected.
func (g *gathering) take(answer []byte) {
	reply, err := g.caller.decode("", answer)
	g.mutex.Lock()
	defer g.mutex.Unlock()
	var r *Refusal
	switch {
	case err == nil && !g.heard[reply.Node]:
		g.heard[reply.Node] = true
		g.all = append(g.all, reply)
	case errors.As(err, &r):
		g.heard[r.Node] = true
	}
	if len(g.expected) == 0 {
		g.pause.Reset(gatherPause)
	}
	g.complete()
}

// complete ends the gathering where all who are expected have been heard or are gone.
func (g *gathering) complete() {
	if len(g.expected) > 0 && !slices.ContainsFunc(g.expected, func(name string) bool { return !g.heard[name] }) {
		g.end()
	}
}

// awaited are the nodes that are still expected.
func (g *gathering) awaited() (names []string) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for _, name := range g.expected {
		if !g.heard[name] {
			names = append(names, name)
		}
	}
	return names
}

// seek asks a node by its name, until it answers or nobody of the name is there.
func (g *gathering) seek(ctx context.Context, name string, data []byte) {
	for range absentLooks {
		answer, err := g.caller.Bus.Request(ctx, NodeSubject(name), data)
		switch {
		case err == nil:
			g.take(answer)
			return
		case !errors.Is(err, bus.ErrNoResponder) || pause(ctx, absentPause) != nil:
			return
		}
	}
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.heard[name] = true
	g.complete()
}
