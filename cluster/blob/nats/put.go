package nats

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Put stores what r holds, and takes the place of what was there.
func (b *Bucket) Put(ctx context.Context, name string, r io.Reader) error {
	next, err := b.write(ctx, name, r)
	if err != nil {
		return err
	}
	for {
		before, err := b.look(ctx, name)
		if err == nil {
			err = b.publish(ctx, next, before)
		}
		if errors.Is(err, errOvertaken) {
			continue // somebody else put one there meanwhile
		}
		if err != nil {
			b.forget(ctx, next)
			return err
		}
		b.forget(ctx, before)
		return nil
	}
}

// Create stores data under a name that has no blob. Where it has, the error is
// fs.ErrExist.
func (b *Bucket) Create(ctx context.Context, name string, r io.Reader) error {
	taken := fmt.Errorf("%s: %s: %w", b.c.where(), name, fs.ErrExist)
	before, err := b.look(ctx, name)
	if err != nil {
		return err
	}
	if before.there() {
		return taken
	}
	next, err := b.write(ctx, name, r)
	if err != nil {
		return err
	}
	if err = b.publish(ctx, next, before); err != nil {
		b.forget(ctx, next)
	}
	if errors.Is(err, errOvertaken) {
		return taken
	}
	return err
}

// forget removes chunks that no name has, as far as it can; a context that is done is
// no reason to leave them.
func (b *Bucket) forget(ctx context.Context, r record) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	_ = b.purge(ctx, r)
}

// errOvertaken is of a name whose last message is not the one that was looked at.
var errOvertaken = errors.New("overtaken")

// publish names the chunks of next, where before is still what its name has.
func (b *Bucket) publish(ctx context.Context, next, before record) error {
	data, err := json.Marshal(next.ObjectInfo)
	if err != nil {
		return err
	}
	m := natsgo.NewMsg(b.metaOf(next.Name))
	m.Data = data
	m.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
	for {
		err := b.ask(ctx, func(ctx context.Context) error {
			_, err := b.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(before.sequence))
			return err
		})
		if err == nil {
			return nil
		}
		// An answer may have been lost: what is there may be ours.
		now, lookErr := b.look(context.WithoutCancel(ctx), next.Name)
		switch {
		case lookErr == nil && now.NUID == next.NUID:
			return nil
		case lookErr == nil && now.sequence != before.sequence:
			return errOvertaken
		case !overtaken(err):
			return b.wrong(err)
		}
		// Another's is on its way to the replicas, and may yet fail.
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// overtaken says whether the server found another last message than was expected.
func overtaken(err error) bool {
	var refused *jetstream.APIError
	return errors.As(err, &refused) && (refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// How often what nobody answered, a server that is being elected say, is sent again.
const (
	retries   = 20
	retryWait = 250 * time.Millisecond
)

// window is how many chunks of a blob may be on their way: a server that has to hold
// more than it likes refuses them.
const window = 32

// write stores the chunks of a blob, and gives the record that is to name them.
func (b *Bucket) write(ctx context.Context, name string, r io.Reader) (record, error) {
	next := record{ObjectInfo: jetstream.ObjectInfo{Bucket: b.c.Bucket, NUID: rand.Text(), ObjectMeta: jetstream.ObjectMeta{Name: name, Opts: &jetstream.ObjectMetaOptions{ChunkSize: uint32(b.chunk)}}}}
	err := b.chunks(ctx, &next, r)
	if err != nil {
		b.forget(ctx, next)
	}
	return next, err
}

func (b *Bucket) chunks(ctx context.Context, next *record, r io.Reader) error {
	digest := sha256.New()
	var sent [window]jetstream.PubAckFuture
	var buffers [window][]byte
	for end := false; !end; {
		k := next.Chunks % window
		if err := b.settle(ctx, sent[k]); err != nil {
			return err
		}
		sent[k] = nil
		if buffers[k] == nil {
			buffers[k] = make([]byte, b.chunk)
		}
		n, err := fill(r, buffers[k])
		if end = errors.Is(err, io.EOF); err != nil && !end {
			return err
		}
		if n == 0 {
			break
		}
		digest.Write(buffers[k][:n])
		m := &natsgo.Msg{Subject: b.chunksOf(next.NUID), Data: buffers[k][:n]}
		if sent[k], err = b.js.PublishMsgAsync(m, jetstream.WithRetryAttempts(retries), jetstream.WithRetryWait(retryWait)); err != nil {
			return b.wrong(err)
		}
		next.Size, next.Chunks = next.Size+uint64(n), next.Chunks+1
	}
	for _, f := range sent {
		if err := b.settle(ctx, f); err != nil {
			return err
		}
	}
	next.Digest = jetstream.GetObjectDigestValue(digest)
	return nil
}

// fill reads until p is full or r ends, and gives r's own error.
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var more int
		more, err = r.Read(p[n:])
		n += more
	}
	return n, err
}

// settle waits until the server has taken what f is of; nil is of nothing.
func (b *Bucket) settle(ctx context.Context, f jetstream.PubAckFuture) error {
	if ctx.Err() != nil || f == nil {
		return ctx.Err()
	}
	select {
	case <-f.Ok():
		return nil
	case err := <-f.Err():
		return b.wrong(err)
	case <-ctx.Done():
		return ctx.Err()
	}
}
