package neuron

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/train/internal/golden"
	"github.com/volley-snn/volley/snn/train/surrogate"
)

// surrogates by their names in the golden files.
var surrogates = map[string]surrogate.Slope{"atan2": surrogate.Arctan(2), "atan5": surrogate.Arctan(5), "sigmoid4": surrogate.Sigmoid(4)}

// config reads a case's name: kind_T_surrogate_reset[_tau_decay]_detach.
func config(t *testing.T, name string) (c Config) {
	t.Helper()
	c.Threshold = 1
	for _, part := range strings.Split(name, "_") {
		switch {
		case surrogates[part] != nil:
			c.Surrogate = surrogates[part]
		case part == "plif":
			c.Learned = true
		case part == "soft":
			c.Reset = Soft
		case part == "hard-0.2":
			c.ResetTo = -0.2
		case part == "decayin":
			c.DecayInput = true
		case part == "detach":
			c.Detached = true
		case strings.HasPrefix(part, "tau"):
			tau, err := strconv.ParseFloat(part[3:], 64)
			if err != nil {
				t.Fatal(name, err)
			}
			c.Leak = float32(1 / tau)
		}
	}
	if c.Surrogate == nil {
		t.Fatalf("case %s is not understood", name)
	}
	return c
}

func TestAgainstSpikingJelly(t *testing.T) {
	for _, file := range []string{"lif_f32.npz", "lif_f64.npz"} {
		t.Run(file, func(t *testing.T) { compareCases(t, file) })
	}
}

func compareCases(t *testing.T, file string) {
	a := golden.Open(t, file)
	cases := 0
	for _, name := range a.Names(".grad_x") {
		if strings.HasPrefix(name, "mgneuron") {
			continue
		}
		cases++
		l := Layer{Config: config(t, name)}
		steps := a.Shape(name + ".x")[0]
		if l.Learned {
			l.W = a.Singles(name + ".param_w")[0]
		}
		w := a.Singles(name + ".w")
		spikes, loss := l.Forward(a.Singles(name+".x"), steps), 0.0
		for k, s := range spikes {
			loss += float64(s) * float64(w[k])
		}
		golden.Near(t, name+" h", l.H, a.Array(name+".h"), 2e-6)
		golden.Near(t, name+" v", l.V, a.Array(name+".v"), 2e-6)
		golden.Near(t, name+" spikes", spikes, a.Array(name+".spike"), 0)
		golden.Near(t, name+" loss", []float32{float32(loss)}, a.Array(name+".loss"), 2e-6)
		g := make([]float32, len(w))
		l.Backward(g, w)
		golden.Near(t, name+" gradient", g, a.Array(name+".grad_x"), 2e-5)
		if l.Learned {
			golden.Near(t, name+" gradient of w", []float32{l.GradW}, a.Array(name+".grad_param_w"), 1e-4)
		}
	}
	if cases != 46 {
		t.Errorf("%d cases were compared, expected 46", cases)
	}
}

// Without reset, and where nothing spikes, potentials are a linear filter: the
// gradient of a sum of them would be that of an impulse response. Here the layer's
// surrogate is 1 everywhere, so that spikes stand for potentials.
func TestGradientIsTheImpulseResponse(t *testing.T) {
	one := func(out, _ []float32) {
		for k := range out {
			out[k] = 1
		}
	}
	for _, decayInput := range []bool{false, true} {
		l := Layer{Config: Config{Leak: 0.25, DecayInput: decayInput, Threshold: 1e9, Reset: None, Surrogate: one}}
		const steps = 6
		s := random.Seed(1, random.Noise).Stream()
		x := make([]float32, steps)
		for k := range x {
			x[k] = float32(s.Float64())
		}
		l.Forward(x, steps)
		g, out := make([]float32, steps), make([]float32, steps)
		g[steps-1] = 1
		l.Backward(out, g)
		gain := 1.0
		if decayInput {
			gain = 0.25
		}
		for k := range out {
			if want := gain * math.Pow(0.75, float64(steps-1-k)); math.Abs(float64(out[k])-want) > 1e-7 {
				t.Errorf("decay of input %v: step %d: %g, expected %g", decayInput, k, out[k], want)
			}
		}
	}
}
