package batch

import "github.com/volley-snn/volley/snn/ssdp"

// Dopamine gates samples by how far they fire together, in the direction in which
// that has gone with a falling loss: DA-SSDP's gate
//
//	G_b = clip(1 + k (S_b - mu)/sd, 0, 2)
//
// For the first Warmup epochs it records S_b and the loss, and all gates are 0.
// Then it fixes k = -corr(S, loss), and mean mu and deviation sd of S. S may be
// another measure of synchrony. The zero value has no warm-up.
type Dopamine struct {
	Warmup int // epochs
	ssdp.Dopamine
}

// Gate takes the samples' S of a batch and its loss, NaN where there is none, and
// returns the samples' gates in out. Shards of a batch give their S together.
func (d *Dopamine) Gate(epoch int, s []float64, loss float64, out []float64) []float64 {
	out = append(out[:0], make([]float64, len(s))...)
	if epoch < d.Warmup && !d.Fixed {
		for _, x := range s {
			d.Record(x, loss)
		}
		return out
	}
	d.Fix()
	for b, x := range s {
		out[b] = d.Factor(x)
	}
	return out
}
