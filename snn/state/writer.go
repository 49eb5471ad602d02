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

// Put writes an array, without its length.
func Put[T Number](w *Writer, x []T) {
	b := w.Data
	switch x := any(x).(type) {
	case []uint8:
		b = append(b, x...)
	case []uint16:
		for _, v := range x {
			b = binary.LittleEndian.AppendUint16(b, v)
		}
	case []int32:
		for _, v := range x {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
	case []uint32:
		for _, v := range x {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
	case []int64:
		for _, v := range x {
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		}
	case []uint64:
		for _, v := range x {
			b = binary.LittleEndian.AppendUint64(b, v)
		}
	case []float32:
		b = grow(b, 4*len(x))
		to := b[len(b)-4*len(x):]
		for i, v := range x {
			binary.LittleEndian.PutUint32(to[4*i:], math.Float32bits(v))
		}
	case []float64:
		b = grow(b, 8*len(x))
		to := b[len(b)-8*len(x):]
		for i, v := range x {
			binary.LittleEndian.PutUint64(to[8*i:], math.Float64bits(v))
		}
	}
	w.Data = b
}

// PutList writes an array with its length.
func PutList[T Number](w *Writer, x []T) {
	w.Int(int64(len(x)))
	Put(w, x)
}

// grow is b made n longer.
func grow(b []byte, n int) []byte {
	if cap(b)-len(b) < n {
		b = append(make([]byte, 0, max(2*cap(b), len(b)+n)), b...)
	}
	return b[:len(b)+n]
}
