package bench

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/input"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/random"
)

// updated is the number of neurons whose update is measured: the state of most
// models stays in a second-level cache. Models in adaptive steps are measured on
// a few, as theirs stays there anyway.
const (
	updated    = 10_000
	updatedFew = 500
	slowNs     = 50
)

// Update is what a step of a neuron model costs, at its default parameters with
// as much constant current as makes it spike, and no other input.
type Update struct {
	Model       string  `json:"model"`
	Precision   string  `json:"precision"`
	RateHz      float64 `json:"rate_hz"`
	NsPerNeuron Spread  `json:"ns_per_neuron"`
}

// Updates are the measurements of every neuron model, not yet made.
func Updates() []Update {
	var all []Update
	for _, spec := range neuron.Models() {
		if len(spec.State) == 0 {
			continue // a parrot has nothing to update
		}
		all = append(all, Update{Model: spec.Name, Precision: "float64"})
		if spec.Float32 {
			all = append(all, Update{Model: spec.Name, Precision: "float32"})
		}
	}
	return all
}

// Measure finds the current and takes the time.
func (u *Update) Measure(repeats int) {
	spec, _ := neuron.Lookup(u.Model)
	pA := 1.0
	for ; pA < 1e4; pA *= 2 {
		if u.RateHz = u.group(spec, pA, 1).rate(); u.RateHz >= 5 {
			break
		}
	}
	few := u.group(spec, pA, updatedFew)
	few.disperse(pA)
	if u.NsPerNeuron = perUnit(repeats, few.step); u.NsPerNeuron.Min > slowNs {
		return
	}
	many := u.group(spec, pA, updated)
	many.disperse(pA)
	u.NsPerNeuron = perUnit(repeats, many.step)
}

const dtMs = 0.1

// group is neurons under the same constant current.
type group struct {
	neuron.Group
	in    neuron.Input
	n     int
	fired []uint32
}

func (u *Update) group(spec neuron.Spec, pA float64, n int) *group {
	params := neuron.Params{"I_e": {pA}}.Complete(spec.Params)
	g := &group{n: n, Group: spec.New(neuron.Config{N: n, DtMs: dtMs, Params: params, State: neuron.Params{}.Complete(spec.State),
		Key: random.Seed(1, random.Escape), Float32: u.Precision == "float32"})}
	for range spec.Receptors(params) {
		g.in.Sums, g.in.Quantum = append(g.in.Sums, make([]int32, n)), append(g.in.Quantum, 1)
	}
	if params["I_e"] == nil {
		g.in.Current = make([]float64, n)
		for i := range g.in.Current {
			g.in.Current[i] = pA
		}
	}
	return g
}

// step is a tick; it returns the number of neurons.
func (g *group) step() int64 {
	g.in.Tick++
	g.fired = g.Update(&g.in, g.fired[:0])
	return int64(g.n)
}

// disperse runs 50 ms under currents that differ, up to pA more for each neuron,
// so that the neurons do not go on in step.
func (g *group) disperse(pA float64) {
	usual := g.in.Current
	g.in.Current = make([]float64, g.n)
	for i := range g.in.Current {
		g.in.Current[i] = pA * float64(i) / float64(g.n)
		if usual != nil {
			g.in.Current[i] += usual[i]
		}
	}
	for range 500 {
		g.step()
	}
	g.in.Current = usual
}

// rate is in Hz, over a second.
func (g *group) rate() float64 {
	spikes := 0
	for g.in.Tick < snn.Tick(1000/dtMs) {
		g.step()
		spikes += len(g.fired)
	}
	return float64(spikes)
}

// Drive is what a Poisson generator costs a target and tick.
type Drive struct {
	RateHz      float64 `json:"rate_hz"`
	OneRate     bool    `json:"one_rate"` // for all targets
	NsPerTarget Spread  `json:"ns_per_target"`
}

// Drives are the measurements of generators, not yet made.
func Drives() []Drive { return []Drive{{RateHz: 18_195, OneRate: true}, {RateHz: 18_195}} }

// Measure draws counts for neurons.
func (d *Drive) Measure(repeats int) {
	rates := input.Const(d.RateHz)
	if !d.OneRate {
		rates = input.Values{List: make([]float64, updated)}
		for i := range rates.List {
			rates.List[i] = d.RateHz * (0.9 + float64(i%9)/40)
		}
	}
	g := input.PoissonGenerator{RateHz: rates, Span: input.Span{StopMs: 1e300}}
	drive := g.New(input.Slice{Hi: updated, DtMs: dtMs, Key: random.Seed(1, random.Poisson)})
	sums := make([]int32, updated)
	t := snn.Tick(0)
	d.NsPerTarget = perUnit(repeats, func() int64 {
		const ticks = 5
		for range ticks {
			t++
			drive.Add(t, sums, 1)
		}
		return ticks * updated
	})
}
