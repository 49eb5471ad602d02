package injection

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"

	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// Journal keeps injected spikes in a file. What Append took counts only when Sync has
// returned. It is not safe for concurrent use.
type Journal struct {
	file   *os.File
	also   func(data []byte) error
	digest hash.Hash
	counts Kept

	buffer   []byte // not written
	spikes   []byte
	envelope messages.Envelope
	err      error // the first; later ones repeat it
	closed   bool
}

// Kept is what a journal holds.
type Kept struct {
	Spikes, Records, Bytes int64
	Last                   snn.Tick // of the last record
}

// Create begins a journal in a new file. also, where not nil, takes each part of it to
// a second place, such as a store that outlives this machine, before that counts.
func Create(path string, h *Header, also func(data []byte) error) (*Journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, fmt.Errorf("the journal of injected spikes: %w", err)
	}
	j := &Journal{file: file, also: also, digest: sha256.New()}
	j.buffer = messages.AppendFrame(j.buffer, messages.Frame{Kind: messages.HeaderFrame}, h.encode())
	if err := j.Sync(); err != nil {
		_ = file.Close()
		return nil, err
	}
	return j, nil
}

// Reopen goes on with a journal that was cut short, whose content a run's second place
// had: it is written to a new file, without what a crash left of a last record, and
// taken by also as a whole.
func Reopen(path string, content []byte, n *kernel.Network, also func(data []byte) error) (*Journal, error) {
	r, err := Open(bytes.NewReader(content), int64(len(content)), n)
	if err != nil {
		return nil, err
	}
	if r.Ended {
		return nil, fmt.Errorf("%w: its run has ended", ErrClosed)
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("the journal of injected spikes: %w", err)
	}
	j := &Journal{file: file, also: also, digest: sha256.New(), buffer: bytes.Clone(content[:r.Kept.Bytes]), counts: r.Kept}
	j.counts.Bytes = 0
	if err := j.Sync(); err != nil {
		_ = file.Close()
		return nil, err
	}
	return j, nil
}

// ErrClosed is that a journal is over.
var ErrClosed = errors.New("the journal of injected spikes is closed")

// Append adds the spikes of a step after those that are there. A step without spikes
// leaves nothing.
func (j *Journal) Append(b *kernel.Batch) error {
	switch {
	case j.err != nil:
		return j.err
	case j.closed:
		return ErrClosed
	case len(b.GIDs) == 0:
		return nil
	case b.From < j.counts.Last:
		return fmt.Errorf("the journal of injected spikes: ticks after %d come after tick %d", b.From, j.counts.Last)
	}
	j.buffer = messages.AppendFrame(j.buffer, messages.Frame{Kind: messages.EnvelopeFrame}, j.encode(b))
	j.counts.Spikes += int64(len(b.GIDs))
	j.counts.Records++
	j.counts.Last = b.From + snn.Tick(b.Ticks())
	return nil
}

// encode is the envelope of a step.
func (j *Journal) encode(b *kernel.Batch) []byte {
	j.spikes = messages.AppendSpikes(j.spikes[:0], b.Offsets, b.GIDs)
	j.envelope.Reset()
	j.envelope.FirstTick, j.envelope.Ticks = int64(b.From), int64(b.Ticks())
	j.envelope.Batches = append(j.envelope.Batches, messages.Batch{Spikes: j.spikes})
	return j.envelope.Append(nil)
}

// Dirty reports whether there is something that Sync has not made durable.
func (j *Journal) Dirty() bool { return len(j.buffer) > 0 }

// Sync makes durable what was appended.
func (j *Journal) Sync() error {
	if j.err != nil || len(j.buffer) == 0 {
		return j.err
	}
	_, err := j.file.Write(j.buffer)
	if err == nil {
		err = j.file.Sync()
	}
	if err == nil && j.also != nil {
		err = j.also(j.buffer)
	}
	if err != nil {
		// What of it is on the disk nobody knows: another try could make a gap.
		j.err = fmt.Errorf("the journal of injected spikes cannot be written, and nothing counts before it is: %w", err)
		return j.err
	}
	j.digest.Write(j.buffer)
	j.counts.Bytes += int64(len(j.buffer))
	j.buffer = j.buffer[:0]
	return nil
}

// Kept is what the journal holds.
func (j *Journal) Kept() Kept { return j.counts }

// Reader reads what is durable by now, beside further appending.
func (j *Journal) Reader(n *kernel.Network) (*Reader, error) {
	return Open(j.file, j.counts.Bytes, n)
}

// Abandon closes the journal without an end, unless it is closed: its run goes on
// elsewhere, or failed.
func (j *Journal) Abandon() error {
	if j.closed {
		return nil
	}
	j.closed = true
	return j.file.Close()
}

// Close ends the journal and returns its digest, the SHA-256 of all of it. What is
// appended afterwards is refused; a second call returns the same.
func (j *Journal) Close() (digest string, err error) {
	if !j.closed && j.err == nil {
		j.buffer = messages.AppendFrame(j.buffer, messages.Frame{Kind: messages.EndFrame}, nil)
		err = j.Sync()
	}
	if !j.closed {
		j.closed = true
		if closing := j.file.Close(); err == nil {
			err = closing
		}
	}
	return hex.EncodeToString(j.digest.Sum(nil)), errors.Join(j.err, err)
}
