package layer

import "math"

// BatchNorm shifts and scales each channel to mean 0 and variance 1 over a batch,
// then by Scale and Shift; a test uses running means and variances. Arrays are
// [samples][channels][places].
//
// Shards of a batch share their sums: Sums of each, added in a fixed order, then
// Forward; and in the same way BackSums, then Backward.
//
// Source: Ioffe and Szegedy 2015; the running variance is the unbiased one, as
// PyTorch has it.
type BatchNorm struct {
	Channels, Places      int
	Epsilon, Momentum     float64
	Scale, Shift          []float32
	GradScale, GradShift  []float32
	RunningMean, RunningV []float32
	x                     []float32 // normalised
	inverse               []float64
}

// Sums are sums over a shard's samples and places, by channel.
type Sums struct {
	Count       float64
	First, Both []float64 // of x and x^2; of the gradient, and of it times the normalised x
}

// Add adds another shard's.
func (s *Sums) Add(o *Sums) {
	s.Count += o.Count
	for c := range s.First {
		s.First[c] += o.First[c]
		s.Both[c] += o.Both[c]
	}
}

func (l *BatchNorm) each(n int, f func(channel, k int)) {
	for k := range n {
		f(k/l.Places%l.Channels, k)
	}
}

func (l *BatchNorm) sums(n int) Sums {
	return Sums{float64(n / l.Channels), make([]float64, l.Channels), make([]float64, l.Channels)}
}

// Sums is that of x, and of the squares of its distances from the running means,
// which keep the digits.
func (l *BatchNorm) Sums(x []float32) Sums {
	s := l.sums(len(x))
	l.each(len(x), func(c, k int) {
		d := float64(x[k]) - float64(l.RunningMean[c])
		s.First[c] += d
		s.Both[c] += float64(d * d)
	})
	return s
}

// Forward sets y of x, of a batch with these sums, and updates the running ones
// where it is told to: one shard of a batch does.
func (l *BatchNorm) Forward(y, x []float32, s *Sums, update bool) {
	mean, variance := make([]float64, l.Channels), make([]float64, l.Channels)
	for c := range mean {
		off := s.First[c] / s.Count
		mean[c] = float64(l.RunningMean[c]) + off
		variance[c] = s.Both[c]/s.Count - float64(off*off)
	}
	l.normalize(y, x, mean, variance)
	if update {
		for c := range mean {
			unbiased := variance[c] * s.Count / (s.Count - 1)
			l.RunningMean[c] += float32(l.Momentum * (mean[c] - float64(l.RunningMean[c])))
			l.RunningV[c] += float32(l.Momentum * (unbiased - float64(l.RunningV[c])))
		}
	}
}

// Test sets y of x by the running means and variances.
func (l *BatchNorm) Test(y, x []float32) {
	mean, variance := make([]float64, l.Channels), make([]float64, l.Channels)
	for c := range mean {
		mean[c], variance[c] = float64(l.RunningMean[c]), float64(l.RunningV[c])
	}
	l.normalize(y, x, mean, variance)
}

func (l *BatchNorm) normalize(y, x []float32, mean, variance []float64) {
	l.x = grow(l.x, len(x))
	l.inverse = make([]float64, l.Channels)
	for c, v := range variance {
		l.inverse[c] = 1 / math.Sqrt(v+l.Epsilon)
	}
	l.each(len(x), func(c, k int) {
		l.x[k] = float32((float64(x[k]) - mean[c]) * l.inverse[c])
		y[k] = float32(l.x[k]*l.Scale[c]) + l.Shift[c]
	})
}

// BackSums is that of the gradient at y. It adds to the parameters' gradients.
func (l *BatchNorm) BackSums(gy []float32) Sums {
	s := l.sums(len(gy))
	l.each(len(gy), func(c, k int) {
		s.First[c] += float64(gy[k])
		s.Both[c] += float64(float64(gy[k]) * float64(l.x[k]))
	})
	for c := range s.First {
		l.GradShift[c] += float32(s.First[c])
		l.GradScale[c] += float32(s.Both[c])
	}
	return s
}

// Backward sets gx to the gradient at x, of a batch with these sums; after Test, s
// is nil.
func (l *BatchNorm) Backward(gx, gy []float32, s *Sums) {
	l.each(len(gy), func(c, k int) {
		g := float64(gy[k])
		if s != nil {
			g -= s.First[c]/s.Count + float64(float64(l.x[k])*s.Both[c])/s.Count
		}
		gx[k] = float32(g * l.inverse[c] * float64(l.Scale[c]))
	})
}
