package recurrent

import "github.com/volley-snn/volley/snn/train/lane"

// Backward adds the gradient of the loss to grad, laid out as the network's
// values: of samples the number in the whole batch, over which cross-entropies are
// averaged, and spike what the loss gains by one more spike, of a term on rates.
func (s *Shard) Backward(grad []float32, samples int, spike float32) {
	n, h := s.net, s.net.Hidden
	s.readBack(grad, samples)
	for k, g := range s.gMean {
		s.gMean[k] = g/float32(n.Ticks) + spike
	}
	clear(s.gV)
	clear(s.gD)
	clear(s.gradient.A)
	clear(s.gradient.B)
	for t := n.Ticks - 1; t >= 0; t-- {
		copy(s.gSpikes, s.gMean)
		if t+1 < n.Ticks {
			later := s.gRec[(t+1)*s.Samples*h : (t+2)*s.Samples*h]
			s.product.Add(s.gSpikes, later, s.Samples, &n.recBack)
		}
		for b := range s.Samples {
			s.stepBack(grad, t, b)
		}
	}
	s.constants(grad)
	s.weights(grad)
}

// stepBack is one sample's step t: of the gradient at its spikes it makes those at
// its sums of input.
func (s *Shard) stepBack(grad []float32, t, b int) {
	n, h := s.net, s.net.Hidden
	r := t*s.Samples + b
	row := func(x []float32, r int) []float32 { return x[r*h : (r+1)*h : (r+1)*h] }
	for j, v := range row(s.v, r) {
		s.u[j] = v - n.Threshold
	}
	n.Surrogate(s.slope, s.u)
	d0, v0 := s.before(t, b)
	s.gradient.V, s.gradient.D = row(s.gV, b), row(s.gD, b)
	n.filter.Back(s.gI, &s.gradient, row(s.gSpikes, b), s.slope, row(s.d, r), v0, d0, row(s.current, r))

	xIn, xRec, gIn, gRec := row(s.xIn, r), row(s.xRec, r), row(s.gIn, r), row(s.gRec, r)
	lane.AddProduct(n.Layout.Of(grad, InputNormScale), s.gI, xIn)
	lane.AddProduct(n.Layout.Of(grad, RecurrentNormScale), s.gI, xRec)
	lane.Add(n.Layout.Of(grad, InputNormShift), s.gI)
	lane.NormalizeBack(gIn, s.gI, n.of(InputNormScale), xIn, s.inverseIn[r])
	lane.NormalizeBack(gRec, s.gI, n.of(RecurrentNormScale), xRec, s.inverseRec[r])
	lane.Add(n.Layout.Of(grad, InputBias), gIn)
	lane.Add(n.Layout.Of(grad, RecurrentBias), gRec)
}

// constants turns the gradients of A and B into those of tau_m and tau_n.
func (s *Shard) constants(grad []float32) {
	n := s.net
	// Both norms are shifted alike, so that their gradients are one.
	lane.Add(n.Layout.Of(grad, RecurrentNormShift), n.Layout.Of(grad, InputNormShift))
	tauM, tauN := n.of(TauM), n.of(TauN)
	gM, gN := n.Layout.Of(grad, TauM), n.Layout.Of(grad, TauN)
	for j := range n.Hidden {
		if tau := float64(tauM[j]); tau > leastTau {
			gM[j] += float32(float64(s.gradient.A[j]) * decay(tauM[j]) / float64(tau*tau))
		}
		b := sigmoid(tauN[j])
		gN[j] += float32(float64(s.gradient.B[j]) * b * (1 - b))
	}
}

// weights adds the products of what fired and what it should have been.
func (s *Shard) weights(grad []float32) {
	n, h := s.net, s.net.Hidden
	rows := n.Ticks * s.Samples
	if n.Direct {
		s.directWeights(n.Layout.Of(grad, InputWeight))
	} else {
		s.Input.Transpose(&s.transposed, 0, rows)
		s.blocks.Pack(s.gIn, rows, h)
		s.transposed.AddRows(n.Layout.Of(grad, InputWeight), &s.blocks, 0, n.Inputs)
	}
	if n.Ticks == 1 {
		return
	}
	s.Spikes.Transpose(&s.transposed, 0, rows-s.Samples)
	s.blocks.Pack(s.gRec[s.Samples*h:], rows-s.Samples, h)
	s.transposed.AddRows(n.Layout.Of(grad, RecurrentWeight), &s.blocks, 0, h)
}

// directWeights adds the gradient of the input's weights where inputs are currents:
// those at the sums of all ticks, which have one input, are added first.
func (s *Shard) directWeights(grad []float32) {
	n := s.net
	sum := s.gIn[:s.Samples*n.Hidden]
	for t := 1; t < n.Ticks; t++ {
		lane.Add(sum, s.gIn[t*len(sum):(t+1)*len(sum)])
	}
	s.across = grow(s.across, len(s.Current))
	for b := range s.Samples {
		for i, x := range s.Current[b*n.Inputs : (b+1)*n.Inputs] {
			s.across[i*s.Samples+b] = x
		}
	}
	s.dense.Pack(sum, s.Samples, n.Hidden)
	s.product.Add(grad, s.across, n.Inputs, &s.dense)
}

// readBack takes the gradient from the logits to the mean activities.
func (s *Shard) readBack(grad []float32, samples int) {
	n, h, o := s.net, s.net.Hidden, s.net.Outputs
	w, gw := n.of(ReadoutWeight), n.Layout.Of(grad, ReadoutWeight)
	scale := n.of(ReadoutNormScale)
	g := make([]float32, o)
	for b := range s.Samples {
		gOut, x := s.gLogits[b*o:(b+1)*o], s.normal[b*o:(b+1)*o]
		for k := range gOut {
			gOut[k] /= float32(samples)
		}
		lane.AddProduct(n.Layout.Of(grad, ReadoutNormScale), gOut, x)
		lane.Add(n.Layout.Of(grad, ReadoutNormShift), gOut)
		lane.NormalizeBack(g, gOut, scale, x, s.inverse[b])
		lane.Add(n.Layout.Of(grad, ReadoutBias), g)
		mean, gMean := s.mean[b*h:(b+1)*h], s.gMean[b*h:(b+1)*h]
		for j, m := range mean {
			weight, gWeight := w[j*o:(j+1)*o], gw[j*o:(j+1)*o]
			sum := float32(0)
			for k, y := range g {
				sum += float32(weight[k] * y)
				gWeight[k] += float32(m * y)
			}
			gMean[j] = sum
		}
	}
}
