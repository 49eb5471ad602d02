package layer

import (
	"github.com/volley-snn/volley/snn/train/lane"
	"github.com/volley-snn/volley/snn/train/matrix"
)

// Linear is y = x W + b, W by source: len inputs*outputs. Bias may be nil.
type Linear struct {
	Inputs, Outputs      int
	Weight, Bias         []float32
	GradWeight, GradBias []float32
	x                    []float32
	forward, back        matrix.Packed
	product              matrix.Product
	turned               []float32
	gradient             matrix.Packed
}

// Refresh brings the layer up to Weight, after every change.
func (l *Linear) Refresh() {
	l.forward.Pack(l.Weight, l.Inputs, l.Outputs)
	l.back.PackTransposed(l.Weight, l.Outputs, l.Inputs)
}

// Forward sets y, rows*outputs, of x, rows*inputs, which it keeps.
func (l *Linear) Forward(y, x []float32) {
	rows := len(x) / l.Inputs
	l.x = x
	clear(y)
	if l.Bias != nil {
		for r := range rows {
			copy(y[r*l.Outputs:(r+1)*l.Outputs], l.Bias)
		}
	}
	l.product.Add(y, x, rows, &l.forward)
}

// Backward adds the gradients of the parameters for that at y, and sets gx to that
// at x; gx may be nil.
func (l *Linear) Backward(gx, gy []float32) {
	rows := len(gy) / l.Outputs
	if l.Bias != nil {
		for r := range rows {
			lane.Add(l.GradBias, gy[r*l.Outputs:(r+1)*l.Outputs])
		}
	}
	l.turned = grow(l.turned, len(l.x))
	for r := range rows {
		for i, v := range l.x[r*l.Inputs : (r+1)*l.Inputs] {
			l.turned[i*rows+r] = v
		}
	}
	l.gradient.Pack(gy, rows, l.Outputs)
	l.product.Add(l.GradWeight, l.turned, l.Inputs, &l.gradient)
	if gx != nil {
		clear(gx)
		l.product.Add(gx, gy, rows, &l.back)
	}
}

func grow(x []float32, n int) []float32 {
	if cap(x) < n {
		return make([]float32, n)
	}
	return x[:n]
}
