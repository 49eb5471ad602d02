package ssdp

import "math"

// Dopamine scales a window's update by how synchrony went with a signal before.
//
// During Warmup windows nothing changes: each window's measure x is recorded with
// the signal. Then the gain k, and the mean and deviation of x, are fitted once
// and stay: the factor is 1 + k (x - mean)/sd, clipped to [0, 2], with
//
//	k = Sign corr(x, signal)
//
// Sign is +1 for a reward, which is to rise, and -1 for a loss, which is to fall
// (as in DA-SSDP, where x is S). Deviations are of the population, plus 1e-8.
// Without a record k is 0, the mean 0 and the deviation 1, so the gate stays at
// 1. Source: DA-SSDP as in arXiv 2512.07194.
type Dopamine struct {
	Warmup int
	Sign   float64

	seen        int
	xs, signals []float64
	fitted      bool
	k, mean, sd float64
}

// Open takes a window's measure and signal and returns its factor: 0 during the
// warm-up. What is NaN is not recorded, and a window without a measure is let
// through unscaled.
func (d *Dopamine) Open(x, signal float64) float64 {
	if d.seen < d.Warmup {
		d.seen++
		d.Record(x, signal)
		return 0
	}
	d.Fit()
	return d.Factor(x)
}

// Record notes a measure and the signal that came with it.
func (d *Dopamine) Record(x, signal float64) {
	if !math.IsNaN(x) && !math.IsNaN(signal) {
		d.xs, d.signals = append(d.xs, x), append(d.signals, signal)
	}
}

// Fit ends the warm-up; a second call does nothing.
func (d *Dopamine) Fit() {
	if d.fitted {
		return
	}
	d.fitted, d.sd = true, 1
	if len(d.xs) == 0 {
		return
	}
	var mean, sd float64
	d.mean, d.sd = moments(d.xs)
	mean, sd = moments(d.signals)
	for i, x := range d.xs {
		d.k += float64((x - d.mean) / d.sd * ((d.signals[i] - mean) / sd))
	}
	d.k *= d.Sign / float64(len(d.xs))
	d.xs, d.signals = nil, nil
}

// Factor is what the fitted gate makes of a measure.
func (d *Dopamine) Factor(x float64) float64 {
	if math.IsNaN(x) {
		return 1
	}
	return min(max(1+float64(d.k*(x-d.mean))/d.sd, 0), 2)
}

// Fitted is the gain, mean and deviation that Fit found.
func (d *Dopamine) Fitted() (k, mean, sd float64) { return d.k, d.mean, d.sd }

func moments(xs []float64) (mean, sd float64) {
	for _, x := range xs {
		mean += x
	}
	mean /= float64(len(xs))
	square := 0.0
	for _, x := range xs {
		square += float64((x - mean) * (x - mean))
	}
	return mean, math.Sqrt(square/float64(len(xs))) + 1e-8
}
