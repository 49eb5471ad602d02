package optimize

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/train/internal/golden"
	"github.com/volley-snn/volley/snn/train/parameter"
)

func TestAgainstOfficialOptimizers(t *testing.T) {
	for _, file := range []string{"layers_f32.npz", "layers_f64.npz"} {
		t.Run(file, func(t *testing.T) { compareOptimizers(t, file) })
	}
}

func compareOptimizers(t *testing.T, file string) {
	a := golden.Open(t, file)
	for name, c := range map[string]struct {
		o    Optimizer
		rate float64
	}{
		"sgd_m0.9_lr0.1_wd5e-4":          {&SGD{Momentum: 0.9, Decay: 5e-4}, 0.1},
		"sgd_nesterov_m0.9_lr0.1_wd5e-4": {&SGD{Momentum: 0.9, Decay: 5e-4, Nesterov: true}, 0.1},
		"adam_lr0.01_wd1e-5":             {NewAdam(1e-5), 0.01},
		"adam_lr0.01_wd0.1":              {NewAdam(0.1), 0.01},
		"adamw_lr5e-4_wd0.01":            {NewAdamW(0.01), 5e-4},
		"adamw_lr0.01_wd0.1":             {NewAdamW(0.1), 0.01},
	} {
		var l parameter.Layout
		l.Add(parameter.Spec{Name: "p", Shape: []int{4, 3}})
		p, grads, want := a.Singles("optim.p0"), a.Singles("optim.grads"), a.Array("optim."+name+".p")
		for step := range 5 {
			c.o.Step(&l, p, grads[12*step:12*(step+1)], c.rate)
			golden.Near(t, name, p, want[12*step:12*(step+1)], 1e-5)
		}
	}
}

func TestClipAgainstOfficialCode(t *testing.T) {
	for _, file := range []string{"layers_f32.npz", "layers_f64.npz"} {
		t.Run(file, func(t *testing.T) { compareClip(t, file) })
	}
}

func compareClip(t *testing.T, file string) {
	a := golden.Open(t, file)
	g := a.Singles("optim.grads")[:24]
	norm := Clip(g, 1)
	golden.Near(t, "norm", []float32{float32(norm)}, a.Array("clip.norm"), 2e-6)
	golden.Near(t, "first", g[:12], a.Array("clip.g0"), 2e-6)
	golden.Near(t, "second", g[12:], a.Array("clip.g1"), 2e-6)
}

func TestCosineAgainstOfficialCode(t *testing.T) {
	c := Cosine{From: 0.01, To: 1e-4, Epochs: 100}
	for epoch, want := range golden.Open(t, "layers_f64.npz").Array("sched.cosine_T100_0.01_1e-4.lr_epoch0to100") {
		if math.Abs(c.At(epoch)-want) > 1e-15 {
			t.Errorf("epoch %d: %g, expected %g", epoch, c.At(epoch), want)
		}
	}
	c.Warmup = 4
	for epoch, want := range []float64{0.002, 0.004, 0.006, 0.008, 0.01} {
		if math.Abs(c.At(epoch)-want) > 1e-15 {
			t.Errorf("warm-up, epoch %d: %g, expected %g", epoch, c.At(epoch), want)
		}
	}
}
