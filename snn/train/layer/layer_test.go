package layer

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/train/internal/golden"
)

const forward, back = 2e-6, 2e-5

func turned(x []float32, rows, columns int) []float32 {
	out := make([]float32, len(x))
	for i := range rows {
		for j := range columns {
			out[j*rows+i] = x[i*columns+j]
		}
	}
	return out
}

func TestLinearAgainstOfficialLayers(t *testing.T) {
	for _, file := range []string{"layers_f32.npz", "layers_f64.npz"} {
		t.Run(file, func(t *testing.T) { compareLinear(t, file) })
	}
}

func compareLinear(t *testing.T, file string) {
	a := golden.Open(t, file)
	for _, name := range []string{"linear_bias", "linear_nobias"} {
		l := Linear{Inputs: 6, Outputs: 4, Weight: turned(a.Singles(name+".weight"), 4, 6), GradWeight: make([]float32, 24)}
		if a.Has(name + ".bias") {
			l.Bias, l.GradBias = a.Singles(name+".bias"), make([]float32, 4)
		}
		l.Refresh()
		x, gy := a.Singles(name+".x"), a.Singles(name+".gy")
		y, gx := make([]float32, len(gy)), make([]float32, len(x))
		l.Forward(y, x)
		l.Backward(gx, gy)
		golden.Near(t, name, y, a.Array(name+".y"), forward)
		golden.Near(t, name+" gradient", gx, a.Array(name+".grad_x"), back)
		golden.Near(t, name+" gradient of weights", turned(l.GradWeight, 6, 4), a.Array(name+".grad_weight"), back)
		if l.Bias != nil {
			golden.Near(t, name+" gradient of biases", l.GradBias, a.Array(name+".grad_bias"), back)
		}
	}
}

func TestNormAgainstOfficialLayers(t *testing.T) {
	for _, file := range []string{"layers_f32.npz", "layers_f64.npz"} {
		t.Run(file, func(t *testing.T) { compareNorm(t, file) })
	}
}

func compareNorm(t *testing.T, file string) {
	a := golden.Open(t, file)
	for _, name := range []string{"layernorm7", "layernorm4x5"} {
		l := Norm{Epsilon: 1e-5, Scale: a.Singles(name + ".weight"), Shift: a.Singles(name + ".bias")}
		l.GradScale, l.GradShift = make([]float32, len(l.Scale)), make([]float32, len(l.Scale))
		x, gy := a.Singles(name+".x"), a.Singles(name+".gy")
		y, gx := make([]float32, len(x)), make([]float32, len(x))
		l.Forward(y, x)
		l.Backward(gx, gy)
		golden.Near(t, name, y, a.Array(name+".y"), forward)
		golden.Near(t, name+" gradient", gx, a.Array(name+".grad_x"), back)
		golden.Near(t, name+" gradient of scales", l.GradScale, a.Array(name+".grad_weight"), back)
		golden.Near(t, name+" gradient of shifts", l.GradShift, a.Array(name+".grad_bias"), back)
	}
}

func batchNorm(scale, shift, mean, variance []float32, places int) *BatchNorm {
	n := len(scale)
	return &BatchNorm{
		Channels: n, Places: places, Epsilon: 1e-5, Momentum: 0.1, Scale: scale, Shift: shift, GradScale: make([]float32, n), GradShift: make([]float32, n),
		RunningMean: append([]float32(nil), mean...), RunningV: append([]float32(nil), variance...),
	}
}

func TestBatchNormAgainstOfficialLayers(t *testing.T) {
	for _, file := range []string{"layers_f32.npz", "layers_f64.npz"} {
		t.Run(file, func(t *testing.T) { compareBatchNorm(t, file) })
	}
}

func compareBatchNorm(t *testing.T, file string) {
	a := golden.Open(t, file)
	for _, name := range []string{"bn_train", "bn_train_2nd", "bn_eval"} {
		l := batchNorm(a.Singles("bn.weight"), a.Singles("bn.bias"), a.Singles(name+".running_mean_before"), a.Singles(name+".running_var_before"), 15)
		x, gy := a.Singles(name+".x"), a.Singles(name+".gy")
		y, gx := make([]float32, len(x)), make([]float32, len(x))
		if name == "bn_eval" {
			l.Test(y, x)
			l.BackSums(gy)
			l.Backward(gx, gy, nil)
		} else {
			s := l.Sums(x)
			l.Forward(y, x, &s, true)
			s = l.BackSums(gy)
			l.Backward(gx, gy, &s)
		}
		golden.Near(t, name, y, a.Array(name+".y"), forward)
		golden.Near(t, name+" gradient", gx, a.Array(name+".grad_x"), back)
		golden.Near(t, name+" gradient of scales", l.GradScale, a.Array(name+".grad_weight"), back)
		golden.Near(t, name+" gradient of shifts", l.GradShift, a.Array(name+".grad_bias"), back)
		golden.Near(t, name+" running mean", l.RunningMean, a.Array(name+".running_mean_after"), forward)
		golden.Near(t, name+" running variance", l.RunningV, a.Array(name+".running_var_after"), forward)
	}
}

// Two shards that share their sums are one batch.
func TestBatchNormOfShards(t *testing.T) {
	s := random.Seed(5, random.Noise).Stream()
	row := func(n int) []float32 {
		x := make([]float32, n)
		for k := range x {
			x[k] = float32(s.Float64() - 0.3)
		}
		return x
	}
	scale, shift, mean, variance := row(3), row(3), row(3), []float32{1, 1, 1}
	x, g := row(8*3*2), row(8*3*2)
	whole := batchNorm(scale, shift, mean, variance, 2)
	y, gx := make([]float32, len(x)), make([]float32, len(x))
	sums := whole.Sums(x)
	whole.Forward(y, x, &sums, true)
	sums = whole.BackSums(g)
	whole.Backward(gx, g, &sums)

	one, two := batchNorm(scale, shift, mean, variance, 2), batchNorm(scale, shift, mean, variance, 2)
	at := 3 * 3 * 2
	y2, gx2 := make([]float32, len(x)), make([]float32, len(x))
	sums = one.Sums(x[:at])
	other := two.Sums(x[at:])
	sums.Add(&other)
	one.Forward(y2[:at], x[:at], &sums, true)
	two.Forward(y2[at:], x[at:], &sums, false)
	sums, other = one.BackSums(g[:at]), two.BackSums(g[at:])
	sums.Add(&other)
	one.Backward(gx2[:at], g[:at], &sums)
	two.Backward(gx2[at:], g[at:], &sums)
	for k := range x {
		if math.Abs(float64(y[k]-y2[k])) > 1e-6 || math.Abs(float64(gx[k]-gx2[k])) > 1e-6 {
			t.Fatalf("number %d: %g and %g, in shards %g and %g", k, y[k], gx[k], y2[k], gx2[k])
		}
	}
}

// Gradients against differences of a loss of random weights.
func TestGradientsAgainstDifferences(t *testing.T) {
	s := random.Seed(6, random.Noise).Stream()
	row := func(n int) []float32 {
		x := make([]float32, n)
		for k := range x {
			x[k] = float32(2*s.Float64() - 1)
		}
		return x
	}
	const rows, in, out = 5, 6, 9
	linear := &Linear{Inputs: in, Outputs: out, Weight: row(in * out), Bias: row(out), GradWeight: make([]float32, in*out), GradBias: make([]float32, out)}
	norm := &Norm{Epsilon: 1e-5, Scale: row(out), Shift: row(out), GradScale: make([]float32, out), GradShift: make([]float32, out)}
	x, weights := row(rows*in), row(rows*out)
	y, z := make([]float32, rows*out), make([]float32, rows*out)
	loss := func() (sum float64) {
		linear.Refresh()
		linear.Forward(y, x)
		norm.Forward(z, y)
		for k, v := range z {
			sum += float64(v) * float64(weights[k])
		}
		return sum
	}
	loss()
	gy, gx := make([]float32, rows*out), make([]float32, rows*in)
	norm.Backward(gy, weights)
	linear.Backward(gx, gy)
	for name, pair := range map[string][2][]float32{"x": {x, gx}, "weights": {linear.Weight, linear.GradWeight}, "scale": {norm.Scale, norm.GradScale}, "shift": {norm.Shift, norm.GradShift}} {
		for k := range pair[0] {
			const step = 1. / 256
			was := pair[0][k]
			pair[0][k] = was + step
			up := loss()
			pair[0][k] = was - step
			down := loss()
			pair[0][k] = was
			if want := (up - down) / (2 * step); math.Abs(float64(pair[1][k])-want) > 2e-3*(1+math.Abs(want)) {
				t.Errorf("%s %d: gradient %g, difference %g", name, k, pair[1][k], want)
			}
		}
	}
}

func TestDropoutKeepsTheMean(t *testing.T) {
	row := make([]float32, 100_000)
	for k := range row {
		row[k] = 1
	}
	Dropout{0.3}.Apply(row, random.Seed(1, random.Dropout).Lanes())
	sum, zeros := 0.0, 0
	for _, x := range row {
		sum += float64(x)
		if x == 0 {
			zeros++
		}
	}
	if math.Abs(sum/1e5-1) > 0.01 || math.Abs(float64(zeros)/1e5-0.3) > 0.01 {
		t.Errorf("mean %g, %d zeros of %d", sum/1e5, zeros, len(row))
	}
}
