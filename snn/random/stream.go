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

// Below fills out with integers in [0, n), without bias: each word of the stream
// gives two candidates, its low half first, and what Lemire's bound refuses is
// left out. n > 0. Cost: about 0.8 ns a number.
func (s *Stream) Below(n uint32, out []uint32) {
	bound, refuse := uint64(n), -n%n
	for len(out) > 0 {
		counter, k := uint64(s.key)+s.n*golden, 0
		for ; k+1 < len(out); k += 2 {
			w := mix(counter)
			a, b := (w&0xFFFFFFFF)*bound, (w>>32)*bound
			if uint32(a) < refuse || uint32(b) < refuse {
				break
			}
			out[k], out[k+1] = uint32(a>>32), uint32(b>>32)
			counter += golden
		}
		s.n += uint64(k / 2)
		out = out[k:]
		if len(out) == 0 {
			return
		}
		w := s.Next()
		for _, x := range [2]uint64{(w & 0xFFFFFFFF) * bound, (w >> 32) * bound} {
			if uint32(x) >= refuse && len(out) > 0 {
				out[0] = uint32(x >> 32)
				out = out[1:]
			}
		}
	}
}
