package optimize

import "github.com/volley-snn/volley/snn/train/parameter"

// Optimizer changes values by gradients.
type Optimizer interface {
	Step(l *parameter.Layout, values, grad []float32, rate float64)
	State(l *parameter.Layout) [][]float32
	Count() *int
}
