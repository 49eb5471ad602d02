package random

import "math/bits"

// Stream reads a key's words in order. The zero position is word 0; a stream is
// a value, so a copy continues from the same place.
type Stream struct {
	key Key
	n   uint64
}

// Stream starts reading k at word 0.
func (k Key) Stream() Stream { return Stream{key: k} }

// Next is the next 64-bit word.
func (s *Stream) Next() uint64 {
	w := s.key.At(s.n)
	s.n++
	return w
}

// Float64 is the next number in (0, 1).
func (s *Stream) Float64() float64 { return unit(s.Next()) }

// Intn is the next integer in [0, n), without bias (Lemire 2019); n > 0.
func (s *Stream) Intn(n uint64) uint64 {
	hi, lo := bits.Mul64(s.Next(), n)
	if lo < n {
		for threshold := -n % n; lo < threshold; {
			hi, lo = bits.Mul64(s.Next(), n)
		}
	}
	return hi
}
