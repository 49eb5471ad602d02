package state

import (
	"encoding/binary"
	"math"
)

// Writer appends numbers to a section's data.
type Writer struct{ Data []byte }

// Number is what a Writer writes arrays of.
type Number interface {
	uint8 | uint16 | int32 | uint32 | int64 | uint64 | float32 | float64
}

// Int writes a count, a tick or any other integer.
func (w *Writer) Int(x int64) { w.Data = binary.LittleEndian.AppendUint64(w.Data, uint64(x)) }

// Uint32 writes an index.
func (w *Writer) Uint32(x uint32) { w.Data = binary.LittleEndian.AppendUint32(w.Data, x) }

// Float writes a number with all its bits.
func (w *Writer) Float(x float64) {
	w.Data = binary.LittleEndian.AppendUint64(w.Data, math.Float64bits(x))
}

// Bool writes a flag.
func (w *Writer) Bool(x bool) {
	b := byte(0)
	if x {
		b = 1
	}
	w.Data = append(w.Data, b)
}

// Text writes a short string.
func (w *Writer) Text(s string) {
	w.Uint32(uint32(len(s)))
	w.Data = append(w.Data, s...)
}

// Put writes an array, without its length. It costs a copy where the machine's numbers
// are little-endian too.
func Put[T Number](w *Writer, x []T) {
	at := len(w.Data)
	w.Data = append(w.Data, raw(x)...)
	if !little {
		swap(w.Data[at:], size[T]())
	}
}

// PutList writes an array with its length.
func PutList[T Number](w *Writer, x []T) {
	w.Int(int64(len(x)))
	Put(w, x)
}
