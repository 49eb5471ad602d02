package nats

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// record is the last message of a name.
type record struct {
	jetstream.ObjectInfo
	sequence uint64 // 0 where there is none
}

// there says whether the name has a blob.
func (r record) there() bool { return r.sequence > 0 && !r.Deleted }

func (b *Bucket) metaOf(name string) string {
	return "$O." + b.c.Bucket + ".M." + base64.URLEncoding.EncodeToString([]byte(name))
}

func (b *Bucket) chunksOf(id string) string { return "$O." + b.c.Bucket + ".C." + id }

// look reads the last message of a name.
func (b *Bucket) look(ctx context.Context, name string) (r record, err error) {
	var m *jetstream.RawStreamMsg
	err = b.ask(ctx, func(ctx context.Context) (err error) {
		m, err = b.stream.GetLastMsgForSubject(ctx, b.metaOf(name))
		return err
	})
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return r, nil
	}
	if err != nil {
		return r, b.wrong(err)
	}
	if err := json.Unmarshal(m.Data, &r.ObjectInfo); err != nil {
		return r, fmt.Errorf("%s: %s: %w", b.c.where(), name, err)
	}
	r.sequence = m.Sequence
	return r, nil
}

// Entry is a blob of a list.
type Entry struct {
	Name string
	Size int64 // bytes
}

// List is all blobs, in no order. Its cost is that of all of the bucket.
func (b *Bucket) List(ctx context.Context) ([]Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, longest) // nats.go has 10 s without one
	defer cancel()
	all, err := b.object.List(ctx)
	if errors.Is(err, jetstream.ErrNoObjectsFound) {
		return nil, nil
	}
	if err != nil {
		return nil, b.wrong(err)
	}
	var entries []Entry
	for _, o := range all {
		entries = append(entries, Entry{o.Name, int64(o.Size)})
	}
	return entries, nil
}

// Delete removes a blob and its name; one that is not there is no error.
func (b *Bucket) Delete(ctx context.Context, name string) error {
	r, err := b.look(ctx, name)
	if err != nil || r.sequence == 0 {
		return err
	}
	err = b.ask(ctx, func(ctx context.Context) error { // but not what somebody puts there meanwhile
		return b.stream.Purge(ctx, jetstream.WithPurgeSubject(b.metaOf(name)), jetstream.WithPurgeSequence(r.sequence+1))
	})
	if err != nil {
		return b.wrong(err)
	}
	return b.purge(ctx, r)
}

// purge removes the chunks of a record that no longer counts.
func (b *Bucket) purge(ctx context.Context, r record) error {
	if r.NUID == "" {
		return nil
	}
	return b.wrong(b.ask(ctx, func(ctx context.Context) error {
		return b.stream.Purge(ctx, jetstream.WithPurgeSubject(b.chunksOf(r.NUID)))
	}))
}

// longest bounds what is read in one go; patience is how long the next byte of it is
// waited for.
const (
	longest  = 24 * time.Hour
	patience = 30 * time.Second
)

// Get opens a blob; the error is fs.ErrNotExist where there is none. Its digest is
// checked at its end.
func (b *Bucket) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, longest) // nats.go has 10 s for all of it without one
	r, err := b.object.Get(ctx, name)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		err = fmt.Errorf("%s: %s: %w", b.c.where(), name, fs.ErrNotExist)
	} else {
		err = b.wrong(err)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return &reading{b, name, r, cancel}, nil
}

// reading is a blob that is being read. Where its chunks are removed meanwhile none
// comes any more, and nobody says so.
type reading struct {
	b      *Bucket
	name   string
	r      io.ReadCloser
	cancel func()
}

func (r *reading) Read(p []byte) (int, error) {
	late := time.AfterFunc(patience, func() { r.Close() })
	n, err := r.r.Read(p)
	if !late.Stop() && err != nil {
		err = fmt.Errorf("%s: %s: nothing came for %v: it was replaced or removed meanwhile, or the server is away", r.b.c.where(), r.name, patience)
	} else if err != nil && !errors.Is(err, io.EOF) {
		err = r.b.wrong(fmt.Errorf("%s: %w", r.name, err))
	}
	return n, err
}

func (r *reading) Close() error {
	r.cancel()
	return r.r.Close()
}
