package actors

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/messages/control"
)

// send brings the files of a bundle to a node that has them not.
func (c *Caller) send(ctx context.Context, node string, b *Bundle) error {
	for _, content := range b.Files {
		sum := sha256.Sum256(content)
		size, at := int64(len(content)), int64(0)
		for first := true; first || at < size; first = false {
			part := content[at:min(at+transferBytes, size)]
			if first && size > transferBytes {
				part = nil // asks what is there
			}
			reply, err := c.Call(ctx, node, &control.Request{Body: &control.Request_Transfer{Transfer: &control.Transfer{Sha256: sum[:], Size: size, Offset: at, Content: part}}})
			if err != nil {
				return err
			}
			at = reply.GetChunk().GetOffset()
		}
	}
	return nil
}

// Nodes is every node that answers, by name.
func (c *Caller) Nodes(ctx context.Context) ([]*control.Reply, error) {
	all, err := c.Gather(ctx, &control.Request{Body: &control.Request_Status{Status: &control.Status{}}})
	slices.SortFunc(all, func(a, b *control.Reply) int { return compare(a.Node, b.Node) })
	return all, err
}

// Runs is every run that a node of the cluster remembers, by node, the latest first.
func (c *Caller) Runs(ctx context.Context) ([]*control.RunStatus, error) {
	replies, err := c.Gather(ctx, &control.Request{Body: &control.Request_ListRuns{ListRuns: &control.ListRuns{}}})
	slices.SortFunc(replies, func(a, b *control.Reply) int { return compare(a.Node, b.Node) })
	var all []*control.RunStatus
	for _, r := range replies {
		all = append(all, r.GetRuns().GetRuns()...)
	}
	return all, err
}

// Find is the run of a name, or of a beginning that only it has.
func (c *Caller) Find(ctx context.Context, name string) (*control.RunStatus, error) {
	all, err := c.Runs(ctx)
	if err != nil {
		return nil, err
	}
	var found []*control.RunStatus
	for _, r := range all {
		if k := slices.IndexFunc(found, func(f *control.RunStatus) bool { return f.Run == r.Run }); k >= 0 {
			if r.Epoch > found[k].Epoch { // it was taken over
				found[k] = r
			}
			continue
		}
		if r.Run == name {
			found = append(found, r)
		} else if len(name) > 0 && len(r.Run) > len(name) && r.Run[:len(name)] == name {
			found = append(found, r)
		}
	}
	if k := slices.IndexFunc(found, func(r *control.RunStatus) bool { return r.Run == name }); k >= 0 {
		return found[k], nil
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, refuse(control.Kind_KIND_UNKNOWN_RUN, "no node knows a run %q; volley runs lists them", name)
	}
	return nil, refuse(control.Kind_KIND_UNKNOWN_RUN, "%d runs begin with %q; volley runs lists them", len(found), name)
}

// Submit brings a model to a node and lets it run there and on the cluster's nodes.
func (c *Caller) Submit(ctx context.Context, node string, b *Bundle, m *control.Submit) (*control.Submitted, error) {
	if err := c.send(ctx, node, b); err != nil {
		return nil, err
	}
	m.Model = b.Message()
	reply, err := c.Call(ctx, node, &control.Request{Body: &control.Request_Submit{Submit: m}})
	return reply.GetSubmitted(), err
}

// TakeOverWait is how long a run may be without a coordinator before who follows it
// gives up.
const TakeOverWait = 90 * time.Second

// reviveAfter is how long nodes that have a part in a run may take to take it over,
// before another is asked to: there may be none.
const reviveAfter = 25 * time.Second

// found is the coordinator of a run whose coordinator is gone, once another node has
// taken it over.
func (c *Caller) found(ctx context.Context, run string, lost error) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, TakeOverWait)
	defer cancel()
	revive := time.Now().Add(reviveAfter)
	for {
		if time.Now().After(revive) {
			_, _ = c.Revive(ctx, run, "") // who has it then is found
			revive = time.Now().Add(reviveAfter)
		}
		if st, err := c.Find(ctx, run); err == nil && st.Run == run {
			if _, err := c.Call(ctx, st.Coordinator, &control.Request{Body: &control.Request_Attach{Attach: &control.Attach{Run: run}}}); err == nil {
				return st.Coordinator, nil
			}
		}
		if err := pause(ctx, 500*time.Millisecond); err != nil {
			return "", lost
		}
	}
}

// Follow shows how a run stands, until it is over, and returns how it ended. Events
// that are lost are made up for by asking; where another node takes the run over, it
// is asked. The error is a *Refusal where the run's coordinator is gone, and nobody
// takes its place.
func (c *Caller) Follow(ctx context.Context, run, coordinator string, show func(*control.RunStatus)) (*control.RunStatus, error) {
	events := make(chan *control.RunStatus, 64)
	sub, err := c.Bus.Subscribe(EventSubject(run), func(m bus.Message) {
		e := &control.Event{}
		if proto.Unmarshal(m.Data, e) != nil || e.GetStatus() == nil {
			return
		}
		select {
		case events <- e.GetStatus():
		default: // the next one says more
		}
	})
	if err != nil {
		return nil, err
	}
	defer sub.Unsubscribe()
	ask := time.NewTicker(time.Second)
	defer ask.Stop()
	for first := true; ; first = false {
		var st *control.RunStatus
		if !first {
			select {
			case st = <-events:
			case <-ask.C:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		if st == nil {
			reply, err := c.Call(ctx, coordinator, &control.Request{Body: &control.Request_Attach{Attach: &control.Attach{Run: run}}})
			if IsLost(err) {
				if coordinator, err = c.found(ctx, run, err); err == nil {
					continue
				}
			}
			if err != nil {
				return nil, err
			}
			st = reply.GetAttached().GetStatus()
		}
		show(st)
		if over(st.GetState()) {
			return st, nil
		}
	}
}

// Revive lets a node take over a run that no node coordinates any more, from its state
// in the store, and returns the node. The error is the last node's, where none does.
func (c *Caller) Revive(ctx context.Context, run, lost string) (node string, err error) {
	others := c.Without(lost)
	all, err := others.Nodes(ctx)
	if err != nil {
		return "", err
	}
	err = refuse(control.Kind_KIND_NODE_LOST, "no node is there that could take run %s over", run)
	for _, r := range all {
		if r.GetNodeStatus().GetDraining() {
			continue
		}
		if _, err = c.Call(ctx, r.Node, &control.Request{Body: &control.Request_TakeOver{TakeOver: &control.TakeOver{Run: run}}}); err == nil {
			return r.Node, nil
		}
	}
	return "", err
}

// Fetched says that the files of a run that is done are safe.
func (c *Caller) Fetched(ctx context.Context, run, coordinator string) error {
	_, err := c.Call(ctx, coordinator, &control.Request{Body: &control.Request_Fetched{Fetched: &control.Fetched{Run: run}}})
	return err
}

// IsLost reports whether an error is that a run's coordinator is gone, or was started
// anew.
func IsLost(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && (r.Kind == control.Kind_KIND_NODE_LOST || r.Kind == control.Kind_KIND_TIMEOUT || r.Kind == control.Kind_KIND_UNKNOWN_RUN)
}

// Cancel ends a run.
func (c *Caller) Cancel(ctx context.Context, run, coordinator, why string) error {
	_, err := c.Call(ctx, coordinator, &control.Request{Body: &control.Request_Cancel{Cancel: &control.Cancel{Run: run, Why: why}}})
	return err
}

// Files lists the files of a run.
func (c *Caller) Files(ctx context.Context, run, coordinator string) ([]*control.File, error) {
	reply, err := c.Call(ctx, coordinator, &control.Request{Body: &control.Request_Fetch{Fetch: &control.Fetch{Run: run}}})
	return reply.GetChunk().GetFiles(), err
}

var errChunk = errors.New("a part of a file came damaged")

// Fetch writes a file of a run to w.
func (c *Caller) Fetch(ctx context.Context, run, coordinator, path string, w io.Writer) error {
	for at := int64(0); ; {
		reply, err := c.Call(ctx, coordinator, &control.Request{Body: &control.Request_Fetch{Fetch: &control.Fetch{Run: run, Path: path, Offset: at}}})
		if err != nil {
			return err
		}
		chunk := reply.GetChunk()
		if chunk == nil || chunk.Offset != at || crc32.Checksum(chunk.Content, castagnoli) != chunk.Crc32C {
			return errChunk
		}
		if _, err := w.Write(chunk.Content); err != nil {
			return err
		}
		if at += int64(len(chunk.Content)); chunk.Last || len(chunk.Content) == 0 {
			return nil
		}
	}
}

// Checkpoint has the state of a run kept, and returns the biological time that it is
// as of, in ms.
func (c *Caller) Checkpoint(ctx context.Context, r *control.RunStatus) (timeMs float64, err error) {
	if over(r.State) {
		return 0, refuse(control.Kind_KIND_UNKNOWN_RUN, "run %s is over: there is nothing to keep", r.Run)
	}
	if _, err := c.Call(ctx, r.Coordinator, &control.Request{Body: &control.Request_Checkpoint{Checkpoint: &control.Checkpoint{Run: r.Run}}}); err != nil {
		return 0, err
	}
	for {
		st, err := c.Find(ctx, r.Run)
		switch {
		case err != nil:
			return 0, err
		case st.CheckpointMs > max(r.CheckpointMs, r.TimeMs):
			return st.CheckpointMs, nil
		case over(st.State):
			return 0, refuse(control.Kind_KIND_UNKNOWN_RUN, "run %s ended before its state could be kept", r.Run)
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

// Drain lets a node hand over what it has, and returns when nothing is left there, or
// with ctx's error.
func (c *Caller) Drain(ctx context.Context, node string) error {
	if _, err := c.Call(ctx, node, &control.Request{Body: &control.Request_Drain{Drain: &control.Drain{}}}); err != nil {
		return err
	}
	for {
		reply, err := c.Call(ctx, node, &control.Request{Body: &control.Request_Status{Status: &control.Status{}}})
		if err != nil {
			return err
		}
		runs, err := c.Call(ctx, node, &control.Request{Body: &control.Request_ListRuns{ListRuns: &control.ListRuns{}}})
		if err != nil {
			return err
		}
		busy := len(reply.GetNodeStatus().GetRuns()) > 0
		for _, r := range runs.GetRuns().GetRuns() {
			busy = busy || !over(r.State)
		}
		if !busy {
			return nil
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return refuse(control.Kind_KIND_TIMEOUT, "node %s takes nothing new, and still has a part in runs, which go on: it has no store to hand them over by, or no other node takes them", node)
		}
	}
}
