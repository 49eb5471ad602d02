package random

import "math/bits"

// fairDraws is up to how many items are halved by counting bits.
const fairDraws = 1024

// Hypergeometrics sets taken[i] to a draw of Hypergeometric(n[i], good, bad).
func (s *Stream) Hypergeometrics(n, taken []uint32, good, bad uint64) {
	fair := max(good, bad)-min(good, bad) <= 1
	stream := *s // in registers
	for i, n := range n {
		if k := uint64(n); fair && k <= fairDraws && 2*k <= good+bad {
			taken[i] = uint32(stream.halve(k, good, bad))
		} else {
			taken[i] = uint32(stream.Hypergeometric(k, good, bad))
		}
	}
	*s = stream
}

// halve is Hypergeometric for halves that differ by at most one and n at most half
// of all: the number k of heads of n fair coins, taken with a chance that makes up
// for the items being distinct, 1 / ((left-k)! (right-n+k)!) up to a factor.
func (s *Stream) halve(n, left, right uint64) uint64 {
	half := (n + left + 1 - right) / 2 // where that chance is highest
	a, b := left-half, right+half-n
	least := min(a, b) + 1
	for {
		k, coarse := s.coins(n)
		d := max(k, half) - min(k, half)
		// The chance is at least 1 - d (d+1)/least, which most draws stay under.
		if short := d * (d + 1); short < least && least < 1<<31 && (coarse+1)*least <= (least-short)<<32 {
			return k
		}
		switch {
		case k > left || n-k > right:
		case k >= half && s.distinct(coarse, d, a, b):
			return k
		case k < half && s.distinct(coarse, d, b, a):
			return k
		}
	}
}

// coins is how many of n fair coins show heads, and 32 bits that are independent of them.
func (s *Stream) coins(n uint64) (heads, coarse uint64) {
	for ; n > 32; n -= min(n, 64) {
		heads += uint64(bits.OnesCount64(s.Next() << (64 - min(n, 64))))
	}
	w := s.Next()
	return heads + uint64(bits.OnesCount32(uint32(w)<<(32-n))), w >> 32
}

// distinct is true with the chance a (a-1) ... (a-d+1) / ((b+1) (b+2) ... (b+d)): that
// is, where a number in (0, 1), whose leading 32 bits are coarse, is below it.
func (s *Stream) distinct(coarse, d, a, b uint64) bool {
	product := float64(1 << 32)
	for i := range d {
		product *= float64(a-i) / float64(b+1+i)
	}
	return float64(coarse)+float64(s.Float64()) <= product
}
