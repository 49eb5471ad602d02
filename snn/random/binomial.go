package random

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
)

// fewDraws is up to how many items are drawn one by one.
const fewDraws = 16

// Binomial is how many of n items, each with chance p in [0, 1], are taken;
// n < 2^53. Cost: about 100 ns, whatever n.
func (s *Stream) Binomial(n uint64, p float64) uint64 {
	switch {
	case n == 0 || p <= 0:
		return 0
	case p >= 1:
		return n
	case p > 0.5:
		return n - s.Binomial(n, 1-p)
	case p == 0.5 && n <= fairDraws:
		heads, _ := s.coins(n)
		return heads
	case n <= fewDraws:
		taken := uint64(0)
		for range n {
			if s.Float64() < p {
				taken++
			}
		}
		return taken
	}
	size := float64(n)
	mean, logOdds := size*p, pinned.Log(p/(1-p))
	mode := math.Floor(float64((size + 1) * p))
	return s.aroundMode(mean, mean*(1-p), size, func(k float64) float64 {
		d := k - mode
		return float64(d*logOdds) - factorials(mode, d) - factorials(size-mode, -d)
	})
}
