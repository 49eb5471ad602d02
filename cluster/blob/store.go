// Package blob keeps named blobs where a run's nodes can all reach them: the parts
// and manifests of checkpoints, and the records that an epoch begins with.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// Store keeps blobs by key. It is safe for concurrent use. A blob is whole and
// durable when Put or Create returns nil, and whole or not there whenever somebody
// reads. Errors say the key and where the store is.
type Store interface {
	// Put stores size bytes of r under a key, and takes the place of what was
	// there. Where r ends early the error is io.ErrUnexpectedEOF and nothing changes.
	Put(ctx context.Context, key string, r io.Reader, size int64) error

	// Create stores data under a key that nobody has taken: of all who create one
	// key, exactly one is told nil, and the others an error that is fs.ErrExist. Each
	// must bring data of its own, with its name in it, say: who is told that a
	// request failed in the middle finds out in that way whether it went through.
	Create(ctx context.Context, key string, data []byte) error

	// Get opens a blob. The error is fs.ErrNotExist where there is none. Who reads
	// closes it.
	Get(ctx context.Context, key string) (io.ReadCloser, error)

	// List is the blobs whose keys begin with prefix, by key.
	List(ctx context.Context, prefix string) ([]Entry, error)

	// Delete removes a blob; one that is not there is no error.
	Delete(ctx context.Context, key string) error
}

// Entry is a blob of a list.
type Entry struct {
	Key  string
	Size int64 // bytes
}

// CheckKey refuses a key that some store could not hold, or would hold elsewhere.
// A key is elements of A-Z a-z 0-9 . _ - between slashes, none of which begins with
// a dot, of 512 bytes at most.
func CheckKey(key string) error {
	if len(key) > 512 {
		return fmt.Errorf("blob key of %d bytes: at most 512 are expected", len(key))
	}
	for element := range strings.SplitSeq(key, "/") {
		if element == "" || element[0] == '.' || strings.IndexFunc(element, outside) >= 0 {
			return fmt.Errorf("blob key %q: expected elements of A-Z a-z 0-9 . _ - between slashes, none empty or with a dot before it", key)
		}
	}
	return nil
}

func outside(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-')
}

// exactly reads size bytes, no more and no fewer.
type exactly struct {
	r    io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if errors.Is(err, io.EOF) && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// taken is the error of a key that somebody else created.
func taken(where, key string) error {
	return fmt.Errorf("%s: %s: %w", where, key, fs.ErrExist)
}
