package sweep

import (
	"math"

	"github.com/volley-snn/volley/internal/statistics"
	"github.com/volley-snn/volley/internal/training"
)

// Curve is a measure of an arm by epoch: means over seeds with their 95 % intervals,
// NaN where they are not defined.
type Curve struct {
	Arm             string
	Mean, Low, High []float64
}

// measure is something that every epoch has.
type measure struct {
	title string
	of    func(history []training.Epoch, epoch int) float64
}

// measures are what the plots show.
var measures = []measure{
	{"loss in training", func(h []training.Epoch, e int) float64 { return float64(h[e].Loss) }},
	{"change of that loss from epoch to epoch", func(h []training.Epoch, e int) float64 { return change(h, e) }},
	{"loss in the test", func(h []training.Epoch, e int) float64 { return float64(h[e].TestLoss) }},
	{"accuracy in the test, %", func(h []training.Epoch, e int) float64 { return 100 * float64(h[e].TestAccuracy) }},
	{"rate, spikes a neuron and tick", func(h []training.Epoch, e int) float64 { return float64(h[e].Rate) }},
	{"synchrony beyond chance, kappa", func(h []training.Epoch, e int) float64 { return float64(h[e].Kappa) }},
	{"pairs that both fire, S", func(h []training.Epoch, e int) float64 { return pairs(&h[e]) }},
	{"neurons never active", func(h []training.Epoch, e int) float64 { return float64(h[e].NeverActive) }},
}

// change is how far the training's loss moved since the epoch before.
func change(h []training.Epoch, e int) float64 {
	if e == 0 {
		return math.NaN()
	}
	return math.Abs(float64(h[e].Loss - h[e-1].Loss))
}

// pairs is S of the first rule; NaN where there is none.
func pairs(e *training.Epoch) float64 {
	if len(e.S) == 0 {
		return math.NaN()
	}
	return float64(e.S[0])
}

// curves is a measure of all arms, in the experiment's order.
func curves(arms []ArmResult, runs []Run, m measure) (all []Curve) {
	for _, arm := range arms {
		c := Curve{Arm: arm.Arm}
		for epoch := 0; ; epoch++ {
			var x []float64
			for _, run := range runs {
				if h := run.Summary.History; run.Arm == arm.Arm && epoch < len(h) {
					x = append(x, m.of(h, epoch))
				}
			}
			if len(x) == 0 {
				break
			}
			s := statistics.Of(x)
			c.Mean, c.Low, c.High = append(c.Mean, s.Mean), append(c.Low, s.Low), append(c.High, s.High)
		}
		all = append(all, c)
	}
	return all
}

// jump is the largest change of the training's loss from one epoch to the next, and the
// epoch, from 1, that it led to; NaN and 0 of fewer than two epochs.
func jump(h []training.Epoch) (most float64, epoch int) {
	most = math.NaN()
	for e := 1; e < len(h); e++ {
		if d := change(h, e); epoch == 0 || d > most {
			most, epoch = d, e+1
		}
	}
	return most, epoch
}

// transition is the mean change of the training's loss from epoch to epoch, in the
// first half of the epochs and in the second.
func transition(h []training.Epoch) (first, second float64) {
	half := (len(h) + 1) / 2
	mean := func(from, to int) float64 {
		sum := 0.0
		for e := from; e < to; e++ {
			sum += change(h, e)
		}
		return sum / float64(to-from)
	}
	return mean(min(1, half), half), mean(half, len(h))
}
