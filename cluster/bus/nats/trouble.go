package nats

import (
	"errors"
	"time"

	natsgo "github.com/nats-io/nats.go"

	"github.com/volley-snn/volley/cluster/bus"
)

// trouble passes on what nats.go reports beside the calls that are made of it.
func (b *Bus) trouble(sub *natsgo.Subscription, err error) {
	t := &bus.Trouble{Kind: bus.Refused, Err: err}
	if sub != nil {
		t.Subject = sub.Subject
	}
	if errors.Is(err, natsgo.ErrSlowConsumer) {
		t.Kind, t.Err = bus.Dropped, nil
		b.mu.Lock()
		if s := b.subs[sub]; s != nil {
			if n, err := sub.Dropped(); err == nil {
				t.Dropped = uint64(n) - s.told
				s.told = uint64(n)
			}
		}
		b.mu.Unlock()
	}
	b.troubles.Tell(t)
}

func (b *Bus) disconnected(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.away {
		return // giving up is no second break
	}
	b.away = true
	b.disconnects.Add(1)
	b.troubles.Tell(&bus.Trouble{Kind: bus.Disconnected, Err: err})
	if b.o.GiveUpAfter > 0 && b.giveUp == nil {
		b.giveUp = time.AfterFunc(b.o.GiveUpAfter, func() { b.conn.Close() })
	}
}

func (b *Bus) reconnected() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.giveUp != nil {
		b.giveUp.Stop()
		b.giveUp = nil
	}
	b.away = false
	b.reconnects.Add(1)
	b.troubles.Tell(&bus.Trouble{Kind: bus.Reconnected})
}

// closedByTransport is called when nats.go has closed the connection: because
// Close was called, because GiveUpAfter has passed, or because the servers refuse
// the credentials.
func (b *Bus) closedByTransport(err error) {
	b.mu.Lock()
	mine := b.closed
	b.mu.Unlock()
	if !mine {
		b.troubles.Tell(&bus.Trouble{Kind: bus.GivenUp, Err: err})
		b.cancel()
	}
}
