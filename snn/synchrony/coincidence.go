package synchrony

import "math"

// Horizon is the number of windows before a window from which C0 is taken.
const Horizon = 50

// Coincidence is how near each other the first spikes of a window fall, over the
// pairs that both fired:
//
//	C = sum_st K_st h_pre[s] h_post[t] / (n_pre n_post)
//
// with the first-spike histograms h of a source and a target, or of a population
// and itself, and a neuron's pair with itself left out. C0 is the same of the
// summed histograms of the Horizon windows before, as many as there have been:
// what independent neurons would give that fire when these did. The corrected
// (C - C0)/(1 - C0) is then 0 on average for independent neurons, and 1 where all
// that fire do so at once.
type Coincidence struct {
	kernel *Kernel
	past   [][]int64 // the last windows, in a ring
	at     int
	sum    []int64 // over past
}

// NewCoincidence starts with no window seen.
func NewCoincidence(k *Kernel) *Coincidence {
	return &Coincidence{kernel: k, sum: make([]int64, 3*k.Bins())}
}

// Add takes the histograms of a window, of Bins() each: pre and post, and
// self[d], the neurons of both whose two first spikes fell d bins apart. The
// results are NaN where there is no pair, and C0 in the first window.
func (c *Coincidence) Add(pre, post, self []int64) (now, expected, corrected float64) {
	b := c.kernel.Bins()
	now = c.mean(pre, post, self)
	expected = c.mean(c.sum[:b], c.sum[b:2*b], c.sum[2*b:])
	corrected = math.NaN()
	if expected < 1 {
		corrected = (now - expected) / (1 - expected)
	}
	if len(c.past) < Horizon {
		c.past = append(c.past, make([]int64, 3*b))
		c.at = len(c.past) - 1
	} else {
		c.at = (c.at + 1) % Horizon
	}
	old := c.past[c.at]
	for k, part := range [3][]int64{pre, post, self} {
		for i, n := range part {
			c.sum[k*b+i] += n - old[k*b+i]
			old[k*b+i] = n
		}
	}
	return now, expected, corrected
}

func (c *Coincidence) mean(pre, post, self []int64) float64 {
	var nPre, nPost, nSelf int64
	sum := Sum(c.kernel, pre, post)
	for d, n := range self {
		nPre, nPost, nSelf = nPre+pre[d], nPost+post[d], nSelf+n
		sum -= float64(float64(n) * c.kernel.At(d))
	}
	pairs := float64(float64(nPre)*float64(nPost)) - float64(nSelf)
	if pairs <= 0 {
		return math.NaN()
	}
	return max(sum, 0) / pairs
}
