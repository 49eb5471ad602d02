package memory

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/volley-snn/volley/cluster/bus"
)

// Bus is a connection to a hub.
type Bus struct {
	hub             *Hub
	maxPendingBytes int64
	troubles        *bus.Troubles
	done            chan struct{} // closed by Close

	published, publishedBytes, delivered, deliveredBytes, dropped atomic.Uint64

	mu     sync.Mutex
	subs   map[*subscription]struct{}
	closed bool
}

var _ bus.Bus = (*Bus)(nil)

// Publish implements bus.Bus.
func (b *Bus) Publish(subject string, data []byte) error {
	_, err := b.send(subject, "", data)
	return err
}

// Ask implements bus.Bus.
func (b *Bus) Ask(subject, reply string, data []byte) error {
	if err := bus.CheckSubject(reply); err != nil {
		return err
	}
	_, err := b.send(subject, reply, data)
	return err
}

func (b *Bus) send(subject, reply string, data []byte) (reached int, err error) {
	if err := bus.CheckSubject(subject); err != nil {
		return 0, err
	}
	if len(data) > b.hub.options.MaxBytes {
		return 0, &bus.TooLarge{Subject: subject, Bytes: len(data), MaxBytes: b.hub.options.MaxBytes}
	}
	select {
	case <-b.done:
		return 0, bus.ErrClosed
	default:
	}
	b.published.Add(1)
	b.publishedBytes.Add(uint64(len(data)))
	return b.hub.publish(subject, reply, data), nil
}

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(pattern string, deliver func(bus.Message)) (bus.Subscription, error) {
	return b.subscribe(pattern, "", deliver)
}

// Respond implements bus.Bus.
func (b *Bus) Respond(pattern, queue string, answer func(bus.Message) []byte) (bus.Subscription, error) {
	return b.subscribe(pattern, queue, func(m bus.Message) {
		if data := answer(m); data != nil && m.Reply != "" {
			if _, err := b.send(m.Reply, "", data); err != nil {
				b.troubles.Tell(&bus.Trouble{Kind: bus.Refused, Subject: m.Reply, Err: fmt.Errorf("answer: %w", err)})
			}
		}
	})
}

func (b *Bus) subscribe(pattern, queue string, deliver func(bus.Message)) (bus.Subscription, error) {
	if err := bus.CheckPattern(pattern); err != nil {
		return nil, err
	}
	s := newSubscription(b, pattern, queue, deliver)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, bus.ErrClosed
	}
	b.subs[s] = struct{}{}
	b.hub.add(s)
	go s.run()
	return s, nil
}

// forget ends a subscription.
func (b *Bus) forget(s *subscription) {
	b.mu.Lock()
	_, mine := b.subs[s]
	delete(b.subs, s)
	b.mu.Unlock()
	if mine {
		b.hub.remove(s)
	}
	s.end()
}

// Request implements bus.Bus.
func (b *Bus) Request(ctx context.Context, subject string, data []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout) // an earlier deadline of ctx stays
	defer cancel()
	answer := make(chan []byte, 1)
	inbox := bus.Inbox()
	sub, err := b.Subscribe(inbox, func(m bus.Message) {
		select {
		case answer <- m.Data:
		default: // only the first counts
		}
	})
	if err != nil {
		return nil, err
	}
	defer sub.Unsubscribe()
	reached, err := b.send(subject, inbox, data)
	if err != nil {
		return nil, err
	}
	if reached == 0 {
		return nil, fmt.Errorf("%w on %s", bus.ErrNoResponder, subject)
	}
	select {
	case data := <-answer:
		return data, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("bus: no answer on %s: %w", subject, ctx.Err())
	case <-b.done:
		return nil, bus.ErrClosed
	}
}

// Flush implements bus.Bus. A hub takes messages at once.
func (b *Bus) Flush(ctx context.Context) error {
	select {
	case <-b.done:
		return bus.ErrClosed
	default:
		return ctx.Err()
	}
}

// Lost implements bus.Bus.
func (b *Bus) Lost() <-chan error { return b.troubles.Lost() }

// Stats implements bus.Bus.
func (b *Bus) Stats() bus.Stats {
	b.mu.Lock()
	subscriptions := len(b.subs)
	b.mu.Unlock()
	return bus.Stats{
		Published: b.published.Load(), PublishedBytes: b.publishedBytes.Load(),
		Delivered: b.delivered.Load(), DeliveredBytes: b.deliveredBytes.Load(),
		Dropped: b.dropped.Load(), Subscriptions: subscriptions, Troubles: b.troubles.Told(),
	}
}

// Close implements bus.Bus.
func (b *Bus) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil
	}
	b.closed = true
	subs := b.subs
	b.subs = nil
	b.mu.Unlock()
	close(b.done)
	for s := range subs {
		b.hub.remove(s)
		s.end()
	}
	b.troubles.Close()
	return nil
}
