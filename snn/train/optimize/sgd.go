package optimize

import "github.com/volley-snn/volley/snn/train/parameter"

// SGD goes down the gradient with momentum: b = Momentum b + g, from b = g in the
// first step.
type SGD struct {
	Momentum, Decay float64
	Nesterov        bool
	SpareBare       bool // biases and norms do not decay
	Steps           int
	Buffer          []float32
}

// Step changes the values that are learned by their gradients.
func (s *SGD) Step(l *parameter.Layout, values, grad []float32, rate float64) {
	s.State(l)
	momentum, step := float32(s.Momentum), float32(rate)
	for k := range l.Specs {
		if l.Specs[k].Frozen {
			continue
		}
		decay := float32(s.Decay)
		if l.Specs[k].Bare && s.SpareBare {
			decay = 0
		}
		x, b := l.Of(values, k), l.Of(s.Buffer, k)
		for i, y := range l.Of(grad, k) {
			y += float32(decay * x[i])
			if s.Steps == 0 {
				b[i] = y
			} else {
				b[i] = float32(momentum*b[i]) + y
			}
			switch {
			case s.Momentum == 0:
			case s.Nesterov:
				y += float32(momentum * b[i])
			default:
				y = b[i]
			}
			x[i] -= float32(step * y)
		}
	}
	s.Steps++
}

// State is the vectors that a checkpoint must hold, beside Steps.
func (s *SGD) State(l *parameter.Layout) [][]float32 {
	if s.Buffer == nil {
		s.Buffer = l.New()
	}
	return [][]float32{s.Buffer}
}

// Count is Steps, for checkpoints.
func (s *SGD) Count() *int { return &s.Steps }
