package memory

import (
	"sync"

	"github.com/volley-snn/volley/cluster/bus"
)

// Options are the limits of a hub.
type Options struct {
	// MaxBytes is the largest message. Default 1 MiB, as NATS has it, so that what
	// works in memory works there.
	MaxBytes int

	// MaxPendingBytes is how much may wait for one subscription, each message
	// counted as its length and 64 bytes more. What comes beyond it is dropped, and
	// told to the subscription's connection. Default 1 GiB: more than the run
	// protocol's credit lets wait, so that reaching it means a hanging subscriber.
	MaxPendingBytes int64
}

// Default returns the limits of New.
func Default() Options { return Options{MaxBytes: 1 << 20, MaxPendingBytes: 1 << 30} }

// Hub joins the connections that were made from it.
type Hub struct {
	options Options

	mu       sync.RWMutex
	exact    map[string][]*subscription // by subject, in order of subscription
	patterns []*subscription            // with wildcards, in order of subscription
	queues   map[string]*queue          // by pattern and name
}

// queue is the responders of one name on one pattern.
type queue struct {
	mu      sync.Mutex
	members []*subscription
	next    int
}

// New returns a hub with default limits.
func New() *Hub { return NewHub(Default()) }

// NewHub returns a hub with given limits; those that are 0 are the default.
func NewHub(o Options) *Hub {
	if o.MaxBytes == 0 {
		o.MaxBytes = Default().MaxBytes
	}
	if o.MaxPendingBytes == 0 {
		o.MaxPendingBytes = Default().MaxPendingBytes
	}
	return &Hub{options: o, exact: map[string][]*subscription{}, queues: map[string]*queue{}}
}

// Connect returns a new connection. Whoever made it closes it.
func (h *Hub) Connect() *Bus { return h.ConnectLimited(h.options.MaxPendingBytes) }

// ConnectLimited is Connect with a MaxPendingBytes of its own.
func (h *Hub) ConnectLimited(maxPendingBytes int64) *Bus {
	return &Bus{hub: h, maxPendingBytes: maxPendingBytes, subs: map[*subscription]struct{}{}, troubles: bus.NewTroubles(), done: make(chan struct{})}
}

// publish puts a message into the mailbox of everyone that it concerns, and
// returns how many that were.
func (h *Hub) publish(subject, reply string, data []byte) (reached int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, s := range h.exact[subject] {
		reached += s.offer(subject, reply, data)
	}
	for _, s := range h.patterns {
		if bus.Matches(s.pattern, subject) {
			reached += s.offer(subject, reply, data)
		}
	}
	if len(h.queues) > 0 {
		reached += h.publishToQueues(subject, reply, data)
	}
	return reached
}

func (h *Hub) publishToQueues(subject, reply string, data []byte) (reached int) {
	for _, q := range h.queues {
		if !bus.Matches(q.members[0].pattern, subject) {
			continue
		}
		q.mu.Lock()
		q.next = (q.next + 1) % len(q.members)
		s := q.members[q.next]
		q.mu.Unlock()
		reached += s.offer(subject, reply, data)
	}
	return reached
}

func (h *Hub) add(s *subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case s.queue != "":
		q := h.queues[s.queueKey()]
		if q == nil {
			q = &queue{}
			h.queues[s.queueKey()] = q
		}
		q.members = append(q.members, s)
	case bus.HasWildcard(s.pattern):
		h.patterns = append(h.patterns, s)
	default:
		h.exact[s.pattern] = append(h.exact[s.pattern], s)
	}
}

func (h *Hub) remove(s *subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case s.queue != "":
		if q := h.queues[s.queueKey()]; q != nil {
			if q.members = without(q.members, s); len(q.members) == 0 {
				delete(h.queues, s.queueKey())
			}
		}
	case bus.HasWildcard(s.pattern):
		h.patterns = without(h.patterns, s)
	default:
		if h.exact[s.pattern] = without(h.exact[s.pattern], s); len(h.exact[s.pattern]) == 0 {
			delete(h.exact, s.pattern)
		}
	}
}

// without returns the list without one, in a new array.
func without(all []*subscription, one *subscription) []*subscription {
	var rest []*subscription
	for _, s := range all {
		if s != one {
			rest = append(rest, s)
		}
	}
	return rest
}
