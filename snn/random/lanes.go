package random

// Lanes names a stream of 32-bit words that vector code draws eight at a time:
// where many words are needed of which each decides little.
type Lanes struct{ A, B uint32 }

// Lanes is the stream of 32-bit words of a key.
func (k Key) Lanes() Lanes {
	w := k.At(0)
	return Lanes{uint32(w), uint32(w >> 32)}
}

// The multipliers of a lane. The latter two are those of Wellons' search for mixers
// of 32 bits, 2018 (lowbias32).
const (
	LaneStep   = 0x9E3779B9
	LaneFirst  = 0x7FEB352D
	LaneSecond = 0x846CA68B
)

// At is word n of the stream.
func (l Lanes) At(n uint32) uint32 {
	x := n*LaneStep + l.A
	x = (x ^ x>>16) * LaneFirst
	x ^= x>>15 ^ l.B
	x *= LaneSecond
	return x ^ x>>16
}

// Uniform is word n as a number in (0, 1): an odd multiple of 2^-24.
func (l Lanes) Uniform(n uint32) float32 {
	return float32((float32(l.At(n)>>9) + 0.5) * (1.0 / (1 << 23)))
}
