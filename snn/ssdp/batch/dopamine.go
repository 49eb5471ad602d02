package batch

import "math"

// Dopamine gates samples by how far they fire together, in the direction in which
// that has gone with a falling loss: DA-SSDP's gate
//
//	G_b = clip(1 + k (S_b - mu)/sd, 0, 2)
//
// For the first Warmup epochs it records S_b and the loss, and all gates are 0.
// Then it fixes k = -corr(S, loss), and mean mu and deviation sd of S; without
// records k = 0, mu = 0, sd = 1. S may be another measure of synchrony. The zero
// value has no warm-up.
//
// Records are kept as running moments, in the order of the calls. Source: arXiv
// 2512.07194; deviations are of the population, plus 1e-8, as in its code.
type Dopamine struct {
	Warmup int // epochs

	Records                   int
	Mean, MeanLoss            float64
	Square, SquareLoss, Mixed float64 // sums of products of deviations from the means

	Fixed     bool
	K, Mu, SD float64
}

// Gate takes the samples' S of a batch and its loss, NaN where there is none, and
// returns the samples' gates in out. Shards of a batch give their S together.
func (d *Dopamine) Gate(epoch int, s []float64, loss float64, out []float64) []float64 {
	out = append(out[:0], make([]float64, len(s))...)
	if epoch < d.Warmup && !d.Fixed {
		if !math.IsNaN(loss) {
			for _, x := range s {
				d.record(x, loss)
			}
		}
		return out
	}
	if !d.Fixed {
		d.fix()
	}
	for b, x := range s {
		out[b] = min(max(1+float64(d.K*(x-d.Mu))/d.SD, 0), 2)
	}
	return out
}

// record updates the moments by one pair (Welford 1962).
func (d *Dopamine) record(s, loss float64) {
	d.Records++
	n := float64(d.Records)
	ds, dl := s-d.Mean, loss-d.MeanLoss
	d.Mean += ds / n
	d.MeanLoss += dl / n
	d.Square += float64(ds * (s - d.Mean))
	d.SquareLoss += float64(dl * (loss - d.MeanLoss))
	d.Mixed += float64(ds * (loss - d.MeanLoss))
}

func (d *Dopamine) fix() {
	d.Fixed, d.K, d.Mu, d.SD = true, 0, 0, 1
	if d.Records == 0 {
		return
	}
	n := float64(d.Records)
	d.Mu, d.SD = d.Mean, math.Sqrt(d.Square/n)+1e-8
	d.K = -d.Mixed / n / d.SD / (math.Sqrt(d.SquareLoss/n) + 1e-8)
}
