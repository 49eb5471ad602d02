package nats

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	natsgo "github.com/nats-io/nats.go"

	"github.com/volley-snn/volley/cluster/bus"
)

// Connect connects to one of the servers. It fails with one error within
// ConnectTimeout or when ctx is done; the error is bus.ErrRefused if a server
// answered and did not let us in.
func Connect(ctx context.Context, o Options) (*Bus, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	return connect(ctx, o.filled())
}

// connect takes filled options, and options of nats.go beside them.
func connect(ctx context.Context, o Options, more ...natsgo.Option) (*Bus, error) {
	if deadline, ok := ctx.Deadline(); ok {
		o.ConnectTimeout = max(min(o.ConnectTimeout, time.Until(deadline)), time.Millisecond)
	}
	b := newBus(o)
	type result struct {
		conn *natsgo.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		conn, err := natsgo.Connect(strings.Join(o.URLs, ","), append(b.options(), more...)...)
		done <- result{conn, err}
	}()
	abandon := func() {
		if r := <-done; r.conn != nil {
			r.conn.Close()
		}
	}
	timeout := time.NewTimer(o.ConnectTimeout + o.ConnectTimeout/4) // the client's own time-outs come first
	defer timeout.Stop()
	where := strings.Join(o.URLs, ", ")
	select {
	case r := <-done:
		if r.err != nil {
			return nil, explain(where, o, r.err)
		}
		b.conn = r.conn
		b.maxBytes = int(r.conn.MaxPayload())
		close(b.connected)
		return b, nil
	case <-ctx.Done():
		go abandon()
		return nil, fmt.Errorf("nats: connecting to %s: %w", where, ctx.Err())
	case <-timeout.C:
		go abandon()
		return nil, explain(where, o, natsgo.ErrTimeout)
	}
}

// explain turns an error of connecting into one that says what to do.
func explain(where string, o Options, err error) error {
	text := err.Error()
	// A TLS 1.3 server judges a client's certificate after the client thinks that all
	// is well; its refusal may be overtaken by the end of the connection.
	hungUp := o.TLS != nil && (errors.Is(err, io.EOF) || strings.Contains(text, "broken pipe") || strings.Contains(text, "connection reset"))
	switch {
	case errors.Is(err, natsgo.ErrAuthorization), errors.Is(err, natsgo.ErrAuthExpired), errors.Is(err, natsgo.ErrAuthRevoked):
		return fmt.Errorf("nats: %s: %w: the credentials are not the cluster's; give the cluster's --config: %w", where, bus.ErrRefused, err)
	case errors.Is(err, natsgo.ErrSecureConnWanted), errors.Is(err, natsgo.ErrSecureConnRequired):
		return fmt.Errorf("nats: %s: %w: the one side wants TLS, the other has none; give both the same --config: %w", where, bus.ErrRefused, err)
	case hungUp, strings.Contains(text, "tls:"), strings.Contains(text, "x509:"):
		return fmt.Errorf("nats: %s: %w: the certificates are not of one authority; give the cluster's --config: %w", where, bus.ErrRefused, err)
	case errors.Is(err, natsgo.ErrTimeout), strings.Contains(text, "timeout"):
		return fmt.Errorf("nats: no NATS server answers at %s within %v: %w", where, o.ConnectTimeout, err)
	}
	return fmt.Errorf("nats: no NATS server at %s: %w", where, err)
}

// options are those of nats.go.
func (b *Bus) options() []natsgo.Option {
	o := b.o
	all := []natsgo.Option{
		natsgo.Name(o.Name),
		natsgo.Timeout(o.ConnectTimeout / time.Duration(max(1, len(o.URLs)))),
		natsgo.ReconnectWait(o.ReconnectWait), natsgo.ReconnectJitter(o.ReconnectWait/2, o.ReconnectWait/2),
		natsgo.MaxReconnects(-1), // the timer of GiveUpAfter ends it
		natsgo.PingInterval(o.PingInterval), natsgo.MaxPingsOutstanding(3),
		natsgo.DontRandomize(),
		natsgo.WriteBufferSize(writeThroughBytes),
		natsgo.FlusherTimeout(writeTimeout), // of a socket that takes nothing
		natsgo.DisconnectErrHandler(func(_ *natsgo.Conn, err error) { b.disconnected(err) }),
		natsgo.ReconnectHandler(func(*natsgo.Conn) { b.reconnected() }),
		natsgo.ClosedHandler(func(c *natsgo.Conn) { b.closedByTransport(c.LastError()) }),
		natsgo.ErrorHandler(func(_ *natsgo.Conn, s *natsgo.Subscription, err error) { b.trouble(s, err) }),
	}
	if o.User != "" || o.Password != "" {
		all = append(all, natsgo.UserInfo(o.User, o.Password))
	}
	if o.CredentialsFile != "" {
		all = append(all, natsgo.UserCredentials(o.CredentialsFile))
	}
	if o.TLS != nil {
		all = append(all, natsgo.Secure(o.TLS.Clone()))
	}
	return all
}

// writeTimeout is how long a publisher waits for a server that does not read before
// the connection is broken.
const writeTimeout = 10 * time.Second

// writeThroughBytes is the size from which what is published goes to the socket in
// the publisher's own goroutine, rather than wait for another to be woken. A run
// publishes one envelope a step and waits for the others', so latency is all.
const writeThroughBytes = 1
