package recurrent

import (
	"testing"

	"github.com/volley-snn/volley/snn/ssdp/batch"
	"github.com/volley-snn/volley/snn/train/internal/golden"
	"github.com/volley-snn/volley/snn/train/optimize"
	"github.com/volley-snn/volley/snn/train/surrogate"
)

func transposed(x []float64, rows, columns int) []float64 {
	out := make([]float64, len(x))
	for i := range rows {
		for j := range columns {
			out[j*rows+i] = x[i*columns+j]
		}
	}
	return out
}

// official is the official names of the parameters, in our order.
var official = []string{
	"rnn.tau_m", "rnn.tau_n",
	"rnn.dense_input.weight", "rnn.dense_input.bias", "rnn.layernorm_input.weight", "rnn.layernorm_input.bias",
	"rnn.dense_hidden.weight", "rnn.dense_hidden.bias", "rnn.layernorm_hidden.weight", "rnn.layernorm_hidden.bias",
	"readout.dense.weight", "readout.dense.bias", "readout.layernorm.weight", "readout.layernorm.bias",
}

// parameters reads all parameters under a prefix, in our layout.
func parameters(a golden.Archive, n *Network, prefix string) [][]float64 {
	var out [][]float64
	for k, name := range official {
		x := a.Array(prefix + name)
		if s := n.Layout.Specs[k].Shape; len(s) == 2 {
			x = transposed(x, s[1], s[0])
		}
		out = append(out, x)
	}
	return out
}

// Three steps of the official single-layer network with its SSDP before the
// optimizer, its frozen norms and their gradients that pile up.
func TestAgainstOfficialNetwork(t *testing.T) {
	const in, hidden, out, ticks, samples = 12, 16, 5, 6, 4
	for _, file := range []string{"single_layer_f32.npz", "single_layer_f64.npz", "single_layer_officialinit_f32.npz", "single_layer_officialinit_f64.npz"} {
		a := golden.Open(t, file)
		n := New(Config{Inputs: in, Hidden: hidden, Outputs: out, Ticks: ticks, Threshold: 0.5, Surrogate: surrogate.MultiGaussian(), FrozenNorms: true})
		for k, x := range parameters(a, n, "init.") {
			for i, y := range x {
				n.of(k)[i] = float32(y)
			}
		}
		inputs, labels, noise := a.Array("inputs"), a.Array("labels"), a.Array("mem_noise")
		adam, grad, s := optimize.NewAdam(1e-5), n.Layout.New(), n.NewShard()
		for step, prefix := range []string{"s0.", "s1.", "s2."} {
			n.Refresh()
			s.Begin(samples)
			row := make([]float32, in)
			for r := range ticks * samples {
				tick, b := r/samples, r%samples
				for i := range row {
					row[i] = float32(inputs[((step*samples+b)*ticks+tick)*in+i])
				}
				s.Input.Append(row)
			}
			for i := range s.Initial {
				s.Initial[i] = float32(noise[step*samples*hidden+i])
			}
			for b := range s.Labels {
				s.Labels[b] = int32(labels[step*samples+b])
			}
			s.Forward()
			compareForward(t, a, s, file+" "+prefix, prefix)

			count := float64(samples * ticks * hidden)
			rate := float64(s.Count()) / count
			golden.Near(t, file+prefix+"loss", []float32{float32(s.Loss/samples + 0.5*(rate-0.1)*(rate-0.1))}, a.Array(prefix+"loss"), 2e-6)
			fresh := n.Layout.New()
			s.Backward(fresh, samples, float32((rate-0.1)/count))
			for k := range n.Layout.Specs {
				of := n.Layout.Of(grad, k)
				if !n.Layout.Specs[k].Frozen {
					clear(of)
				}
				for i, g := range n.Layout.Of(fresh, k) {
					of[i] += g
				}
			}
			for k, x := range parameters(a, n, prefix+"grad_preclip.") {
				golden.Near(t, file+" "+prefix+n.Layout.Specs[k].Name+" gradient", n.Layout.Of(grad, k), x, 2e-5)
			}
			norm := optimize.Clip(grad, 1)
			golden.Near(t, file+prefix+"norm", []float32{float32(norm)}, a.Array(prefix+"clip_total_norm"), 2e-5)
			addPublished(t, n, s, labels)
			adam.Step(&n.Layout, n.Values, grad, 0.01)
			for k, x := range parameters(a, n, prefix+"after.") {
				golden.Near(t, file+" "+prefix+n.Layout.Specs[k].Name+" after", n.of(k), x, 1e-5)
			}
			if t.Failed() {
				return
			}
		}
	}
}

func compareForward(t *testing.T, a golden.Archive, s *Shard, name, prefix string) {
	t.Helper()
	h, ticks := s.net.Hidden, s.net.Ticks
	want, v, spikes := a.Array(prefix+"mem"), make([]float32, len(s.v)), make([]float32, len(s.v))
	for b := range s.Samples {
		for tick := range ticks {
			copy(v[(b*ticks+tick)*h:][:h], s.v[(tick*s.Samples+b)*h:])
			for _, j := range s.Spikes.Row(tick*s.Samples + b) {
				spikes[(b*ticks+tick)*h+int(j)] = 1
			}
		}
	}
	golden.Near(t, name+"mem", v, want, 4e-6)
	golden.Near(t, name+"spike", spikes, a.Array(prefix+"spike"), 0)
	golden.Near(t, name+"output", s.Logits, a.Array(prefix+"output"), 4e-6)
}

// addPublished adds the published exponential rule's change, of the last tick, to
// the weights by source: pre and post change places.
func addPublished(t *testing.T, n *Network, s *Shard, _ []float64) {
	t.Helper()
	last := (n.Ticks - 1) * s.Samples
	active := func(l interface{ Row(int) []uint32 }, neurons int) batch.Layer {
		x := make([]float32, s.Samples*neurons)
		for b := range s.Samples {
			for _, i := range l.Row(last + b) {
				x[b*neurons+int(i)] = 1
			}
		}
		return batch.Layer{Neurons: neurons, Fired: x}
	}
	in, hidden := active(&s.Input, n.Inputs), active(&s.Spikes, n.Hidden)
	rule := batch.PublishedExponential(float64(float32(0.02)))
	for weight, pre := range map[int]batch.Layer{InputWeight: in, RecurrentWeight: hidden} {
		var samples batch.Samples
		if err := samples.Load(s.Samples, 1, hidden, pre); err != nil {
			t.Fatal(err)
		}
		dw := make([]float32, len(n.of(weight)))
		if err := rule.Add(dw, &samples, nil, nil, 0); err != nil {
			t.Fatal(err)
		}
		batch.Clip(dw)
		for i, x := range dw {
			n.of(weight)[i] += x
		}
	}
}
