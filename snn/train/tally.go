package train

import "math"

// Tally is what has been counted since the last Take: of an epoch, or a test.
type Tally struct {
	Samples, Correct int
	Loss             float64 // mean cross-entropy
	Rate             float64 // spikes a neuron and tick
	Kappa            float64 // mean of the samples' chance-corrected synchrony; NaN where it is defined in none
	S                []float64
	Norm             float64 // mean of the gradient's norm before clipping
	NeverActive      int     // neurons that fired in no sample
	Predictions      []int32 // of samples in their order, in a test

	spikes                int64
	kappaSum, normSum     float64
	kappas, norms, places int
	fired                 []bool
}

// Accuracy is the share of samples that were told right.
func (y *Tally) Accuracy() float64 { return float64(y.Correct) / float64(y.Samples) }

// Take is the tally; the next starts at nothing.
func (t *Trainer) Take() Tally {
	y := t.tally
	t.tally = Tally{}
	y.Loss /= float64(y.Samples)
	y.Rate = float64(y.spikes) / float64(y.places)
	y.Kappa, y.Norm = y.kappaSum/float64(y.kappas), y.normSum/float64(y.norms)
	for k := range y.S {
		y.S[k] /= float64(y.Samples)
	}
	for _, f := range y.fired {
		if !f {
			y.NeverActive++
		}
	}
	return y
}

func (y *Tally) add(t *Trainer, cross float64, spikes int64) {
	y.Samples += len(t.index)
	y.Loss += cross
	y.spikes += spikes
	y.places += len(t.index) * t.Net.Ticks * t.Net.Hidden
	if y.fired == nil {
		y.fired = make([]bool, t.Net.Hidden)
	}
	o := t.Net.Outputs
	for k, s := range t.shards {
		from, to := t.span(k)
		if to == from {
			continue
		}
		for b := range to - from {
			best := int32(0)
			logits := s.Logits[b*o : (b+1)*o]
			for c, x := range logits {
				if x > logits[best] {
					best = int32(c)
				}
			}
			if best == s.Labels[b] {
				y.Correct++
			}
			if t.epoch == testEpoch {
				y.Predictions = append(y.Predictions, best)
			}
			if kappa := s.Kappa[b]; !math.IsNaN(kappa) {
				y.kappaSum += kappa
				y.kappas++
			}
		}
		for _, j := range s.Spikes.Index {
			y.fired[j] = true
		}
	}
}

func (y *Tally) norm(x float64) {
	y.normSum += x
	y.norms++
}

func (y *Tally) synchrony(rule int, s float64, samples int) {
	for len(y.S) <= rule {
		y.S = append(y.S, 0)
	}
	y.S[rule] += float64(s * float64(samples))
}
