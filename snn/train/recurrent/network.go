package recurrent

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/train/lane"
	"github.com/volley-snn/volley/snn/train/matrix"
	"github.com/volley-snn/volley/snn/train/parameter"
	"github.com/volley-snn/volley/snn/train/surrogate"
)

// Config of a network.
type Config struct {
	Inputs, Hidden, Outputs, Ticks int

	Direct      bool // inputs are currents, the same in every tick, and not spikes
	Threshold   float32
	Surrogate   surrogate.Slope
	TauM, TauN  [2]float64 // uniform bounds that tau_m and tau_n are drawn from
	FrozenNorms bool       // as published: the norms of the layer's inputs are not learned
}

// Network is the parameters of a network and what all shards read of them.
type Network struct {
	Config
	Layout parameter.Layout
	Values []float32

	in, rec matrix.Blocks
	inDense matrix.Packed // in place of in where inputs are currents
	recBack matrix.Packed
	readout matrix.Packed
	filter  lane.Filter
	shift   []float32 // of both norms
}

// The parameters, by number.
const (
	TauM = iota
	TauN
	InputWeight // [inputs][hidden]
	InputBias
	InputNormScale
	InputNormShift
	RecurrentWeight // [hidden][hidden], by source
	RecurrentBias
	RecurrentNormScale
	RecurrentNormShift
	ReadoutWeight // [hidden][outputs]
	ReadoutBias
	ReadoutNormScale
	ReadoutNormShift
)

// epsilon of the norms.
const epsilon = 1e-5

// New lays out a network. Its values are 0 until Initialize or a checkpoint.
func New(c Config) *Network {
	n := &Network{Config: c}
	vector := func(name string, size int, frozen bool) {
		n.Layout.Add(parameter.Spec{Name: name, Shape: []int{size}, Bare: true, Frozen: frozen})
	}
	weight := func(name string, from, to int) {
		n.Layout.Add(parameter.Spec{Name: name, Shape: []int{from, to}})
	}
	h := c.Hidden
	vector("tau_m", h, false)
	vector("tau_n", h, false)
	weight("input.weight", c.Inputs, h)
	vector("input.bias", h, false)
	vector("input.norm.scale", h, c.FrozenNorms)
	vector("input.norm.shift", h, c.FrozenNorms)
	weight("recurrent.weight", h, h)
	vector("recurrent.bias", h, false)
	vector("recurrent.norm.scale", h, c.FrozenNorms)
	vector("recurrent.norm.shift", h, c.FrozenNorms)
	weight("readout.weight", h, c.Outputs)
	vector("readout.bias", c.Outputs, false)
	vector("readout.norm.scale", c.Outputs, false)
	vector("readout.norm.shift", c.Outputs, false)
	n.Values = n.Layout.New()
	for _, x := range []*[]float32{&n.filter.A, &n.filter.A1, &n.filter.B, &n.filter.B1, &n.shift} {
		*x = make([]float32, h)
	}
	return n
}

// of is parameter k.
func (n *Network) of(k int) []float32 { return n.Layout.Of(n.Values, k) }

// Initialize draws weights from Xavier's normal distribution and time constants
// uniformly; biases are 0, norms 1 and 0.
func (n *Network) Initialize(seed uint64) {
	clear(n.Values)
	for k := range n.Layout.Specs {
		s, x := &n.Layout.Specs[k], n.of(k)
		key := random.Seed(seed, random.Initial).Sub(uint64(k))
		d := random.Const(0)
		switch k {
		case InputWeight, RecurrentWeight, ReadoutWeight:
			d = random.Distribution{Kind: random.Normal, B: math.Sqrt(2 / float64(s.Shape[0]+s.Shape[1]))}
		case TauM:
			d = random.Distribution{Kind: random.Uniform, A: n.TauM[0], B: n.TauM[1]}
		case TauN:
			d = random.Distribution{Kind: random.Uniform, A: n.TauN[0], B: n.TauN[1]}
		case InputNormScale, RecurrentNormScale, ReadoutNormScale:
			d = random.Const(1)
		}
		for i := range x {
			x[i] = float32(d.Draw(key, uint64(i)))
		}
	}
	n.Refresh()
}

// Refresh brings what shards read up to the values: after every change of them.
func (n *Network) Refresh() {
	if n.Direct {
		n.inDense.Pack(n.of(InputWeight), n.Inputs, n.Hidden)
	} else {
		n.in.Pack(n.of(InputWeight), n.Inputs, n.Hidden)
	}
	n.rec.Pack(n.of(RecurrentWeight), n.Hidden, n.Hidden)
	n.recBack.PackTransposed(n.of(RecurrentWeight), n.Hidden, n.Hidden)
	n.readout.Pack(n.of(ReadoutWeight), n.Hidden, n.Outputs)
	tauM, tauN, f := n.of(TauM), n.of(TauN), &n.filter
	for j := range n.Hidden {
		a, b := decay(tauM[j]), sigmoid(tauN[j])
		f.A[j], f.A1[j], f.B[j], f.B1[j] = float32(a), float32(1-a), float32(b), float32(1-b)
		n.shift[j] = n.of(InputNormShift)[j] + n.of(RecurrentNormShift)[j]
	}
}

// leastTau bounds tau_m from below, as published.
const leastTau = 0.01

func decay(tau float32) float64 { return pinned.Exp(-1 / max(float64(tau), leastTau)) }

func sigmoid(x float32) float64 { return 1 / (1 + pinned.Exp(-float64(x))) }
