package optimize

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/train/lane"
	"github.com/volley-snn/volley/snn/train/parameter"
)

// Adam keeps running means of gradients and of their squares. With Decoupled it is
// AdamW: weights decay by themselves, not through the gradient.
type Adam struct {
	Beta1, Beta2, Epsilon, Decay float64
	Decoupled                    bool
	SpareBare                    bool // biases and norms do not decay
	Steps                        int
	M, V                         []float32
}

// NewAdam is Adam with PyTorch's defaults and a weight decay.
func NewAdam(decay float64) *Adam {
	return &Adam{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, Decay: decay}
}

// NewAdamW is AdamW with PyTorch's defaults and a weight decay.
func NewAdamW(decay float64) *Adam {
	a := NewAdam(decay)
	a.Decoupled = true
	return a
}

// Step changes the values that are learned by their gradients.
func (a *Adam) Step(l *parameter.Layout, values, grad []float32, rate float64) {
	if a.M == nil {
		a.M, a.V = l.New(), l.New()
	}
	a.Steps++
	steps := float64(a.Steps)
	root := math.Sqrt(1 - pinned.Pow(a.Beta2, steps))
	for k := range l.Specs {
		s := &l.Specs[k]
		if s.Frozen {
			continue
		}
		decay := a.Decay
		if s.Bare && a.SpareBare {
			decay = 0
		}
		c := lane.Adam{
			Beta1: float32(a.Beta1), Rest1: float32(1 - a.Beta1), Beta2: float32(a.Beta2), Rest2: float32(1 - a.Beta2),
			Root: float32(1 / root), Epsilon: float32(a.Epsilon), Rate: float32(rate / (1 - pinned.Pow(a.Beta1, steps))), Keep: 1,
		}
		if a.Decoupled {
			c.Keep = float32(1 - float64(rate*decay))
		} else {
			c.Decay = float32(decay)
		}
		c.Step(l.Of(values, k), l.Of(grad, k), l.Of(a.M, k), l.Of(a.V, k))
	}
}

// State is the vectors that a checkpoint must hold, beside Steps.
func (a *Adam) State(l *parameter.Layout) [][]float32 {
	if a.M == nil {
		a.M, a.V = l.New(), l.New()
	}
	return [][]float32{a.M, a.V}
}

// Count is Steps, for checkpoints.
func (a *Adam) Count() *int { return &a.Steps }
