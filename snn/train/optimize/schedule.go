package optimize

import "github.com/volley-snn/volley/snn/pinned"

// Schedule is a rate by epoch, from 0.
type Schedule interface{ At(epoch int) float64 }

// Constant is always itself.
type Constant float64

// At is the rate of an epoch.
func (c Constant) At(int) float64 { return float64(c) }

// Cosine goes from From to To over Epochs by half a cosine, after Warmup epochs in
// which the rate rises from nothing in equal steps.
type Cosine struct {
	From, To       float64
	Epochs, Warmup int
}

// At is the rate of an epoch; To from Epochs on.
func (c Cosine) At(epoch int) float64 {
	if epoch < c.Warmup {
		return c.From * float64(epoch+1) / float64(c.Warmup+1)
	}
	if epoch >= c.Epochs {
		return c.To
	}
	half := float64(epoch-c.Warmup) / float64(2*(c.Epochs-c.Warmup)) // turns
	return c.To + float64((c.From-c.To)*(1+pinned.CosTurns(half))/2)
}
