package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrShort is what a Reader finds where a section ends before its contents do.
var ErrShort = errors.New("the section ends too early")

// Reader takes numbers from a section's data, in the order in which a Writer put
// them. After a fault everything reads as zero, and Err tells the first.
type Reader struct {
	data []byte
	err  error
}

// NewReader starts at the start of a section's data.
func NewReader(data []byte) *Reader { return &Reader{data: data} }

// Err is the first fault; nil where there was none.
func (r *Reader) Err() error { return r.err }

// Fail notes a fault of what was read, unless there was one before.
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
	r.data = nil
}

// Done is Err, or a fault where something is left.
func (r *Reader) Done() error {
	if r.err == nil && len(r.data) > 0 {
		return fmt.Errorf("%d bytes follow the end of the section's contents", len(r.data))
	}
	return r.err
}

// Left is the number of bytes that have not been read.
func (r *Reader) Left() int { return len(r.data) }

// take is the next n bytes; nil where there are fewer.
func (r *Reader) take(n int) []byte {
	if n < 0 || n > len(r.data) {
		if r.err == nil {
			r.err = ErrShort
		}
		r.data = nil
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

// Int reads an integer.
func (r *Reader) Int() int64 {
	if b := r.take(8); b != nil {
		return int64(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// Uint32 reads an index.
func (r *Reader) Uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// Index reads an index below n.
func (r *Reader) Index(n int) uint32 {
	i := r.Uint32()
	if r.err == nil && int64(i) >= int64(n) {
		r.Fail("index %d of %d", i, n)
		return 0
	}
	return i
}

// Float reads a number.
func (r *Reader) Float() float64 {
	if b := r.take(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// Bool reads a flag.
func (r *Reader) Bool() bool {
	b := r.take(1)
	if b != nil && b[0] > 1 {
		r.Fail("a flag is %d", b[0])
		return false
	}
	return b != nil && b[0] == 1
}

// Text reads a string.
func (r *Reader) Text() string { return string(r.take(int(r.Uint32()))) }

// Count reads the length of a list whose elements take at least each bytes.
func (r *Reader) Count(each int) int {
	n := r.Int()
	if n < 0 || n > int64(len(r.data)/max(each, 1)) {
		if r.err == nil {
			r.err = ErrShort
		}
		r.data = nil
		return 0
	}
	return int(n)
}

// Count32 is Count of a length that was written as an index.
func (r *Reader) Count32(each int) int {
	n := int64(r.Uint32())
	if n > int64(len(r.data)/max(each, 1)) {
		if r.err == nil {
			r.err = ErrShort
		}
		r.data = nil
		return 0
	}
	return int(n)
}

// Get fills x, whose length the reader must know.
func Get[T Number](r *Reader, x []T) {
	b := r.take(size[T]() * len(x))
	if b == nil {
		clear(x)
		return
	}
	copy(raw(x), b)
	if !little {
		swap(raw(x), size[T]())
	}
}

// GetList reads an array with its length.
func GetList[T Number](r *Reader) []T {
	x := make([]T, r.Count(size[T]()))
	Get(r, x)
	return x
}

// Part reads, of an array of n numbers of which x[0] is number at, what belongs to x.
// at may be negative, where x begins before the array.
func Part[T Number](r *Reader, n, at int, x []T) {
	from, to := max(at, 0), min(at+len(x), n)
	if from >= to {
		r.Skip(n * size[T]())
		return
	}
	r.Skip(from * size[T]())
	Get(r, x[from-at:to-at])
	r.Skip((n - to) * size[T]())
}

// Skip passes over n bytes.
func (r *Reader) Skip(n int) { r.take(n) }
