package actors

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/volley-snn/volley/actors/gradient"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/model"
)

// TeamConfig says what is trained, and on which nodes.
type TeamConfig struct {
	Caller  *Caller
	Model   *model.Training
	Pixels  int              // of an image
	Nodes   []string         // by name; all that are there where empty
	Most    int              // nodes that take part; 0 for as many as a batch has shards
	Threads training.Workers // of this process, for what is not the nodes' part
	Note    func(string)     // told what happens to nodes, for people
}

// Team is nodes that take the batches of a training through the network, and their
// coordinator, which is this process. Nodes that are lost are replaced, where others
// are there, and done without where not; nodes that come take part where there are
// shards for them.
type Team struct {
	*gradient.Coordinator
	c      TeamConfig
	run    string
	text   []byte // the model
	digest string

	changes chan gradient.Change
	cancel  context.CancelFunc
	working sync.WaitGroup

	mutex   sync.Mutex
	members []gradient.Member
	places  uint32
	used    map[string]bool // nodes that ever took part
	unfit   map[string]bool // nodes that have failed, or refuse
}

// seekEvery is how often a team that has shards for more nodes looks for them.
const seekEvery = 3 * time.Second

// NewTeam finds nodes and lets them build the network. The error is a *Refusal where one
// of them refuses, or where nobody is there.
func NewTeam(ctx context.Context, c TeamConfig) (*Team, error) {
	if c.Most <= 0 || c.Most > c.Model.Shards {
		c.Most = c.Model.Shards
	}
	text, err := json.Marshal(c.Model)
	if err != nil {
		return nil, err
	}
	t := &Team{c: c, run: subjectName(c.Model.Name) + "-" + newID()[:6], text: text, digest: c.Model.Digest(), changes: make(chan gradient.Change, 64), used: map[string]bool{}, unfit: map[string]bool{}}
	found, err := t.seek(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range c.Nodes {
		if !slices.ContainsFunc(found, func(st *control.NodeStatus) bool { return st.Name == name }) && len(found) < c.Most {
			return nil, &Refusal{control.Kind_KIND_NODE_LOST, "the training asks for it, and it is not there, or it is draining", name}
		}
	}
	if len(found) == 0 {
		return nil, refuse(control.Kind_KIND_NODE_LOST, "no node is there that takes part in trainings")
	}
	faults := make([]error, len(found))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	for k, st := range found {
		all.Go(func() {
			if _, faults[k] = t.enlist(ctx, st); faults[k] != nil {
				cancel()
			}
		})
	}
	all.Wait()
	if err := firstOf(faults); err != nil {
		t.release()
		return nil, err
	}
	t.Coordinator, err = gradient.NewCoordinator(gradient.CoordinatorConfig{Bus: c.Caller.Bus, Run: t.run, Threads: c.Threads, Members: slices.Clone(t.members), Changes: t.changes})
	if err == nil {
		err = c.Caller.Bus.Flush(ctx)
	}
	if err != nil {
		t.release()
		return nil, err
	}
	alive, end := context.WithCancel(context.Background())
	t.cancel = end
	t.working.Go(func() { t.watch(alive) })
	return t, nil
}

// Run is the training's name among nodes.
func (t *Team) Run() string { return t.run }

// Names are those of the nodes that take part now.
func (t *Team) Names() (all []string) {
	for _, m := range t.all() {
		all = append(all, m.Name)
	}
	slices.Sort(all)
	return all
}

// Nodes is how many take part now.
func (t *Team) Nodes() int { return len(t.all()) }

// Close lets the nodes go.
func (t *Team) Close() {
	t.cancel()
	t.working.Wait()
	t.Coordinator.Close()
	t.release()
}

// all are the members now.
func (t *Team) all() []gradient.Member {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return slices.Clone(t.members)
}

// seek finds nodes for the places that are free: those with most threads first.
func (t *Team) seek(ctx context.Context) (found []*control.NodeStatus, err error) {
	replies, err := t.c.Caller.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, r := range replies {
		st := r.GetNodeStatus()
		asked := len(t.c.Nodes) == 0 || slices.Contains(t.c.Nodes, st.GetName())
		if st == nil || st.Draining || !asked || t.unfit[st.Name] || slices.ContainsFunc(t.members, func(m gradient.Member) bool { return m.Name == st.Name }) {
			continue
		}
		if r.Version != t.c.Caller.Version && t.Coordinator != nil {
			continue // it has come since
		} else if r.Version != t.c.Caller.Version {
			return nil, &Refusal{control.Kind_KIND_VERSION, fmt.Sprintf("it is volley %s, and this is volley %s, whose weights may differ: run the same volley on all", r.Version, t.c.Caller.Version), st.Name}
		}
		found = append(found, st)
	}
	slices.SortStableFunc(found, func(a, b *control.NodeStatus) int { return int(b.Threads) - int(a.Threads) })
	return found[:max(0, min(len(found), t.c.Most-len(t.members)))], nil
}

// enlist lets a node build the network, and makes it a member.
func (t *Team) enlist(ctx context.Context, st *control.NodeStatus) (m gradient.Member, err error) {
	t.mutex.Lock()
	m = gradient.Member{Place: t.places, Name: st.Name, Threads: int(max(st.Threads, 1))}
	t.places++
	again := t.used[st.Name]
	t.used[st.Name] = true
	t.mutex.Unlock()
	if again { // it may still have the part that it was lost with
		if err := t.let(ctx, st.Name); err != nil {
			return m, err
		}
	}
	for {
		reply, err := t.c.Caller.Call(ctx, st.Name, &control.Request{Body: &control.Request_Train{Train: &control.Train{Run: t.run, Model: t.text, Digest: t.digest, Pixels: int32(t.c.Pixels), Place: m.Place}}})
		if err != nil {
			return m, err
		}
		if reply.GetBuilding().GetBuilt() {
			break
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return m, err
		}
	}
	t.mutex.Lock()
	t.members = append(t.members, m)
	t.mutex.Unlock()
	return m, nil
}

// let lets a node go.
func (t *Team) let(ctx context.Context, node string) error {
	_, err := t.c.Caller.Call(ctx, node, &control.Request{Body: &control.Request_Release{Release: &control.Release{Run: t.run}}})
	return err
}

// release lets all nodes go that ever took part; those that are gone need not be told.
func (t *Team) release() {
	ctx, cancel := context.WithTimeout(context.Background(), attemptTimeout)
	defer cancel()
	var all sync.WaitGroup
	for name := range t.used {
		all.Go(func() { _ = t.let(ctx, name) })
	}
	all.Wait()
}

// lose removes a member, and says why. One that has failed does not come again.
func (t *Team) lose(ctx context.Context, m gradient.Member, why *Refusal) {
	t.mutex.Lock()
	t.unfit[m.Name] = t.unfit[m.Name] || why.Kind != control.Kind_KIND_NODE_LOST
	t.members = slices.DeleteFunc(t.members, func(o gradient.Member) bool { return o.Place == m.Place })
	left := len(t.members)
	t.mutex.Unlock()
	t.note("%v; the training goes on with %s", why, several(left, "node"))
	t.tell(ctx, gradient.Change{Member: m, Lost: why})
}

func (t *Team) tell(ctx context.Context, c gradient.Change) {
	select {
	case t.changes <- c:
	case <-ctx.Done():
	}
}

func (t *Team) note(format string, args ...any) {
	if t.c.Note != nil {
		t.c.Note(fmt.Sprintf(format, args...))
	}
}

// several words a number of things.
func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
