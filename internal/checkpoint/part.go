package checkpoint

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/state"
)

const magic = "VOLLEYCK"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// How a section's data is stored.
const (
	plain  = 0
	packed = 1
)

// frameHeader says what a frame holds.
type frameHeader struct {
	state.Header
	encoding    byte
	raw, stored uint64
}

func (h *frameHeader) encode() []byte {
	w := state.Writer{}
	w.Text(h.Kind)
	w.Text(h.Of)
	w.Uint32(uint32(h.Range.First))
	w.Uint32(uint32(h.Range.End))
	w.Data = append(w.Data, h.encoding)
	w.Int(int64(h.raw))
	w.Int(int64(h.stored))
	return w.Data
}

func decodeFrameHeader(b []byte) (h frameHeader, err error) {
	r := state.NewReader(b)
	h.Kind, h.Of = r.Text(), r.Text()
	h.Range = snn.Range{First: snn.GID(r.Uint32()), End: snn.GID(r.Uint32())}
	encoding := [1]byte{}
	state.Get(r, encoding[:])
	h.encoding, h.raw, h.stored = encoding[0], uint64(r.Int()), uint64(r.Int())
	return h, r.Done()
}

// Pack is the sections of one partition, ready to be stored.
type Pack struct {
	pieces []piece
	size   int64
}

// piece is bytes of a part. Those of a section's data have their checksum in the piece
// after them, which is known once they have been read.
type piece struct {
	bytes []byte
	data  bool
}

// NewPack makes a part of sections. It keeps their data, which is summed when the part
// is stored.
func NewPack(sections []state.Section) *Pack {
	p := &Pack{}
	p.add(binary.LittleEndian.AppendUint32([]byte(magic), Format))
	pays := pays(sections)
	for _, s := range sections {
		h := frameHeader{Header: s.Header, raw: uint64(len(s.Data))}
		data := s.Data
		if pays {
			if small, ok := shrink(data); ok {
				data, h.encoding = small, packed
			}
		}
		h.stored = uint64(len(data))
		header := h.encode()
		p.add(binary.LittleEndian.AppendUint32(nil, uint32(len(header))))
		p.add(header)
		p.add(binary.LittleEndian.AppendUint32(nil, crc32.Checksum(header, castagnoli)))
		p.pieces, p.size = append(p.pieces, piece{data, true}), p.size+int64(len(data))
		p.add(make([]byte, 4))
	}
	p.add(binary.LittleEndian.AppendUint32(make([]byte, 4), uint32(len(sections))))
	return p
}

func (p *Pack) add(b []byte) {
	p.pieces, p.size = append(p.pieces, piece{bytes: b}), p.size+int64(len(b))
}

// put stores the part.
func (p *Pack) put(ctx context.Context, s Store, key string) (Blob, error) {
	r := packReader{pieces: p.pieces, digest: sha256.New()}
	err := s.Put(ctx, key, &r, p.size)
	return Blob{key, p.size, hex.EncodeToString(r.digest.Sum(nil))}, err
}

// packReader reads a part, once, and sums it as it is read: what has just been copied
// is near, and large sections come from memory once.
type packReader struct {
	pieces []piece
	at     int    // in the first piece
	sum    uint32 // of the data read of it
	digest hash.Hash
}

// near is how many bytes are copied, then summed: so many stay in a core's cache.
const near = 64 << 10

func (r *packReader) Read(p []byte) (n int, err error) {
	for n < len(p) && len(r.pieces) > 0 {
		this := r.pieces[0]
		k := copy(p[n:min(n+near, len(p))], this.bytes[r.at:])
		if this.data {
			r.sum = crc32.Update(r.sum, castagnoli, p[n:n+k])
		} else {
			r.digest.Write(p[n : n+k])
		}
		n, r.at = n+k, r.at+k
		if r.at < len(this.bytes) {
			continue
		}
		r.pieces, r.at = r.pieces[1:], 0
		if this.data {
			binary.LittleEndian.PutUint32(r.pieces[0].bytes, r.sum)
			r.sum = 0
		}
	}
	if len(r.pieces) == 0 {
		err = io.EOF
	}
	return n, err
}

// sample is how much of a section is packed to see whether it pays.
const sample = 1 << 16

var packer, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))

// pays says whether sections are worth packing: not where what cannot be packed is most
// of them, as weights are that have learned. Packing takes ten times as long as storing.
func pays(sections []state.Section) bool {
	all, saved := 0.0, 0.0
	for _, s := range sections {
		n := float64(len(s.Data))
		all += n
		saved += n * (1 - sampled(s.Data))
	}
	return saved > all/10
}

// sampled is what the middle of some data shrinks to, at most 1.
func sampled(data []byte) float64 {
	middle := data[len(data)/2:]
	middle = middle[:min(sample, len(middle))]
	if len(middle) < 64 {
		return 1
	}
	return min(float64(len(packer.EncodeAll(middle, nil)))/float64(len(middle)), 1)
}

// shrink packs data where that saves a fifth of it.
func shrink(data []byte) ([]byte, bool) {
	if len(data) < 64 || len(data) > sample && sampled(data) > 0.8 {
		return nil, false
	}
	small := packer.EncodeAll(data, nil)
	return small, len(small) <= len(data)/5*4
}

// errCut is what a part ends with that ends too early.
var errCut = errors.New("it is cut short")

// readPart reads a part from its blob, checks it whole, and hands its sections to use;
// where that is nil it only checks. A section's data is valid during the call.
func readPart(ctx context.Context, s Store, b Blob, use func(state.Section) error) (err error) {
	in, err := s.Get(ctx, b.Key)
	if err != nil {
		return fmt.Errorf("%s: %w", b.Key, err)
	}
	defer in.Close()
	r := &partReader{in: in, left: b.Size, digest: sha256.New()}
	if err := r.read(use); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errCut
		}
		return fmt.Errorf("%s: %w", b.Key, err)
	}
	if got := hex.EncodeToString(r.digest.Sum(nil)); got != b.Digest {
		return fmt.Errorf("%s: it is not the part that the manifest names", b.Key)
	}
	return nil
}

type partReader struct {
	in     io.Reader
	left   int64
	digest hash.Hash
	buf    []byte
}

// take reads n bytes, which stay until the next call of the same buffer.
func (r *partReader) take(n int64, buf []byte) ([]byte, error) {
	if n < 0 || n > r.left {
		return nil, errCut
	}
	r.left -= n
	if int64(cap(buf)) < n {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	_, err := io.ReadFull(r.in, buf)
	return buf, err
}

// seen is take of bytes that the digest sees.
func (r *partReader) seen(n int64) ([]byte, error) {
	b, err := r.take(n, nil)
	r.digest.Write(b)
	return b, err
}

func (r *partReader) uint32() (uint32, error) {
	b, err := r.seen(4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(b), nil
}

// mostHeader bounds a frame's header: two names, and numbers.
const mostHeader = 1 << 16

func (r *partReader) read(use func(state.Section) error) error {
	start, err := r.seen(int64(len(magic)) + 4)
	if err != nil {
		return err
	}
	if string(start[:len(magic)]) != magic {
		return fmt.Errorf("it is not a part of a checkpoint")
	}
	if v := binary.LittleEndian.Uint32(start[len(magic):]); v != Format {
		return fmt.Errorf("it has format %d, this version of volley reads %d", v, Format)
	}
	for frames := uint32(0); ; frames++ {
		n, err := r.uint32()
		if err != nil {
			return err
		}
		if n == 0 {
			count, err := r.uint32()
			switch {
			case err != nil:
				return err
			case count != frames:
				return fmt.Errorf("it has %d sections, expected %d", frames, count)
			case r.left > 0:
				return fmt.Errorf("%d bytes follow its end", r.left)
			}
			if extra, _ := io.ReadFull(r.in, make([]byte, 1)); extra > 0 {
				return fmt.Errorf("bytes follow its end")
			}
			return nil
		}
		if n > mostHeader {
			return fmt.Errorf("section %d: a header of %d bytes", frames, n)
		}
		if err := r.frame(int64(n), use); err != nil {
			return fmt.Errorf("section %d: %w", frames, err)
		}
	}
}

// frame reads one section.
func (r *partReader) frame(n int64, use func(state.Section) error) error {
	header, err := r.seen(n)
	if err != nil {
		return err
	}
	if err := r.check(header, "header"); err != nil {
		return err
	}
	h, err := decodeFrameHeader(header)
	if err != nil {
		return err
	}
	if r.buf, err = r.take(int64(h.stored), r.buf); err != nil {
		return err
	}
	if err := r.check(r.buf, "data"); err != nil {
		return err
	}
	if use == nil {
		return nil
	}
	data := r.buf
	switch h.encoding {
	case plain:
	case packed:
		if data, err = unpack(r.buf, h.raw); err != nil {
			return err
		}
	default:
		return fmt.Errorf("encoding %d is not known", h.encoding)
	}
	if uint64(len(data)) != h.raw {
		return fmt.Errorf("%d bytes, expected %d", len(data), h.raw)
	}
	return use(state.Section{Header: h.Header, Data: data})
}

func (r *partReader) check(b []byte, what string) error {
	want, err := r.uint32()
	if err == nil && crc32.Checksum(b, castagnoli) != want {
		return fmt.Errorf("its %s is damaged: the checksum is wrong", what)
	}
	return err
}

// mostUnpacked bounds what a damaged length can ask for.
const mostUnpacked = 1 << 32

func unpack(b []byte, size uint64) ([]byte, error) {
	if size > mostUnpacked {
		return nil, fmt.Errorf("%d bytes unpacked", size)
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(size+1<<20))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.DecodeAll(b, make([]byte, 0, size))
}
