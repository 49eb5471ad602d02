package pairsum

// addSparse adds a block post neuron by post neuron: into a row of integers go
// the values of the pairs that are both active.
func (w *Adder) addSparse(dw []float32, b *block, p path) {
	if w.sum == nil {
		w.sum = new([MaxNeurons]int64)
	}
	pre := b.terms.Pre
	n := pre.Neurons
	sum := w.sum[:n]
	for j := range b.terms.Post.Neurons {
		for _, e := range w.events[w.begin[j]:w.begin[j+1]] {
			values, entries := w.values[int(e.row)*w.stride:], pre.Of(b.from+int(e.sample))
			if p != portable && len(entries) > 1 {
				even := len(entries) &^ 1
				scatterPairs(&w.sum[0], &values[0], &entries[0], even)
				entries = entries[even:]
			}
			if w.stride == narrow {
				scatterNarrow(w.sum, (*[narrow]int32)(values), entries)
			} else {
				scatterWide(w.sum, (*[MaxStates]int32)(values), entries)
			}
		}
		f := finisher{u: w.u[j], quantum: float32(w.quantum)}
		if b.rest != nil {
			f.a, f.y, f.x, f.q = b.rest.A[j], b.rest.Y[j], b.rest.X, b.rest.Q
		}
		f.finish(dw[j*n:(j+1)*n], sum, w.v, p != portable)
	}
}

// scatterNarrow adds the values of one post neuron's event to the sums of the pre
// neurons that are active with it.
func scatterNarrow(sum *[MaxNeurons]int64, values *[narrow]int32, pre []uint32) {
	for _, e := range pre {
		sum[uint16(e)] += int64(values[(e>>16)%narrow])
	}
}

func scatterWide(sum *[MaxNeurons]int64, values *[MaxStates]int32, pre []uint32) {
	for _, e := range pre {
		sum[uint16(e)] += int64(values[(e>>16)%MaxStates])
	}
}

// finisher rounds a row of sums into a row of weights.
type finisher struct {
	u       int64
	quantum float32
	a, y    float32
	x, q    []float32 // nil without a rank-two term
}

// finish adds sum + v + u, less the rank-two term, to dw, and clears sum.
func (f *finisher) finish(dw []float32, sum, v []int64, vectors bool) {
	done := 0
	if whole := len(dw) &^ 7; vectors && whole > 0 {
		var x, q *float32
		if f.x != nil {
			x, q = &f.x[0], &f.q[0]
		}
		finishAVX2(&dw[0], &sum[0], &v[0], whole, f.u, f.quantum, f.a, f.y, x, q)
		done = whole
	}
	sum, v = sum[:len(dw)], v[:len(dw)]
	for i := done; i < len(dw); i++ {
		d := float32(float32(sum[i]+v[i]+f.u) * f.quantum)
		if f.x != nil {
			d -= float32(f.a*f.x[i]) + float32(f.y*f.q[i])
		}
		dw[i] += d
		sum[i] = 0
	}
}
