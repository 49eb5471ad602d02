package recurrent

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/train/surrogate"
)

// twin is the network as its formulas read, in float64, forward and back. A neuron's
// activity is fire of its distance from the threshold, and slope stands for fire's
// derivative: where it is the derivative, the gradient is exact.
type twin struct {
	Config
	samples     int
	fire, slope func(u float64) float64

	input  [][]float64 // row step*samples+b
	v0     [][]float64
	labels []int
	weight float64 // of the loss's term on rates
	target float64

	values [][]float64 // by parameter

	v, d, s, current, xIn, xRec [][]float64
	invIn, invRec               []float64
	mean, normal                [][]float64
	inverse                     []float64
	logits                      [][]float64
}

// norm normalises a row.
func norm(x []float64) (y []float64, inverse float64) {
	mean, square := 0.0, 0.0
	for _, a := range x {
		mean += a / float64(len(x))
	}
	for _, a := range x {
		square += (a - mean) * (a - mean) / float64(len(x))
	}
	inverse = 1 / math.Sqrt(square+epsilon)
	for _, a := range x {
		y = append(y, (a-mean)*inverse)
	}
	return y, inverse
}

// normBack is the gradient before a norm of that at its output, y.
func normBack(g, y []float64, inverse float64) (out []float64) {
	mean, along := 0.0, 0.0
	for k := range g {
		mean += g[k] / float64(len(g))
		along += g[k] * y[k] / float64(len(g))
	}
	for k := range g {
		out = append(out, inverse*(g[k]-mean-y[k]*along))
	}
	return out
}

// sum is bias + x W, with W by source.
func sum(bias, x, w []float64) []float64 {
	out := append([]float64(nil), bias...)
	for i, y := range x {
		for j := range out {
			out[j] += y * w[i*len(out)+j]
		}
	}
	return out
}

// loss is what the network makes of its input.
func (w *twin) loss() float64 {
	p, h, rows := w.values, w.Hidden, w.Ticks*w.samples
	w.v, w.d, w.s, w.current, w.xIn, w.xRec = nil, nil, nil, nil, nil, nil
	w.invIn, w.invRec, w.mean, w.normal, w.inverse, w.logits = nil, nil, nil, nil, nil, nil
	spikes, loss := 0.0, 0.0
	for r := range rows {
		d0, v0, s0 := make([]float64, h), w.v0[r%w.samples], make([]float64, h)
		if r >= w.samples {
			d0, v0, s0 = w.d[r-w.samples], w.v[r-w.samples], w.s[r-w.samples]
		}
		xIn, invIn := norm(sum(p[InputBias], w.input[r], p[InputWeight]))
		xRec, invRec := norm(sum(p[RecurrentBias], s0, p[RecurrentWeight]))
		current, d, v, s := make([]float64, h), make([]float64, h), make([]float64, h), make([]float64, h)
		for j := range h {
			current[j] = xIn[j]*p[InputNormScale][j] + p[InputNormShift][j] + xRec[j]*p[RecurrentNormScale][j] + p[RecurrentNormShift][j]
			a, b := math.Exp(-1/p[TauM][j]), 1/(1+math.Exp(-p[TauN][j]))
			d[j] = b*d0[j] + (1-b)*current[j]
			v[j] = a*v0[j] + (1-a)*d[j]
			s[j] = w.fire(v[j] - float64(w.Threshold))
			spikes += s[j]
		}
		w.xIn, w.xRec, w.invIn, w.invRec = append(w.xIn, xIn), append(w.xRec, xRec), append(w.invIn, invIn), append(w.invRec, invRec)
		w.current, w.d, w.v, w.s = append(w.current, current), append(w.d, d), append(w.v, v), append(w.s, s)
	}
	for b := range w.samples {
		mean := make([]float64, h)
		for t := range w.Ticks {
			for j, s := range w.s[t*w.samples+b] {
				mean[j] += s / float64(w.Ticks)
			}
		}
		normal, inverse := norm(sum(p[ReadoutBias], mean, p[ReadoutWeight]))
		logits, all := make([]float64, w.Outputs), 0.0
		for k, x := range normal {
			logits[k] = x*p[ReadoutNormScale][k] + p[ReadoutNormShift][k]
			all += math.Exp(logits[k])
		}
		loss += (math.Log(all) - logits[w.labels[b]]) / float64(w.samples)
		w.mean, w.normal, w.inverse, w.logits = append(w.mean, mean), append(w.normal, normal), append(w.inverse, inverse), append(w.logits, logits)
	}
	off := spikes/float64(rows*h) - w.target
	return loss + w.weight*off*off
}

// perSpike is the derivative of the term on rates by a spike.
func (w *twin) perSpike() float64 {
	places, spikes := float64(w.Ticks*w.samples*w.Hidden), 0.0
	for _, row := range w.s {
		for _, s := range row {
			spikes += s
		}
	}
	return 2 * w.weight * (spikes/places - w.target) / places
}

// gradient is that of the last loss.
func (w *twin) gradient() [][]float64 {
	p, h := w.values, w.Hidden
	var grad [][]float64
	for _, x := range p {
		grad = append(grad, make([]float64, len(x)))
	}
	// back adds the gradients of a sum, of that at it, g, and returns that at x.
	back := func(bias, weight int, x, g []float64) []float64 {
		out := make([]float64, len(x))
		for j, y := range g {
			grad[bias][j] += y
			for i, z := range x {
				grad[weight][i*len(g)+j] += z * y
				out[i] += p[weight][i*len(g)+j] * y
			}
		}
		return out
	}
	var gMean [][]float64
	for b := range w.samples {
		all := 0.0
		for _, x := range w.logits[b] {
			all += math.Exp(x)
		}
		g := make([]float64, w.Outputs)
		for k, x := range w.logits[b] {
			g[k] = math.Exp(x) / all / float64(w.samples)
			if k == w.labels[b] {
				g[k] -= 1 / float64(w.samples)
			}
			grad[ReadoutNormScale][k] += g[k] * w.normal[b][k]
			grad[ReadoutNormShift][k] += g[k]
			g[k] *= p[ReadoutNormScale][k]
		}
		gMean = append(gMean, back(ReadoutBias, ReadoutWeight, w.mean[b], normBack(g, w.normal[b], w.inverse[b])))
	}
	spike := w.perSpike()
	for b := range w.samples {
		gV, gD, gLater := make([]float64, h), make([]float64, h), make([]float64, h)
		for t := w.Ticks - 1; t >= 0; t-- {
			r := t*w.samples + b
			d0, v0, s0 := make([]float64, h), w.v0[b], make([]float64, h)
			if t > 0 {
				d0, v0, s0 = w.d[r-w.samples], w.v[r-w.samples], w.s[r-w.samples]
			}
			gIn, gRec := make([]float64, h), make([]float64, h)
			for j := range h {
				tau, a, f := p[TauM][j], math.Exp(-1/p[TauM][j]), 1/(1+math.Exp(-p[TauN][j]))
				gv := (gMean[b][j]/float64(w.Ticks)+spike+gLater[j])*w.slope(w.v[r][j]-float64(w.Threshold)) + gV[j]
				gd := (1-a)*gv + gD[j]
				grad[TauM][j] += gv * (v0[j] - w.d[r][j]) * a / (tau * tau)
				grad[TauN][j] += gd * (d0[j] - w.current[r][j]) * f * (1 - f)
				gV[j], gD[j] = a*gv, f*gd
				g := (1 - f) * gd
				grad[InputNormScale][j] += g * w.xIn[r][j]
				grad[RecurrentNormScale][j] += g * w.xRec[r][j]
				grad[InputNormShift][j] += g
				grad[RecurrentNormShift][j] += g
				gIn[j], gRec[j] = g*p[InputNormScale][j], g*p[RecurrentNormScale][j]
			}
			back(InputBias, InputWeight, w.input[r], normBack(gIn, w.xIn[r], w.invIn[r]))
			gLater = back(RecurrentBias, RecurrentWeight, s0, normBack(gRec, w.xRec[r], w.invRec[r]))
		}
	}
	return grad
}

// pair is a network of random values, a shard of random samples, and their twin.
// direct: inputs are currents.
func pair(slope surrogate.Slope, direct bool) (*Network, *Shard, *twin) {
	const ticks, samples, inputs = 6, 3, 8
	n := New(Config{Inputs: inputs, Hidden: 11, Outputs: 4, Ticks: ticks, Direct: direct, Threshold: 0.5, Surrogate: slope, TauM: [2]float64{2, 6}, TauN: [2]float64{-1, 2}})
	n.Initialize(3)
	draw := random.Seed(3, random.Spikes).Stream()
	for k := range n.Values {
		n.Values[k] += float32(0.3 * (draw.Float64() - 0.5)) // biases and norms, too
	}
	n.Refresh()
	s, w := n.NewShard(), &twin{Config: n.Config, samples: samples, weight: 5, target: 0.1}
	s.Begin(samples)
	for k := range n.Layout.Specs {
		var x []float64
		for _, y := range n.of(k) {
			x = append(x, float64(y))
		}
		w.values = append(w.values, x)
	}
	for b := range samples {
		row := make([]float64, n.Hidden)
		for j := range row {
			s.Initial[b*n.Hidden+j] = float32(draw.Float64())
			row[j] = float64(s.Initial[b*n.Hidden+j])
		}
		w.v0 = append(w.v0, row)
		s.Labels[b] = int32(draw.Intn(4))
		w.labels = append(w.labels, int(s.Labels[b]))
	}
	for k := range s.Current {
		s.Current[k] = float32(draw.Float64())
	}
	for r := range ticks * samples {
		row := make([]float64, inputs)
		if direct {
			for i := range row {
				row[i] = float64(s.Current[r%samples*inputs+i])
			}
			w.input = append(w.input, row)
			continue
		}
		for i := range row {
			if draw.Float64() < 0.4 {
				row[i] = 1
				s.Input.Index = append(s.Input.Index, uint32(i))
			}
		}
		s.EndInput(r/samples, r%samples)
		w.input = append(w.input, row)
	}
	return n, s, w
}

// smooth are surrogates as functions whose derivatives they are.
var smooth = map[string]struct {
	slope           surrogate.Slope
	fire, slopeOf64 func(u float64) float64
}{
	"multi_gaussian": {surrogate.MultiGaussian(), func(u float64) float64 {
		return 1.15*normal(u, 0, 0.5) - 0.15*normal(u, 0.5, 3) - 0.15*normal(u, -0.5, 3)
	}, func(u float64) float64 {
		return 1.15*density(u, 0, 0.5) - 0.15*density(u, 0.5, 3) - 0.15*density(u, -0.5, 3)
	}},
	"arctan": {surrogate.Arctan(2), func(u float64) float64 { return math.Atan(math.Pi*u)/math.Pi + 0.5 }, func(u float64) float64 {
		return 1 / (1 + math.Pi*u*math.Pi*u)
	}},
	"sigmoid": {surrogate.Sigmoid(4), func(u float64) float64 { return 1 / (1 + math.Exp(-4*u)) }, func(u float64) float64 {
		s := 1 / (1 + math.Exp(-4*u))
		return 4 * s * (1 - s)
	}},
}

func normal(u, mean, deviation float64) float64 {
	return math.Erfc(-(u-mean)/deviation/math.Sqrt2) / 2
}

func density(u, mean, deviation float64) float64 {
	z := (u - mean) / deviation
	return math.Exp(-z*z/2) / deviation / math.Sqrt(2*math.Pi)
}

// Where activity is a smooth function, whose derivative the surrogate is, the twin's
// gradient through time is that of finite differences, of every parameter.
func TestGradientAgainstFiniteDifferences(t *testing.T) {
	for name, f := range smooth {
		_, _, w := pair(f.slope, false)
		w.fire, w.slope = f.fire, f.slopeOf64
		w.loss()
		grad := w.gradient()
		for k := range w.values {
			most := 0.0
			for _, g := range grad[k] {
				most = max(most, math.Abs(g))
			}
			if most < 1e-5 {
				t.Errorf("%s, parameter %d: the largest gradient is %g, so little is compared", name, k, most)
			}
			for i := range w.values[k] {
				const step = 1e-5
				x := &w.values[k][i]
				was := *x
				*x = was + step
				above := w.loss()
				*x = was - step
				below := w.loss()
				*x = was
				if want := (above - below) / (2 * step); math.Abs(grad[k][i]-want) > 1e-6*max(most, 1e-3) {
					t.Fatalf("%s, parameter %d, number %d: %g, finite differences %g", name, k, i, grad[k][i], want)
				}
			}
		}
	}
}

// Where activity is a spike, the network's loss and gradient are the twin's.
func TestGradientAgainstTwin(t *testing.T) {
	for name, f := range smooth {
		t.Run(name, func(t *testing.T) { compareTwin(t, f.slope, f.slopeOf64, false) })
	}
	t.Run("direct", func(t *testing.T) {
		f := smooth["multi_gaussian"]
		compareTwin(t, f.slope, f.slopeOf64, true)
	})
}

func compareTwin(t *testing.T, slope surrogate.Slope, slopeOf64 func(float64) float64, direct bool) {
	n, s, w := pair(slope, direct)
	w.slope = slopeOf64
	w.fire = func(u float64) float64 {
		if math.Abs(u) < 1e-5 {
			t.Fatalf("a potential is %g from the threshold: too near to compare", u)
		}
		if u > 0 {
			return 1
		}
		return 0
	}
	loss := w.loss()
	s.Forward()
	off := float64(s.Count())/float64(n.Ticks*s.Samples*n.Hidden) - w.target
	if got := s.Loss/float64(s.Samples) + w.weight*off*off; math.Abs(got-loss) > 1e-5 || s.Count() == 0 {
		t.Errorf("loss %g, the twin has %g; %d spikes", got, loss, s.Count())
	}
	grad := n.Layout.New()
	s.Backward(grad, s.Samples, float32(w.perSpike()))
	for k, want := range w.gradient() {
		most := 0.0
		for _, x := range want {
			most = max(most, math.Abs(x))
		}
		for i, got := range n.Layout.Of(grad, k) {
			if d := math.Abs(float64(got) - want[i]); !(d <= 3e-5*most+1e-8) {
				t.Errorf("%s: gradient %d is %g, the twin has %g", n.Layout.Specs[k].Name, i, got, want[i])
				break
			}
		}
	}
}
