package checkpoint

import (
	"bytes"
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
	pieces [][]byte
	size   int64
	digest hash.Hash
}

// NewPack makes a part of sections. It keeps their data.
func NewPack(sections []state.Section) *Pack {
	p := &Pack{digest: sha256.New()}
	p.add(binary.LittleEndian.AppendUint32([]byte(magic), Format))
	for _, s := range sections {
		h := frameHeader{Header: s.Header, raw: uint64(len(s.Data))}
		data := s.Data
		if small, ok := shrink(data); ok {
			data, h.encoding = small, packed
		}
		h.stored = uint64(len(data))
		header := h.encode()
		p.add(binary.LittleEndian.AppendUint32(nil, uint32(len(header))))
		p.add(header)
		p.add(sum(header))
		p.pieces, p.size = append(p.pieces, data), p.size+int64(len(data))
		p.add(sum(data))
	}
	p.add(binary.LittleEndian.AppendUint32(make([]byte, 4), uint32(len(sections))))
	return p
}

// add appends bytes that the digest sees.
func (p *Pack) add(b []byte) {
	p.pieces, p.size = append(p.pieces, b), p.size+int64(len(b))
	p.digest.Write(b)
}

func sum(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(nil, crc32.Checksum(b, castagnoli))
}

// put stores the part.
func (p *Pack) put(ctx context.Context, s Store, key string) (Blob, error) {
	readers := make([]io.Reader, len(p.pieces))
	for i, b := range p.pieces {
		readers[i] = bytes.NewReader(b)
	}
	err := s.Put(ctx, key, io.MultiReader(readers...), p.size)
	return Blob{key, p.size, hex.EncodeToString(p.digest.Sum(nil))}, err
}

// sample is how much of a section is packed to see whether it pays.
const sample = 1 << 16

var packer, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))

// shrink packs data where that saves a fifth of it.
func shrink(data []byte) ([]byte, bool) {
	if len(data) < 64 {
		return nil, false
	}
	middle := data[len(data)/2:]
	if len(data) > sample && len(packer.EncodeAll(middle[:min(sample, len(middle))], nil)) > sample/5*4 {
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
