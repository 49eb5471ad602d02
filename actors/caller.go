package actors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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

	// Expected is how many nodes are known to be there by other means than asking, such
	// as membership; nil, or 0, where that is not known.
	Expected func() int
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

// Gather asks all nodes and returns their answers, or the first most of them;
// refusals are left out. It waits for as many as are known to be there, or until no
// more come; a node that is slow to answer is not waited for longer than gatherTimeout.
// All are asked a second time soon: a question or an answer may be lost.
func (c *Caller) Gather(ctx context.Context, request *control.Request, most int) ([]*control.Reply, error) {
	data, err := c.encode(request)
	if err != nil {
		return nil, err
	}
	expected := most
	if expected <= 0 && c.Expected != nil {
		expected = c.Expected()
	}
	ctx, cancel := context.WithTimeout(ctx, gatherTimeout)
	defer cancel()
	pause := time.AfterFunc(gatherTimeout, cancel)
	defer pause.Stop()
	var mutex sync.Mutex
	var all []*control.Reply
	heard := map[string]bool{} // nodes
	each := func(m bus.Message) bool {
		reply, err := c.decode("", m.Data)
		mutex.Lock()
		defer mutex.Unlock()
		var r *Refusal
		switch {
		case err == nil && !heard[reply.Node]:
			heard[reply.Node] = true
			all = append(all, reply)
		case errors.As(err, &r):
			heard[r.Node] = true
		}
		if expected <= 0 {
			pause.Reset(gatherPause)
		} else if len(heard) >= expected || most > 0 && len(all) >= most {
			cancel()
		}
		return ctx.Err() == nil
	}
	var again sync.WaitGroup
	again.Go(func() {
		select {
		case <-time.After(gatherAgain):
			_ = bus.Collect(ctx, c.Bus, EveryNode, data, each) // the first tells of errors
		case <-ctx.Done():
		}
	})
	if err = bus.Collect(ctx, c.Bus, EveryNode, data, each); err != nil {
		cancel()
	}
	again.Wait()
	return all, err
}
