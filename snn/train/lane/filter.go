package lane

// Filter is a layer of neurons whose input current passes a low-pass filter before
// it charges their membrane, without reset:
//
//	d = B d' + (1 - B) I
//	v = A v' + (1 - A) d
//
// with one A and B each neuron. Slices have the layer's length.
type Filter struct{ A, A1, B, B1 []float32 } // A1 is 1 - A, B1 is 1 - B

// Step makes d and v of those of the step before and the current.
func (f *Filter) Step(d, v, d0, v0, current []float32) {
	n := len(current)
	a, a1, b, b1 := f.A[:n], f.A1[:n], f.B[:n], f.B1[:n]
	d, v, d0, v0 = d[:n], v[:n], d0[:n], v0[:n]
	from := whole(n)
	if from > 0 {
		filterStepAVX2(&[]*float32{&d[0], &v[0], &d0[0], &v0[0], &current[0], &a[0], &a1[0], &b[0], &b1[0]}[0], from)
	}
	for k := from; k < n; k++ {
		x := float32(b[k]*d0[k]) + float32(b1[k]*current[k])
		d[k] = x
		v[k] = float32(a[k]*v0[k]) + float32(a1[k]*x)
	}
}

// FilterGradient is the gradient of a loss at a Filter's state and constants.
type FilterGradient struct {
	V, D []float32 // at the state after the step before, from the steps behind
	A, B []float32 // summed over steps and samples
}

// Back goes back over a step: spike is the gradient at the step's spikes, slope
// the surrogate's, d, v0, d0 and current are Step's. It sets current's gradient in
// out.
func (f *Filter) Back(out []float32, g *FilterGradient, spike, slope, d, v0, d0, current []float32) {
	n := len(out)
	a, a1, b, b1 := f.A[:n], f.A1[:n], f.B[:n], f.B1[:n]
	gv, gd, ga, gb := g.V[:n], g.D[:n], g.A[:n], g.B[:n]
	spike, slope, d, v0, d0, current = spike[:n], slope[:n], d[:n], v0[:n], d0[:n], current[:n]
	from := whole(n)
	if from > 0 {
		filterBackAVX2(&[]*float32{
			&out[0], &gv[0], &gd[0], &ga[0], &gb[0], &spike[0], &slope[0], &d[0], &v0[0], &d0[0], &current[0], &a[0], &a1[0], &b[0], &b1[0],
		}[0], from)
	}
	for k := from; k < n; k++ {
		x := float32(spike[k]*slope[k]) + gv[k]
		y := float32(a1[k]*x) + gd[k]
		ga[k] += float32(x * (v0[k] - d[k]))
		gb[k] += float32(y * (d0[k] - current[k]))
		gv[k] = float32(a[k] * x)
		gd[k] = float32(b[k] * y)
		out[k] = float32(b1[k] * y)
	}
}
