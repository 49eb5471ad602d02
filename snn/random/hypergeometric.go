package random

import (
	"math/bits"
)

// Hypergeometric is how many of n items that are taken from good and bad ones,
// without replacement, are good; n <= good+bad < 2^53. Cost: about 100 ns, and
// 10 ns where good and bad are nearly as many and n is below 100.
func (s *Stream) Hypergeometric(n, good, bad uint64) uint64 {
	switch {
	case n == 0 || good == 0:
		return 0
	case bad == 0:
		return n
	case n > (good+bad)/2:
		return good - s.Hypergeometric(good+bad-n, good, bad)
	case n <= fairDraws && max(good, bad)-min(good, bad) <= 1:
		return s.halve(n, good, bad)
	case good > bad:
		return n - s.Hypergeometric(n, bad, good)
	case good < n: // who takes and who is good may change places
		n, good, bad = good, n, good+bad-n
	}
	if n <= fewDraws {
		taken, all := uint64(0), good+bad
		for i := range n {
			if s.Intn(all-i) < good-taken {
				taken++
			}
		}
		return taken
	}
	size, g, b := float64(n), float64(good), float64(bad)
	p := g / (g + b)
	mean := size * p
	variance := float64(mean*(1-p)) * ((g + b - size) / (g + b - 1))
	hi, lo := bits.Mul64(n+1, good+1)
	top, _ := bits.Div64(hi, lo, good+bad+2)
	mode := float64(top)
	return s.aroundMode(mean, variance, size, func(k float64) float64 {
		d := k - mode
		return -factorials(mode, d) - factorials(g-mode, -d) - factorials(size-mode, -d) - factorials(b-size+mode, d)
	})
}
