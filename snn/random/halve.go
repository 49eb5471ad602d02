package random

import "math/bits"

// fairDraws is up to how many items are halved by counting bits.
const fairDraws = 1024

// Hypergeometrics sets taken[i] to a draw of Hypergeometric(n[i], good, bad). Where
// good and bad differ by at most one and no n is above fairDraws, which a tree of
// halves mostly asks for, a draw costs about 6 ns and one more for each 32 items.
func (s *Stream) Hypergeometrics(n, taken []uint32, good, bad uint64) {
	most := uint32(0)
	for _, n := range n {
		most = max(most, n)
	}
	if max(good, bad)-min(good, bad) > 1 || most > fairDraws || 2*uint64(most) > good+bad || good+bad >= 1<<31 {
		for i, n := range n {
			taken[i] = uint32(s.Hypergeometric(uint64(n), good, bad))
		}
		return
	}
	words := (most + 31) / 64 // of coins, beside the last, whose upper half decides
	for i, n := range n {
		heads, rest := 0, n
		for range words {
			own := min(rest, 64)
			heads += bits.OnesCount64(s.Next() << (64 - own))
			rest -= own
		}
		w := s.Next()
		k := uint64(heads + bits.OnesCount32(uint32(w)<<(32-rest)))
		half := (uint64(n) + good + 1 - bad) / 2
		d, least := max(k, half)-min(k, half), min(good-half, bad+half-uint64(n))+1
		if short := d * (d + 1); short < least && (w>>32+1)*least <= (least-short)<<32 {
			taken[i] = uint32(k)
		} else {
			taken[i] = uint32(s.halveFrom(k, w>>32, uint64(n), good, bad))
		}
	}
}

// halve is Hypergeometric for halves that differ by at most one and n at most half
// of all: the number k of heads of n fair coins, taken with a chance that makes up
// for the items being distinct, 1 / ((left-k)! (right-n+k)!) up to a factor.
func (s *Stream) halve(n, left, right uint64) uint64 {
	k, coarse := s.coins(n)
	return s.halveFrom(k, coarse, n, left, right)
}

// halveFrom goes on with k heads, and the leading 32 bits of the number that decides.
func (s *Stream) halveFrom(k, coarse, n, left, right uint64) uint64 {
	half := (n + left + 1 - right) / 2 // where that chance is highest
	a, b := left-half, right+half-n
	for ; ; k, coarse = s.coins(n) {
		switch d := max(k, half) - min(k, half); {
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

// distinct is true with the chance a (a-1) ... (a-d+1) / ((b+1) (b+2) ... (b+d)), which
// is at least 1 - d (d+1) / (min(a, b) + 1): that is, where a number in (0, 1), whose
// leading 32 bits are coarse, is below it.
func (s *Stream) distinct(coarse, d, a, b uint64) bool {
	product := float64(1 << 32)
	for i := range d {
		product *= float64(a-i) / float64(b+1+i)
	}
	return float64(coarse)+float64(s.Float64()) <= product
}
