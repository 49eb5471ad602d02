package lane

import "math"

// Adam are the constants of a step of Adam.
type Adam struct {
	Beta1, Rest1, Beta2, Rest2 float32 // Rest is 1 - Beta
	Root, Epsilon, Rate        float32 // Root: one over the root of the squares' correction
	Keep, Decay                float32 // of values: a factor; what the gradient gains of them
}

// Step changes values x by gradients g; m and v are the running means of gradients
// and squares.
func (a *Adam) Step(x, g, m, v []float32) {
	c := *a
	g, m, v = g[:len(x)], m[:len(x)], v[:len(x)]
	from := whole(len(x))
	if from > 0 {
		constants := [...]float32{c.Beta1, c.Rest1, c.Beta2, c.Rest2, c.Root, c.Epsilon, c.Rate, c.Keep, c.Decay}
		adamAVX2(&[]*float32{&x[0], &g[0], &m[0], &v[0]}[0], from, &constants[0])
	}
	for k := from; k < len(x); k++ {
		y := g[k] + float32(c.Decay*x[k])
		m[k] = float32(c.Beta1*m[k]) + float32(c.Rest1*y)
		v[k] = float32(c.Beta2*v[k]) + float32(c.Rest2*float32(y*y))
		root := float32(math.Sqrt(float64(v[k])))
		x[k] = float32(x[k]*c.Keep) - float32(c.Rate*(m[k]/(float32(root*c.Root)+c.Epsilon)))
	}
}
