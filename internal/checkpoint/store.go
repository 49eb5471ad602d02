package checkpoint

import (
	"context"
	"io"
)

// Entry is a blob in a store.
type Entry struct {
	Key  string
	Size int64
}

// Store keeps named blobs; those of cluster/blob do, through an adapter. A blob is
// whole and durable once Put returns, or not there. Get fails with fs.ErrNotExist.
type Store interface {
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	Get(ctx context.Context, key string) (io.ReadCloser, error)
	List(ctx context.Context, prefix string) ([]Entry, error)
	Delete(ctx context.Context, key string) error
}
