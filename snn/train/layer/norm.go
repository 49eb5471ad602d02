package layer

import "github.com/volley-snn/volley/snn/train/lane"

// Norm is layer normalization: each row is shifted and scaled to mean 0 and variance
// 1, then by Scale and Shift, element by element. Epsilon is added to variances.
//
// Source: Ba, Kiros, Hinton 2016.
type Norm struct {
	Epsilon              float32
	Scale, Shift         []float32
	GradScale, GradShift []float32
	x, inverse           []float32
}

// Forward sets y of x; rows have the length of Scale.
func (l *Norm) Forward(y, x []float32) {
	n := len(l.Scale)
	l.x = append(l.x[:0], x...)
	l.inverse = grow(l.inverse, len(x)/n)
	for r := range l.inverse {
		row := l.x[r*n : (r+1)*n]
		l.inverse[r] = lane.Normalize(row, l.Epsilon)
		for k, v := range row {
			y[r*n+k] = float32(v*l.Scale[k]) + l.Shift[k]
		}
	}
}

// Backward sets gx to the gradient at x for that at y.
func (l *Norm) Backward(gx, gy []float32) {
	n := len(l.Scale)
	for r, inverse := range l.inverse {
		g, x := gy[r*n:(r+1)*n], l.x[r*n:(r+1)*n]
		lane.AddProduct(l.GradScale, g, x)
		lane.Add(l.GradShift, g)
		lane.NormalizeBack(gx[r*n:(r+1)*n], g, l.Scale, x, inverse)
	}
}
