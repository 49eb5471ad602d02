package membership

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/memberlist"
)

// Cluster is the membership as this process sees it. All methods may be called
// from several goroutines at once.
type Cluster struct {
	config Config
	self   Member
	list   *memberlist.Memberlist
	events chan Event
	poke   chan struct{} // current has changed
	done   chan struct{}

	mu      sync.Mutex
	ownMeta map[string]string
	leaving bool              // we are
	current map[string]Member // alive, by id
	goes    map[string]bool   // said that they leave
	gone    map[string]Kind   // how those that are not in current went
	returns map[string]int
	refusal error // why the last peer was refused
	closed  bool

	watchers []chan struct{}
}

func newCluster(c Config, incarnation string) *Cluster {
	return &Cluster{
		config:  c,
		self:    Member{ID: c.Name + "-" + incarnation, Name: c.Name, Incarnation: incarnation, Role: c.Role},
		events:  make(chan Event),
		poke:    make(chan struct{}, 1),
		done:    make(chan struct{}),
		ownMeta: maps.Clone(c.Meta),
		current: map[string]Member{}, goes: map[string]bool{}, gone: map[string]Kind{}, returns: map[string]int{},
	}
}

// Self is this process.
func (l *Cluster) Self() Member {
	l.mu.Lock()
	defer l.mu.Unlock()
	self := l.self
	self.Meta = l.ownMeta
	return self
}

// Members are those that are held alive, this process among them, by name and id.
func (l *Cluster) Members() []Member {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Collect(maps.Values(l.current))
	slices.SortFunc(all, func(a, b Member) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// Events tells what happens to other members and to this one, beginning with
// Joined for each that is there. An event waits until it is read; if more happens
// to a member meanwhile, only the outcome is told. Leave and Close close the channel.
func (l *Cluster) Events() <-chan Event { return l.events }

// Watch returns a channel that gets a value when the members have changed, for
// those who read Members rather than Events. Several changes may be one value. The
// channel is not closed; Done is.
func (l *Cluster) Watch() <-chan struct{} {
	w := make(chan struct{}, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watchers = append(l.watchers, w)
	return w
}

// Done is closed when this process is a member no more.
func (l *Cluster) Done() <-chan struct{} { return l.done }

// Update changes some of what the members are told of this one, and returns when
// the news is out. An empty value takes a name back. ctx bounds the waiting.
func (l *Cluster) Update(ctx context.Context, changes map[string]string) error {
	l.mu.Lock()
	before := l.ownMeta
	l.ownMeta = map[string]string{}
	maps.Copy(l.ownMeta, before)
	maps.Copy(l.ownMeta, changes)
	maps.DeleteFunc(l.ownMeta, func(_, value string) bool { return value == "" })
	l.mu.Unlock()
	if n := len(l.meta(true)); n > memberlist.MetaMaxSize {
		l.mu.Lock()
		l.ownMeta = before
		l.mu.Unlock()
		return fmt.Errorf("membership: name and meta take %d bytes, expected at most %d", n, memberlist.MetaMaxSize)
	}
	return l.list.UpdateNode(l.timeout(ctx))
}

// timeout is what is left of ctx, at most LeaveTimeout.
func (l *Cluster) timeout(ctx context.Context) time.Duration {
	left := l.config.LeaveTimeout
	if deadline, ok := ctx.Deadline(); ok {
		left = max(min(left, time.Until(deadline)), time.Millisecond)
	}
	return left
}

// Leave tells the others that this member goes, and closes. It returns when they
// can know, or after LeaveTimeout or when ctx is done with an error: they will then
// find it dead.
func (l *Cluster) Leave(ctx context.Context) error {
	l.mu.Lock()
	l.leaving = true
	closed := l.closed
	l.mu.Unlock()
	if closed {
		return nil
	}
	var told error
	if l.others() {
		told = l.list.UpdateNode(l.timeout(ctx) / 2)
	}
	return errors.Join(told, l.list.Leave(l.timeout(ctx)/2), l.Close())
}

func (l *Cluster) others() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.current) > 1
}

// Close ends the membership without a word, as if the process had died. Twice is no
// error.
func (l *Cluster) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.mu.Unlock()
	close(l.done)
	if l.list == nil {
		return nil
	}
	if err := l.list.Shutdown(); err != nil {
		return fmt.Errorf("membership: %w", err)
	}
	return nil
}

// tell compares what was told with what is, again and again.
func (l *Cluster) tell() {
	defer close(l.events)
	told := map[string]Member{}
	for {
		for _, e := range l.news(told) {
			select {
			case l.events <- e:
			case <-l.done:
				return
			}
			if e.Kind == Left || e.Kind == Dead {
				delete(told, e.Member.ID)
			} else {
				told[e.Member.ID] = e.Member
			}
		}
		select {
		case <-l.poke:
		case <-l.done:
			return
		}
	}
}

// news is the events that lead from what was told to what is, departures first.
func (l *Cluster) news(told map[string]Member) []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	var gone, come []Event
	for id, m := range told {
		now, there := l.current[id]
		switch {
		case !there:
			gone = append(gone, Event{l.gone[id], m})
		case now.Returns != m.Returns:
			gone = append(gone, Event{Dead, m})
			come = append(come, Event{Joined, now})
		case !same(now, m):
			come = append(come, Event{Updated, now})
		}
	}
	for id, m := range l.current {
		if _, known := told[id]; !known {
			come = append(come, Event{Joined, m})
		}
	}
	for id := range l.gone { // needed no more once told
		if _, known := told[id]; !known {
			delete(l.gone, id)
		}
	}
	byID := func(a, b Event) int { return strings.Compare(a.Member.ID, b.Member.ID) }
	slices.SortFunc(gone, byID)
	slices.SortFunc(come, byID)
	return append(gone, come...)
}
