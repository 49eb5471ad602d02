package nats

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Bucket is a connection to a bucket. It is safe for concurrent use.
type Bucket struct {
	c      Config
	conn   *natsgo.Conn
	js     jetstream.JetStream
	stream jetstream.Stream
	object jetstream.ObjectStore
	chunk  int

	denied atomic.Pointer[error] // what the server last refused us
}

// How long an answer of the server is waited for, and how long one is asked for again
// where none came: servers that lost their leader elect another.
const (
	answerTimeout = 5 * time.Second
	askTimeout    = 30 * time.Second
)

// ask asks until there is an answer. What is asked may be done twice.
func (b *Bucket) ask(ctx context.Context, question func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	for {
		one, cancel := context.WithTimeout(ctx, answerTimeout)
		err := question(one)
		cancel()
		if !away(err) || b.denied.Load() != nil {
			return err
		}
		select {
		case <-time.After(retryWait):
		case <-ctx.Done():
			return err
		}
	}
}

// away says whether an error is of a server that did not answer, or has no leader.
func away(err error) bool {
	var refused *jetstream.APIError
	if errors.As(err, &refused) && refused.Code == 503 && !errors.Is(err, jetstream.ErrJetStreamNotEnabled) {
		return true
	}
	for _, kind := range []error{context.DeadlineExceeded, natsgo.ErrTimeout, natsgo.ErrNoResponders, natsgo.ErrDisconnected, natsgo.ErrConnectionReconnecting, jetstream.ErrNoStreamResponse} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// Open connects to a bucket, and makes it where it is not there and c says so.
func Open(ctx context.Context, c Config) (*Bucket, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*answerTimeout)
	defer cancel()
	b := &Bucket{c: c}
	if err := b.connect(ctx, cancel); err != nil {
		return nil, err
	}
	if err := b.enter(ctx); err != nil {
		b.conn.Close()
		return nil, err
	}
	b.chunk = int(min(128<<10, b.conn.MaxPayload()))
	return b, nil
}

// connect connects to a server; what that one refuses until Open is over ends ctx.
func (b *Bucket) connect(ctx context.Context, cancel func()) error {
	c := b.c
	timeout := c.ConnectTimeout
	if timeout == 0 {
		timeout = 5 * time.Second
	}
	if deadline, ok := ctx.Deadline(); ok {
		timeout = max(min(timeout, time.Until(deadline)), time.Millisecond)
	}
	options := []natsgo.Option{
		natsgo.Name("volley blobs"), natsgo.Timeout(timeout), natsgo.MaxReconnects(-1), natsgo.ReconnectWait(100 * time.Millisecond),
		natsgo.ErrorHandler(func(_ *natsgo.Conn, _ *natsgo.Subscription, err error) {
			if errors.Is(err, natsgo.ErrPermissionViolation) {
				b.denied.Store(&err)
				cancel()
			}
		}),
	}
	if c.User != "" || c.Password != "" {
		options = append(options, natsgo.UserInfo(c.User, c.Password))
	}
	if c.CredentialsFile != "" {
		options = append(options, natsgo.UserCredentials(c.CredentialsFile))
	}
	if c.CA != "" {
		options = append(options, natsgo.RootCAs(c.CA))
	}
	if c.Certificate != "" {
		options = append(options, natsgo.ClientCert(c.Certificate, c.Key))
	}
	var err error
	b.conn, err = natsgo.Connect(c.URL, options...)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, natsgo.ErrAuthorization), errors.Is(err, natsgo.ErrAuthExpired), errors.Is(err, natsgo.ErrAuthRevoked):
		return fmt.Errorf("%s: no permission: the credentials (NATS_USER and NATS_PASSWORD, or NATS_CREDS) are not the server's: %w", c.where(), err)
	}
	return fmt.Errorf("%s: no NATS server can be reached there: %w", c.where(), err)
}

// enter finds the bucket, or makes it.
func (b *Bucket) enter(ctx context.Context) (err error) {
	if b.js, err = jetstream.New(b.conn, jetstream.WithPublishAsyncMaxPending(1<<14), jetstream.WithPublishAsyncTimeout(askTimeout), jetstream.WithDefaultTimeout(answerTimeout)); err != nil {
		return b.wrong(err)
	}
	b.stream, err = b.js.Stream(ctx, streamOf(b.c.Bucket))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if !b.c.Create {
			return fmt.Errorf("%s: no such bucket", b.c.where())
		}
		b.stream, err = b.js.CreateStream(ctx, b.c.stream())
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another was quicker, with other replicas
			b.stream, err = b.js.Stream(ctx, streamOf(b.c.Bucket))
		}
		if err != nil {
			return fmt.Errorf("the bucket is not there and cannot be made: %w", b.wrong(err))
		}
	}
	if err != nil {
		return b.wrong(err)
	}
	if own := b.stream.CachedInfo().Config; own.AllowDirect && own.Replicas > 1 {
		return fmt.Errorf("%s: replicas of this bucket answer for its leader, with what may be out of date: expected a bucket that volley makes, or one after nats stream edit %s --no-allow-direct", b.c.where(), own.Name)
	}
	b.object, err = b.js.ObjectStore(ctx, b.c.Bucket)
	return b.wrong(err)
}

func streamOf(bucket string) string { return "OBJ_" + bucket }

// stream is the stream of a new bucket, as NATS's own tools make one, but for reads
// that only its leader answers.
func (c Config) stream() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: streamOf(c.Bucket), Description: "blobs of volley",
		Subjects: []string{"$O." + c.Bucket + ".C.>", "$O." + c.Bucket + ".M.>"},
		MaxBytes: -1, Replicas: max(c.Replicas, 1), Discard: jetstream.DiscardNew, AllowRollup: true,
	}
}

// Close ends the connection.
func (b *Bucket) Close() error {
	b.conn.Close()
	return nil
}

// wrong says where err is from, and what of it a user can change.
func (b *Bucket) wrong(err error) error {
	if err == nil {
		return nil
	}
	late := errors.Is(err, natsgo.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, jetstream.ErrAsyncPublishTimeout)
	switch denied := b.denied.Load(); {
	case late && denied != nil:
		return fmt.Errorf("%s: no permission: %w", b.c.where(), *denied)
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount), errors.Is(err, natsgo.ErrNoResponders):
		return fmt.Errorf("%s: the server keeps no objects: expected one with JetStream (jetstream {} in its configuration): %w", b.c.where(), err)
	}
	return fmt.Errorf("%s: %w", b.c.where(), err)
}
