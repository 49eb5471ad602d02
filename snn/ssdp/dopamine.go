package ssdp

import "math"

// Dopamine is a gate that is fitted once to how synchrony went with a loss: after
// records of a measure x with the loss of its time, the factor is
//
//	clip(1 + K (x - Mu)/SD, 0, 2),  K = -corr(x, loss)
//
// so it opens where synchrony has gone with a falling loss; a reward is a loss
// with its sign turned. Without records K is 0, Mu 0 and SD 1. The zero value has
// seen nothing.
//
// Records are kept as running moments, in the order of the calls. Source: DA-SSDP
// as in arXiv 2512.07194, where x is S; deviations are of the population, plus
// 1e-8, as in its code.
type Dopamine struct {
	Records                   int
	Mean, MeanLoss            float64
	Square, SquareLoss, Mixed float64 // sums of products of deviations from the means

	Fixed     bool
	K, Mu, SD float64
}

// Record updates the moments by one pair (Welford 1962). What is NaN is left out.
func (d *Dopamine) Record(x, loss float64) {
	if math.IsNaN(x) || math.IsNaN(loss) {
		return
	}
	d.Records++
	n := float64(d.Records)
	dx, dl := x-d.Mean, loss-d.MeanLoss
	d.Mean += dx / n
	d.MeanLoss += dl / n
	d.Square += float64(dx * (x - d.Mean))
	d.SquareLoss += float64(dl * (loss - d.MeanLoss))
	d.Mixed += float64(dx * (loss - d.MeanLoss))
}

// Fix ends the records; a second call does nothing.
func (d *Dopamine) Fix() {
	if d.Fixed {
		return
	}
	d.Fixed, d.K, d.Mu, d.SD = true, 0, 0, 1
	if d.Records == 0 {
		return
	}
	n := float64(d.Records)
	d.Mu, d.SD = d.Mean, math.Sqrt(d.Square/n)+1e-8
	d.K = -d.Mixed / n / d.SD / (math.Sqrt(d.SquareLoss/n) + 1e-8)
}

// Factor is what the fixed gate makes of x; 1 where x is NaN.
func (d *Dopamine) Factor(x float64) float64 {
	if math.IsNaN(x) {
		return 1
	}
	return min(max(1+float64(d.K*(x-d.Mu))/d.SD, 0), 2)
}
