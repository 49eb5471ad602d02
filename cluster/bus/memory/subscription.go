package memory

import (
	"bytes"
	"sync"

	"github.com/volley-snn/volley/cluster/bus"
)

// overheadBytes is what a waiting message is counted beside its data.
const overheadBytes = 64

// subscription is a mailbox and the goroutine that empties it.
type subscription struct {
	owner   *Bus
	pattern string
	queue   string
	deliver func(bus.Message)

	mu           sync.Mutex
	filled       sync.Cond // the mailbox is not empty, or the subscription ended
	waiting      []bus.Message
	pendingBytes int64 // of waiting, and of what the goroutine took but has not delivered
	dropped      uint64
	ended        bool
}

func newSubscription(owner *Bus, pattern, queue string, deliver func(bus.Message)) *subscription {
	s := &subscription{owner: owner, pattern: pattern, queue: queue, deliver: deliver}
	s.filled.L = &s.mu
	return s
}

func (s *subscription) queueKey() string { return s.pattern + " " + s.queue }

// offer puts a copy of a message into the mailbox and returns 1, or 0 if the
// subscription has ended. What does not fit is dropped; the first loss in a row is
// told at once, the number of the others when there is room again.
func (s *subscription) offer(subject, reply string, data []byte) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return 0
	}
	size := int64(len(data) + overheadBytes)
	if s.pendingBytes+size > s.owner.maxPendingBytes {
		s.dropped++
		s.owner.dropped.Add(1)
		if s.dropped == 1 {
			s.owner.troubles.Tell(&bus.Trouble{Kind: bus.Dropped, Subject: s.pattern, Dropped: 1})
		}
		return 1
	}
	if s.dropped > 1 {
		s.owner.troubles.Tell(&bus.Trouble{Kind: bus.Dropped, Subject: s.pattern, Dropped: s.dropped - 1})
	}
	s.dropped = 0
	s.pendingBytes += size
	s.waiting = append(s.waiting, bus.Message{Subject: subject, Reply: reply, Data: bytes.Clone(data)})
	s.filled.Signal()
	return 1
}

// run delivers until the subscription ends.
func (s *subscription) run() {
	var taken []bus.Message
	for {
		clear(taken)
		s.mu.Lock()
		for len(s.waiting) == 0 && !s.ended {
			s.filled.Wait()
		}
		taken, s.waiting = s.waiting, taken[:0]
		s.mu.Unlock()
		for _, m := range taken {
			if !s.begin(m) {
				return
			}
			s.deliver(m)
		}
		if len(taken) == 0 {
			return
		}
	}
}

// begin counts a message as delivered, unless the subscription has ended.
func (s *subscription) begin(m bus.Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	s.pendingBytes -= int64(len(m.Data) + overheadBytes)
	s.owner.delivered.Add(1)
	s.owner.deliveredBytes.Add(uint64(len(m.Data)))
	return true
}

func (s *subscription) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.waiting = nil
	s.filled.Signal()
}

// Unsubscribe implements bus.Subscription.
func (s *subscription) Unsubscribe() error {
	s.owner.forget(s)
	return nil
}
