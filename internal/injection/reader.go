package injection

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// Reader gives the spikes of a journal by their ticks. It is not safe for concurrent
// use.
type Reader struct {
	Header *Header
	Kept   Kept

	// Ended: the run that wrote it came to its end. Torn is how many bytes after the
	// last whole record were passed over: what a crash left of one that had not
	// counted yet.
	Ended bool
	Torn  int64

	// Digest is the SHA-256 of what was read, without what was passed over.
	Digest string

	source io.ReaderAt
	first  int64 // offset of the first record
	next   *frames
	record kernel.Batch // that was read last
	over   bool         // there is none after it
	done   snn.Tick     // up to which Spikes has come
	batch  kernel.Batch // that Spikes returns
}

// ErrDamaged is the kind of error of a journal that is not what was written.
var ErrDamaged = errors.New("the journal is damaged")

// mostFrame bounds what a damaged length can make a reader take.
const mostFrame = 1 << 30

// Open reads all of a journal of size bytes, and refuses one that is damaged, or not
// of the network. Cost: the file is read once.
func Open(source io.ReaderAt, size int64, n *kernel.Network) (*Reader, error) {
	r := &Reader{source: source, Header: &Header{}}
	digest := sha256.New()
	all := newFrames(source, 0, size)
	for first := true; all.at < size && !r.Ended; first = false {
		at := all.at
		f, body, err := all.read()
		if err != nil {
			if err := r.tail(at, size, err); err != nil {
				return nil, err
			}
			break
		}
		if err := r.take(f, body, first, n); err != nil {
			return nil, damagedAt(at, err)
		}
		digest.Write(all.raw)
		r.Kept.Bytes = all.at
		if first {
			r.first = all.at
		}
	}
	switch {
	case r.first == 0:
		return nil, fmt.Errorf("%w: it has no whole header", ErrDamaged)
	case r.Ended && all.at < size:
		return nil, damagedAt(all.at, errors.New("something follows its end"))
	}
	r.Digest = hex.EncodeToString(digest.Sum(nil))
	r.rewind()
	return r, nil
}

func damagedAt(at int64, err error) error {
	if errors.Is(err, ErrOther) {
		return err
	}
	return fmt.Errorf("%w at byte %d: %v", ErrDamaged, at, err)
}

// tail looks at what follows the last whole record. Where a whole one comes later,
// what lies between is damaged; else a crash cut the last one short.
func (r *Reader) tail(at, size int64, why error) error {
	rest := make([]byte, min(size-at, mostFrame))
	if _, err := r.source.ReadAt(rest, at); err != nil && err != io.EOF {
		return err
	}
	for k := 1; k < len(rest); k++ {
		found := bytes.Index(rest[k:], []byte("VLY"))
		if found < 0 {
			break
		}
		k += found
		if _, _, _, err := messages.NextFrame(rest[k:]); err == nil {
			return damagedAt(at, fmt.Errorf("%w; a whole record follows at byte %d", why, at+int64(k)))
		}
	}
	r.Torn = size - at
	return nil
}

// take checks a frame.
func (r *Reader) take(f messages.Frame, body []byte, first bool, n *kernel.Network) error {
	if first != (f.Kind == messages.HeaderFrame) {
		return fmt.Errorf("a frame of kind %d: expected the header first, and once", f.Kind)
	}
	switch f.Kind {
	case messages.HeaderFrame:
		if err := json.Unmarshal(body, r.Header); err != nil {
			return err
		}
		return r.Header.check(n)
	case messages.EndFrame:
		r.Ended = true
		return nil
	case messages.EnvelopeFrame:
		if err := r.decode(body); err != nil {
			return err
		}
		b := &r.record
		if b.From < r.Kept.Last || b.Ticks() == 0 {
			return fmt.Errorf("%d ticks after tick %d come after tick %d", b.Ticks(), b.From, r.Kept.Last)
		}
		for _, g := range b.GIDs {
			if !r.Header.injected(g) {
				return fmt.Errorf("a spike of GID %d, which is of no injected population", g)
			}
		}
		r.Kept.Spikes += int64(len(b.GIDs))
		r.Kept.Records++
		r.Kept.Last = b.From + snn.Tick(b.Ticks())
		return nil
	}
	return fmt.Errorf("a frame of kind %d, which no journal has", f.Kind)
}

// decode reads a record.
func (r *Reader) decode(body []byte) error {
	var e messages.Envelope
	if err := e.Read(body); err != nil {
		return err
	}
	if len(e.Batches) != 1 {
		return fmt.Errorf("%d batches, expected 1", len(e.Batches))
	}
	var err error
	b := &r.record
	b.From = snn.Tick(e.FirstTick)
	b.Offsets, b.GIDs, err = messages.Spikes(e.Batches[0].Spikes, int(e.Ticks), b.Offsets, b.GIDs)
	return err
}

// rewind goes back before the first record.
func (r *Reader) rewind() {
	r.next = newFrames(r.source, r.first, r.Kept.Bytes)
	r.record, r.over, r.done = kernel.Batch{}, false, 0
}

// Spikes is what was injected in the ticks (from, to], nil where nothing was; it is
// valid until the next call. It is cheap for ticks that follow those of the last
// call; earlier ones are looked for from the start.
func (r *Reader) Spikes(from, to snn.Tick) (*kernel.Batch, error) {
	if from < r.done {
		r.rewind()
	}
	r.done = to
	b := &r.batch
	b.From, b.GIDs, b.Offsets = from, b.GIDs[:0], append(b.Offsets[:0], 0)
	for t := from + 1; t <= to; t++ {
		for !r.over && t > r.record.From+snn.Tick(r.record.Ticks()) {
			if err := r.read(); err != nil {
				return nil, err
			}
		}
		if k := t - r.record.From - 1; k >= 0 && int(k) < r.record.Ticks() {
			b.GIDs = append(b.GIDs, r.record.At(int(k))...)
		}
		b.Offsets = append(b.Offsets, uint32(len(b.GIDs)))
	}
	if len(b.GIDs) == 0 {
		return nil, nil
	}
	return b, nil
}

// read reads the next record, or finds that there is none.
func (r *Reader) read() error {
	if r.next.at >= r.next.end {
		r.over = true
		return nil
	}
	at := r.next.at
	f, body, err := r.next.read()
	if err != nil {
		return damagedAt(at, err)
	}
	if f.Kind == messages.EndFrame {
		r.over = true
		return nil
	}
	return r.decode(body)
}

// frames reads frames from a part of a file.
type frames struct {
	in      *bufio.Reader
	at, end int64
	raw     []byte // of the last
}

func newFrames(source io.ReaderAt, at, end int64) *frames {
	return &frames{in: bufio.NewReaderSize(io.NewSectionReader(source, at, end-at), 1<<16), at: at, end: end}
}

// read is the next frame and its body, valid until the next call.
func (s *frames) read() (f messages.Frame, body []byte, err error) {
	head, err := s.in.Peek(messages.HeaderLen)
	if err != nil {
		return f, nil, fmt.Errorf("%d bytes are left, which are no frame", s.end-s.at)
	}
	size := int64(messages.HeaderLen) + messages.BodyLen(head) + messages.TrailerLen
	if size > min(s.end-s.at, mostFrame) {
		return f, nil, fmt.Errorf("a frame of %d bytes, and %d are left", size, s.end-s.at)
	}
	s.raw = append(s.raw[:0], make([]byte, size)...)
	if _, err := io.ReadFull(s.in, s.raw); err != nil {
		return f, nil, err
	}
	if f, body, _, err = messages.NextFrame(s.raw); err != nil {
		return f, nil, err
	}
	s.at += size
	return f, body, nil
}
