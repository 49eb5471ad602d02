package membership

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/memberlist"
)

// delegate is what memberlist calls, with its lock held: it may only write down
// what happened, and poke.
type delegate struct{ l *Cluster }

// NotifyJoin implements memberlist.EventDelegate.
func (d delegate) NotifyJoin(n *memberlist.Node) { d.l.note(n) }

// NotifyUpdate implements memberlist.EventDelegate.
func (d delegate) NotifyUpdate(n *memberlist.Node) { d.l.note(n) }

// NotifyLeave implements memberlist.EventDelegate.
func (d delegate) NotifyLeave(n *memberlist.Node) {
	l := d.l
	l.mu.Lock()
	defer l.mu.Unlock()
	kind := Dead
	if l.goes[n.Name] || n.State == memberlist.StateLeft {
		kind = Left
	}
	if kind == Dead {
		l.returns[n.Name]++ // if it comes again
	} else {
		delete(l.returns, n.Name)
	}
	delete(l.current, n.Name)
	delete(l.goes, n.Name)
	l.gone[n.Name] = kind
	l.pokeLocked()
}

// note takes what a member tells of itself.
func (l *Cluster) note(n *memberlist.Node) {
	m, w, err := decode(n.Name, n.Address(), n.Meta)
	if err != nil {
		return // NotifyAlive refused it already
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.Leaving {
		l.goes[m.ID] = true
	}
	m.Returns = l.returns[m.ID]
	l.current[m.ID] = m
	l.pokeLocked()
}

// pokeLocked wakes those who look at current; who is awake already looks again.
func (l *Cluster) pokeLocked() {
	for _, c := range slices.Concat(l.watchers, []chan struct{}{l.poke}) {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// NotifyAlive implements memberlist.AliveDelegate: what is no member of ours is
// ignored.
func (delegate) NotifyAlive(n *memberlist.Node) error {
	_, _, err := decode(n.Name, n.Address(), n.Meta)
	return err
}

// NotifyMerge implements memberlist.MergeDelegate. It is called on both sides of a
// join with the members that the other knows, and refuses foreign ones and a name
// that is taken.
func (d delegate) NotifyMerge(peers []*memberlist.Node) error {
	l := d.l
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refusal = nil
	names := map[string]string{}
	for id, m := range l.current {
		names[m.Name] = id
	}
	names[l.self.Name] = l.self.ID
	for _, p := range peers {
		if p.State == memberlist.StateDead || p.State == memberlist.StateLeft {
			continue
		}
		m, w, err := decode(p.Name, p.Address(), p.Meta)
		if err != nil {
			l.refusal = err
			return err
		}
		if id, taken := names[m.Name]; taken && id != m.ID && !w.Leaving && !l.goes[id] {
			l.refusal = fmt.Errorf("%w: %q is already that of the member at %s; give this node another --name, or end that one first", ErrNameTaken, m.Name, p.Address())
			return l.refusal
		}
	}
	return nil
}

// takeRefusal returns why the last merge was refused, once.
func (l *Cluster) takeRefusal() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.refusal
	l.refusal = nil
	return err
}

// meta is what this member tells, as JSON; whole leaves room for the word that it
// leaves.
func (l *Cluster) meta(whole bool) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	data, err := json.Marshal(wire{
		Version: Version, Name: l.self.Name, Incarnation: l.self.Incarnation, Role: l.self.Role,
		Leaving: l.leaving || whole, Meta: l.ownMeta,
	})
	if err != nil {
		panic(errors.Join(errors.New("membership: strings that JSON cannot hold"), err))
	}
	return data
}

// NodeMeta implements memberlist.Delegate.
func (d delegate) NodeMeta(int) []byte { return d.l.meta(false) }

// NotifyMsg implements memberlist.Delegate; members send no messages by gossip.
func (delegate) NotifyMsg([]byte) {}

// GetBroadcasts implements memberlist.Delegate.
func (delegate) GetBroadcasts(int, int) [][]byte { return nil }

// LocalState implements memberlist.Delegate.
func (delegate) LocalState(bool) []byte { return nil }

// MergeRemoteState implements memberlist.Delegate.
func (delegate) MergeRemoteState([]byte, bool) {}
