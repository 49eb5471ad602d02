package nats

import (
	"context"
	"fmt"
	"sync"

	natsgo "github.com/nats-io/nats.go"

	"github.com/volley-snn/volley/cluster/bus"
)

// subscription is one of nats.go with what it told of its losses.
type subscription struct {
	owner   *Bus
	pattern string
	deliver func(bus.Message)
	sub     *natsgo.Subscription
	told    uint64 // dropped messages that were told; under owner.mu

	mu    sync.Mutex
	ended bool
}

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(pattern string, deliver func(bus.Message)) (bus.Subscription, error) {
	return b.subscribe(pattern, "", deliver)
}

// Respond implements bus.Bus.
func (b *Bus) Respond(pattern, queue string, answer func(bus.Message) []byte) (bus.Subscription, error) {
	return b.subscribe(pattern, queue, func(m bus.Message) {
		if data := answer(m); data != nil && m.Reply != "" {
			if err := b.send(m.Reply, "", data); err != nil && b.ctx.Err() == nil {
				b.troubles.Tell(&bus.Trouble{Kind: bus.Refused, Subject: m.Reply, Err: fmt.Errorf("answer: %w", err)})
			}
		}
	})
}

func (b *Bus) subscribe(pattern, queue string, deliver func(bus.Message)) (bus.Subscription, error) {
	if err := bus.CheckPattern(pattern); err != nil {
		return nil, err
	}
	s := &subscription{owner: b, pattern: pattern, deliver: deliver}
	sub, err := b.conn.QueueSubscribe(pattern, queue, s.handle)
	if err != nil {
		return nil, b.wrap("subscribing to "+pattern, err)
	}
	s.sub = sub
	limit := -1
	if b.o.MaxPendingBytes > 0 {
		limit = int(b.o.MaxPendingBytes)
	}
	if err := sub.SetPendingLimits(-1, limit); err != nil {
		return nil, b.wrap("subscribing to "+pattern, err)
	}
	b.mu.Lock()
	b.subs[sub] = s
	b.mu.Unlock()
	// The server knows of it when it has answered a ping that was sent after it.
	if err := b.Flush(context.Background()); err != nil {
		s.Unsubscribe()
		return nil, err
	}
	return s, nil
}

func (s *subscription) handle(m *natsgo.Msg) {
	if len(m.Data) == 0 && len(m.Header) > 0 && m.Header.Get("Status") == "503" {
		return // the server's word that nobody heard what we asked
	}
	s.mu.Lock()
	ended := s.ended
	s.mu.Unlock()
	if ended {
		return
	}
	s.owner.delivered.Add(1)
	s.owner.deliveredBytes.Add(uint64(len(m.Data)))
	s.deliver(bus.Message{Subject: m.Subject, Reply: m.Reply, Data: m.Data})
}

func (s *subscription) end() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
}

// Unsubscribe implements bus.Subscription.
func (s *subscription) Unsubscribe() error {
	s.end()
	b := s.owner
	b.mu.Lock()
	if _, there := b.subs[s.sub]; there {
		delete(b.subs, s.sub)
		if n, err := s.sub.Dropped(); err == nil {
			b.dropped += uint64(n)
		}
	}
	b.mu.Unlock()
	if err := s.sub.Unsubscribe(); err != nil && s.sub.IsValid() {
		return b.wrap("unsubscribing from "+s.pattern, err)
	}
	return nil
}
