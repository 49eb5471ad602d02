package synchrony

import "math"

// ChiBinMs is the span in which spikes are counted for chi.
const ChiBinMs = 5

// Chi gathers windows into spans of Windows windows for Golomb and Rinzel's chi
// of spike counts:
//
//	chi^2 = Var_b(mean_i x_ib) / mean_i Var_b(x_ib)
//
// with x_ib the spikes of neuron i in bin b of the span, and variances over its
// bins. From sums over neurons, with X_b = sum_i x_ib, it is
//
//	chi^2 = (B sum_b X_b^2 - (sum_b X_b)^2) / (N (B sum_ib x_ib^2 - sum_i (sum_b x_ib)^2))
//
// 1 where all neurons do the same, about 1/sqrt(N) where they are independent;
// corrected is (chi^2 - 1/N)/(1 - 1/N), 0 there. Source: Golomb and Rinzel 1993,
// Phys. Rev. E 48, 4810.
type Chi struct {
	Neurons int
	Windows int // a span

	seen            int
	bins            int64
	sum, sumSquares float64 // of X_b
	squares         float64 // of x_ib
	totals          float64 // of a neuron's spikes in the span, squared
}

// Add takes a window: counts[b] is X_b, squares the window's sum of x_ib^2, and
// totals what it adds to the span's sum of squared spike counts. The results are
// NaN unless the window ends a span, or where no neuron's count varied;
// corrected is also NaN for a single neuron.
func (c *Chi) Add(counts []int64, squares, totals int64) (chi, corrected float64) {
	c.seen++
	c.bins += int64(len(counts))
	for _, n := range counts {
		c.sum += float64(n)
		c.sumSquares += float64(float64(n) * float64(n))
	}
	c.squares += float64(squares)
	c.totals += float64(totals)
	if c.seen < c.Windows {
		return math.NaN(), math.NaN()
	}
	bins := float64(c.bins)
	group := float64(bins*c.sumSquares) - float64(c.sum*c.sum)
	each := float64(bins*c.squares) - c.totals
	n := float64(c.Neurons)
	*c = Chi{Neurons: c.Neurons, Windows: c.Windows}
	if each <= 0 {
		return math.NaN(), math.NaN()
	}
	square := max(group, 0) / float64(n*each)
	return math.Sqrt(square), (square - 1/n) / (1 - 1/n)
}

// Ends reports whether the window added last ended a span.
func (c *Chi) Ends() bool { return c.seen == 0 }
