package chaos

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
)

// Bus disturbs what is published on another. Requests may be dropped, which their
// time-out tells, and nothing else. What it drops it does not tell on Lost: finding
// out is what is to be tried.
type Bus struct {
	bus.Bus
	seed   uint64
	faults Faults

	mu     sync.Mutex
	seen   occasions
	counts Counts
	cut    bool
	closed bool
	held   []*held // by Reorder, to go after the next message
	timers map[*time.Timer]struct{}
}

// held is a message that waits for another to overtake it.
type held struct {
	send  func() error
	timer *time.Timer
}

var _ bus.Bus = (*Bus)(nil)

// Wrap returns a bus that disturbs b, and owns it.
func Wrap(b bus.Bus, seed uint64, f Faults) (*Bus, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	if f.MaxDelay == 0 {
		f.MaxDelay = DefaultMaxDelay
	}
	return &Bus{Bus: b, seed: seed, faults: f, timers: map[*time.Timer]struct{}{}}, nil
}

// Publish implements bus.Bus.
func (b *Bus) Publish(subject string, data []byte) error {
	return b.send(subject, data, func(data []byte) error { return b.Bus.Publish(subject, data) })
}

// Ask implements bus.Bus.
func (b *Bus) Ask(subject, reply string, data []byte) error {
	return b.send(subject, data, func(data []byte) error { return b.Bus.Ask(subject, reply, data) })
}

// Request implements bus.Bus.
func (b *Bus) Request(ctx context.Context, subject string, data []byte) ([]byte, error) {
	if !b.fate(subject, data).drop {
		return b.Bus.Request(ctx, subject, data)
	}
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout) // an earlier deadline of ctx stays
	defer cancel()
	<-ctx.Done()
	return nil, fmt.Errorf("bus: no answer on %s: %w", subject, ctx.Err())
}

// Respond implements bus.Bus: answers are disturbed like all that is published.
func (b *Bus) Respond(pattern, queue string, answer func(bus.Message) []byte) (bus.Subscription, error) {
	return b.Bus.Respond(pattern, queue, func(m bus.Message) []byte {
		if b.isCut() {
			return nil
		}
		data := answer(m)
		if data != nil && m.Reply != "" && b.fate(m.Reply, data).drop {
			return nil
		}
		return data
	})
}

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(pattern string, deliver func(bus.Message)) (bus.Subscription, error) {
	return b.Bus.Subscribe(pattern, func(m bus.Message) {
		if !b.isCut() {
			deliver(m)
		}
	})
}

// Cut takes the connection away, or gives it back: meanwhile nothing is sent or
// delivered, and nobody is told.
func (b *Bus) Cut(cut bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cut = cut
}

func (b *Bus) isCut() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cut
}

// Counts is what happened so far.
func (b *Bus) Counts() Counts {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counts
}

// fate decides about a message and counts it.
func (b *Bus) fate(subject string, data []byte) fate {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counts.Sent++
	var t fate
	if b.faults.concerns(subject) {
		message := identify(b.seed, subject, data)
		t = b.faults.decide(message, b.seen.next(message))
	}
	if t.drop = t.drop || b.cut; t.drop {
		b.counts.Dropped++
	}
	return t
}

// send does to a message what is to happen. What arrives late may fail without
// anybody hearing of it, as on any network.
func (b *Bus) send(subject string, data []byte, send func([]byte) error) error {
	t := b.fate(subject, data)
	switch {
	case t.drop:
		// A wrong subject, or a closed bus, is told all the same.
		if err := bus.CheckSubject(subject); err != nil {
			return err
		}
		if b.isClosed() {
			return bus.ErrClosed
		}
		return nil
	case t.reorder || t.delay:
		kept := bytes.Clone(data)
		again := func() error {
			err := send(kept)
			if t.duplicate && err == nil {
				err = send(kept)
			}
			return err
		}
		return b.later(t, again)
	}
	err := send(data)
	if t.duplicate && err == nil {
		b.count(func(c *Counts) { c.Duplicated++ })
		err = send(data)
	}
	b.release()
	return err
}

func (b *Bus) count(f func(*Counts)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.counts)
}

func (b *Bus) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// later sends after a while, or when another message has overtaken it.
func (b *Bus) later(t fate, send func() error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return bus.ErrClosed
	}
	if t.duplicate {
		b.counts.Duplicated++
	}
	after := t.after
	if t.reorder {
		b.counts.Reordered++
		after = b.faults.MaxDelay
	} else {
		b.counts.Delayed++
	}
	h := &held{send: send}
	h.timer = time.AfterFunc(after, func() {
		if b.take(h) {
			h.send()
		}
	})
	b.timers[h.timer] = struct{}{}
	if t.reorder {
		b.held = append(b.held, h)
	}
	return nil
}

// take says whether a message that was kept is still to be sent, once.
func (b *Bus) take(h *held) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, waiting := b.timers[h.timer]
	delete(b.timers, h.timer)
	h.timer.Stop()
	return waiting && !b.closed && !b.cut
}

// release sends what waited to be overtaken.
func (b *Bus) release() {
	b.mu.Lock()
	all := b.held
	b.held = nil
	b.mu.Unlock()
	for _, h := range all {
		if b.take(h) {
			h.send()
		}
	}
}

// Close implements bus.Bus. What was kept is gone.
func (b *Bus) Close() error {
	b.mu.Lock()
	b.closed = true
	for timer := range b.timers {
		timer.Stop()
	}
	clear(b.timers)
	b.held = nil
	b.mu.Unlock()
	return b.Bus.Close()
}
