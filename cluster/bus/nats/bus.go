package nats

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	natsgo "github.com/nats-io/nats.go"

	"github.com/volley-snn/volley/cluster/bus"
)

// Bus is a connection to a NATS server.
type Bus struct {
	o         Options
	conn      *natsgo.Conn
	connected chan struct{} // closed when conn is set
	maxBytes  int
	troubles  *bus.Troubles
	ctx       context.Context // done when the connection is closed
	cancel    context.CancelFunc

	published, publishedBytes, delivered, deliveredBytes atomic.Uint64
	disconnects, reconnects                              atomic.Uint64

	mu      sync.Mutex
	subs    map[*natsgo.Subscription]*subscription
	dropped uint64 // of subscriptions that have ended
	giveUp  *time.Timer
	away    bool // broken, and not yet back
	closed  bool
}

var _ bus.Bus = (*Bus)(nil)

func newBus(o Options) *Bus {
	b := &Bus{o: o, connected: make(chan struct{}), troubles: bus.NewTroubles(), subs: map[*natsgo.Subscription]*subscription{}}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	return b
}

// Publish implements bus.Bus. While the connection is broken up to 8 MiB wait for
// its return; more is an error.
func (b *Bus) Publish(subject string, data []byte) error { return b.send(subject, "", data) }

// Ask implements bus.Bus.
func (b *Bus) Ask(subject, reply string, data []byte) error {
	if err := bus.CheckSubject(reply); err != nil {
		return err
	}
	return b.send(subject, reply, data)
}

func (b *Bus) send(subject, reply string, data []byte) error {
	if err := b.check(subject, data); err != nil {
		return err
	}
	var err error
	if reply == "" {
		err = b.conn.Publish(subject, data)
	} else {
		err = b.conn.PublishRequest(subject, reply, data)
	}
	if err != nil && !b.breaks(err) {
		return b.wrap("publishing on "+subject, err)
	}
	b.published.Add(1)
	b.publishedBytes.Add(uint64(len(data)))
	return nil
}

// breaks reports whether an error is but that of a connection that breaks: then the
// message is lost on its way like others, which Lost tells, and the connection comes
// back or is given up.
func (b *Bus) breaks(err error) bool {
	if b.conn.IsClosed() {
		return false
	}
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrClosedPipe) || // the way to a server in this process
		strings.HasPrefix(err.Error(), "tls: ") ||
		errors.Is(err, natsgo.ErrReconnectBufExceeded) || // more than is kept for when it comes back
		errors.Is(err, natsgo.ErrConnectionClosed) // which who waits is told also of one that comes back
}

// check refuses what cannot be published.
func (b *Bus) check(subject string, data []byte) error {
	if err := bus.CheckSubject(subject); err != nil {
		return err
	}
	if len(data) > b.maxBytes {
		return &bus.TooLarge{Subject: subject, Bytes: len(data), MaxBytes: b.maxBytes}
	}
	return nil
}

// wrap names what failed, and says ErrClosed as the contract does.
func (b *Bus) wrap(what string, err error) error {
	if b.ctx.Err() != nil || errors.Is(err, natsgo.ErrConnectionClosed) {
		return bus.ErrClosed
	}
	return fmt.Errorf("nats: %s: %w", what, err)
}

// Request implements bus.Bus.
func (b *Bus) Request(ctx context.Context, subject string, data []byte) ([]byte, error) {
	if err := b.check(subject, data); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout) // an earlier deadline of ctx stays
	defer cancel()
	defer context.AfterFunc(b.ctx, cancel)()
	if b.ctx.Err() != nil {
		return nil, bus.ErrClosed
	}
	b.published.Add(1)
	b.publishedBytes.Add(uint64(len(data)))
	m, err := b.conn.RequestWithContext(ctx, subject, data)
	if err != nil && b.breaks(err) {
		<-ctx.Done() // it is lost on its way, which a time-out tells
	}
	switch {
	case err == nil:
		return m.Data, nil
	case errors.Is(err, natsgo.ErrNoResponders):
		return nil, fmt.Errorf("%w on %s", bus.ErrNoResponder, subject)
	case b.ctx.Err() != nil:
		return nil, bus.ErrClosed
	case ctx.Err() != nil:
		return nil, fmt.Errorf("bus: no answer on %s: %w", subject, ctx.Err())
	}
	return nil, b.wrap("request on "+subject, err)
}

// Flush implements bus.Bus.
func (b *Bus) Flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout) // an earlier deadline of ctx stays
	defer cancel()
	defer context.AfterFunc(b.ctx, cancel)()
	for {
		err := b.conn.FlushWithContext(ctx)
		switch {
		case err == nil:
			return nil
		case b.breaks(err) && ctx.Err() == nil:
		case b.ctx.Err() == nil && ctx.Err() != nil:
			return fmt.Errorf("bus: the server has not answered a flush: %w", ctx.Err())
		default:
			return b.wrap("flush", err)
		}
		select {
		case <-time.After(b.o.ReconnectWait):
		case <-ctx.Done():
		}
	}
}

// Lost implements bus.Bus.
func (b *Bus) Lost() <-chan error { return b.troubles.Lost() }

// Stats implements bus.Bus.
func (b *Bus) Stats() bus.Stats {
	b.mu.Lock()
	dropped, subscriptions := b.dropped, len(b.subs)
	for sub := range b.subs {
		if n, err := sub.Dropped(); err == nil {
			dropped += uint64(n)
		}
	}
	b.mu.Unlock()
	return bus.Stats{
		Published: b.published.Load(), PublishedBytes: b.publishedBytes.Load(),
		Delivered: b.delivered.Load(), DeliveredBytes: b.deliveredBytes.Load(),
		Dropped: dropped, Disconnects: b.disconnects.Load(), Reconnects: b.reconnects.Load(),
		Subscriptions: subscriptions, Troubles: b.troubles.Told(),
	}
}

// Server is the URL of the server that the connection is to at the moment, or
// empty while it is to none.
func (b *Bus) Server() string { return b.conn.ConnectedUrlRedacted() }

// Close implements bus.Bus.
func (b *Bus) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil
	}
	b.closed = true
	if b.giveUp != nil {
		b.giveUp.Stop()
	}
	all := make([]*subscription, 0, len(b.subs))
	for _, s := range b.subs {
		all = append(all, s)
	}
	b.mu.Unlock()
	b.cancel()
	for _, s := range all {
		s.end()
	}
	b.conn.Close()
	b.troubles.Close()
	return nil
}
