package blob

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/volley-snn/volley/cluster/blob/nats"
)

// NATSConfig says where a bucket of a NATS server is and who asks.
type NATSConfig = nats.Config

// NATS is a Store in an object store of a NATS server with JetStream. That server says
// that a blob is safe when it has been written, and puts it on disk every two minutes
// unless its configuration says sync_interval: always; Replicas on other machines are
// the other way to outlive a power failure. A List costs what the whole bucket does.
type NATS struct{ bucket *nats.Bucket }

// NewNATS opens a bucket. A server that cannot be reached, or has no JetStream, a
// bucket that is not there, and wrong credentials are errors.
func NewNATS(ctx context.Context, c NATSConfig) (*NATS, error) {
	b, err := nats.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	return &NATS{b}, nil
}

// Put stores a blob.
func (n *NATS) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	return n.bucket.Put(ctx, key, &exactly{r, size})
}

// Create stores a blob under a key that is free.
func (n *NATS) Create(ctx context.Context, key string, data []byte) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	return n.bucket.Create(ctx, key, bytes.NewReader(data))
}

// Get opens a blob.
func (n *NATS) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	return n.bucket.Get(ctx, key)
}

// List is the blobs whose keys begin with prefix.
func (n *NATS) List(ctx context.Context, prefix string) ([]Entry, error) {
	all, err := n.bucket.List(ctx)
	if err != nil {
		return nil, err
	}
	var found []Entry
	for _, e := range all {
		if strings.HasPrefix(e.Name, prefix) && CheckKey(e.Name) == nil {
			found = append(found, Entry{e.Name, e.Size})
		}
	}
	slices.SortFunc(found, func(a, b Entry) int { return cmp.Compare(a.Key, b.Key) })
	return found, nil
}

// Delete removes a blob.
func (n *NATS) Delete(ctx context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	return n.bucket.Delete(ctx, key)
}

// Close ends the connection.
func (n *NATS) Close() error { return n.bucket.Close() }
