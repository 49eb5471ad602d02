package batch

import (
	"math"
	"testing"

	"github.com/sbinet/npyio/npz"
)

// archive is the arrays of a file of golden/deep, as float64.
type archive struct {
	t *testing.T
	r *npz.Reader
}

func open(t *testing.T, name string) archive {
	t.Helper()
	needGolden(t)
	r, err := npz.Open(golden + "deep/" + name)
	must(t, err)
	t.Cleanup(func() { must(t, r.Close()) })
	return archive{t, r}
}

func (a archive) array(name string) []float64 {
	a.t.Helper()
	name += ".npy"
	h := a.r.Header(name)
	if h == nil {
		a.t.Fatalf("no array %s", name)
	}
	if h.Descr.Type == "<f8" {
		var out []float64
		must(a.t, a.r.Read(name, &out))
		return out
	}
	var single []float32
	must(a.t, a.r.Read(name, &single))
	out := make([]float64, len(single))
	for i, x := range single {
		out[i] = float64(x)
	}
	return out
}

func (a archive) shape(name string) []int { return a.r.Header(name + ".npy").Descr.Shape }

// layer is pre or post of a rule in the transformer's files: its activity and its
// times are of two different sums of real values, so a neuron may be silent and
// yet have a time.
func (a archive) layer(activity, times string, neurons int) Layer {
	return Layer{Neurons: neurons, First: ints(a.array(times)), Fired: floats(a.array(activity))}
}

// The spiking transformer's classifier and projection, SSDP and DA-SSDP, after
// five batches of warm-up.
func TestTransformerAgainstOfficialCode(t *testing.T) {
	for _, file := range []string{"ssdp_fresh_f64.npz", "ssdp_warm_f64.npz", "ssdp_warm_f32.npz"} {
		a := open(t, file)
		for _, where := range []string{"cls", "dssa"} {
			shape := a.shape("ssdp_" + where + ".delta_w")
			out, in := shape[0], shape[1]
			s := &Samples{}
			add := func(p Params, pre, post Layer, gate []float64) []float32 {
				must(t, s.Load(2, 4, pre, post))
				dw := make([]float32, in*out)
				must(t, New(p).Add(dw, s, gate, 0, nil))
				Clip(dw)
				return dw
			}
			name := "ssdp_" + where
			pre, post := a.layer(name+".pre", name+".t_pre", in), a.layer(name+".post", name+".t_post", out)
			p := Published(4)
			p.APlus = 1e-4
			t.Logf("%s %s: %.1e", file, name, near(t, name, add(p, pre, post, nil), a.array(name+".delta_w")))
			if where == "dssa" {
				// Times are those of the trains of "some position above 0".
				var fromTrain Layer
				fromTrain.SetTrain(floats(a.array(name+".any_in")), 4, in, p.Quirks)
				sameTimes(t, name, fromTrain.First, a.array(name+".t_pre"))
			}

			name = "da_" + where
			times := "ssdp_cls"
			if where == "dssa" {
				times = name // silent at 0
			}
			pre, post = a.layer(name+".pre", times+".t_pre", in), a.layer(name+".post", times+".t_post", out)
			module := Dopamine{Warmup: 1}
			fakePre, fakePost, loss := floats(a.array(name+".fake_pre")), floats(a.array(name+".fake_post")), a.array(name+".fake_loss")
			for k, l := range loss {
				must(t, s.Load(2, 1, Layer{Neurons: in, Fired: fakePre[k*2*in : (k+1)*2*in]}, Layer{Neurons: out, Fired: fakePost[k*2*out : (k+1)*2*out]}))
				for _, g := range module.Gate(0, s.S(), l, nil) {
					if g != 0 {
						t.Fatal("a gate is open during warm-up")
					}
				}
			}
			must(t, s.Load(2, 4, pre, post))
			gates := module.Gate(1, s.S(), math.NaN(), nil)
			for b, g := range a.array(name + ".gate") {
				if math.Abs(gates[b]-g) > 1e-5 {
					t.Errorf("%s %s: gate %d is %g, expected %g", file, name, b, gates[b], g)
				}
			}
			t.Logf("%s %s: %.1e", file, name, near(t, name, add(PublishedDopamine(4), pre, post, gates), a.array(name+".delta_w")))
		}
	}
}

// The single-layer network: pre is the last step's input or hidden spikes, dt 1.
func TestSingleLayerNetworkAgainstOfficialCode(t *testing.T) {
	const samples, ticks, in, hidden = 4, 6, 12, 16
	for _, file := range []string{"single_layer_f64.npz", "single_layer_f32.npz", "single_layer_officialinit_f64.npz"} {
		a := open(t, file)
		inputs := a.array("inputs")
		last := func(x []float64, n int) []float32 { // [samples x ticks x n]
			var out []float64
			for b := range samples {
				out = append(out, x[(b*ticks+ticks-1)*n:(b*ticks+ticks)*n]...)
			}
			return floats(out)
		}
		e := PublishedExponential(float64(float32(0.02)))
		for step, prefix := range []string{"s0.", "s1.", "s2."} {
			post := Layer{Neurons: hidden, Fired: last(a.array(prefix+"spike"), hidden)}
			for name, pre := range map[string]Layer{
				"ssdp_dw_input":  {Neurons: in, Fired: last(inputs[step*samples*ticks*in:], in)},
				"ssdp_dw_hidden": post,
			} {
				s, dw := &Samples{}, make([]float32, hidden*pre.Neurons)
				must(t, s.Load(samples, 1, pre, post))
				must(t, e.Add(dw, s, nil, nil, 0))
				near(t, file+" "+prefix+name, dw, a.array(prefix+name))
			}
		}
	}
}

func TestAnnealingAgainstOfficialCode(t *testing.T) {
	want := open(t, "layers_f64.npz").array("sched.ssdp_A_singlelayer_epoch0to99")
	a := Anneal{0.02, 1e-4, len(want)}
	for epoch, x := range want {
		if got := a.At(epoch, Quirks{}); math.Abs(got-x) > 1e-9 {
			t.Errorf("epoch %d: %g, expected %g", epoch, got, x)
		}
	}
	if got := a.At(150, Quirks{}); got != 1e-4 {
		t.Errorf("after its end the amplitude is %g", got)
	}
	if got := a.At(200, Quirks{AnnealCycles: true}); math.Abs(got-0.02) > 1e-12 {
		t.Errorf("with the quirk the amplitude is %g after a full cycle", got)
	}
}
