package neuron

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/ode"
)

// adaptive is what the groups have in common whose equations are integrated in
// adaptive steps: variables, and the size of each neuron's next inner step, which
// outlives the tick. The potential is variable 0.
type adaptive struct {
	model  string
	first  snn.GID
	dt     float64 // ms
	solver ode.Fehlberg
	names  []string
	y      [][]float64 // y[k][i] is variable k of neuron i
	step   []float64   // ms
	r      []int32
	start  start

	vec     ode.Vector // of the neuron under way
	clamped bool       // whether it is refractory
	current float64    // pA that flow into it, I_e included
}

// newAdaptive takes the variables' initial values from the state where it has
// them, else 0; firstStep in ms is the first inner step.
func newAdaptive(c Config, model string, firstStep float64, names ...string) adaptive {
	a := adaptive{model: model, first: c.First, dt: c.DtMs, solver: ode.Fehlberg{N: len(names)}, names: names}
	for _, name := range names {
		if c.State[name] != nil {
			a.y = append(a.y, c.State.column(name, c.N))
		} else {
			a.y = append(a.y, make([]float64, c.N))
		}
	}
	a.step, a.r = make([]float64, c.N), make([]int32, c.N)
	refill(a.step, []float64{min(firstStep, c.DtMs)})
	a.start = startOf(a.Fields())
	return a
}

func (a *adaptive) Reset() { a.start.restore(a.Fields()) }

func (a *adaptive) Fields() []Field {
	var fields []Field
	for k, name := range a.names {
		fields = append(fields, Field{Name: name, Floats: a.y[k]})
	}
	return append(fields, Field{Name: "step", Floats: a.step}, Field{Name: "refractory", Ints: a.r})
}

func (a *adaptive) Record(name string, idx []uint32, dst []float64) {
	for k := range a.names {
		if a.names[k] == name {
			gather(a.y[k], nothing, idx, dst)
		}
	}
}

// load makes neuron i the one under way.
func (a *adaptive) load(i int, in *Input, iE float64) {
	for k := range a.y {
		a.vec[k] = a.y[k][i]
	}
	a.clamped, a.current = a.r[i] > 0, iE
	if in.Current != nil {
		a.current += in.Current[i]
	}
}

// store keeps the variables of neuron i at the end of its tick.
func (a *adaptive) store(i int) {
	a.y[0][i] = a.vec[0]
	for k := 1; k < len(a.y); k++ {
		a.y[k][i] = a.vec[k]
	}
}

// maxInnerSteps bounds the inner steps of a tick: a system that needs more has
// left the range of numbers for which it was made.
const maxInnerSteps = 1 << 20

// integrate takes neuron i through one tick.
func (a *adaptive) integrate(s ode.System, tol ode.Tolerance, i int, tick snn.Tick) {
	n := 0
	for t := 0.0; t < a.dt; n++ {
		t = a.solver.Step(s, tol, t, a.dt, &a.step[i], &a.vec)
		if n > maxInnerSteps {
			break
		}
	}
	if v := a.vec[0]; n > maxInnerSteps || math.IsNaN(v) || math.IsInf(v, 0) {
		panic(a.unstable(i, tick))
	}
}

// Instability is what a group panics with when a neuron's equations have no
// usable solution any more: its input or parameters are far outside of what the
// model describes. The run cannot go on.
type Instability struct {
	Model string
	GID   snn.GID
	Tick  snn.Tick
	VmMV  float64

	Spikes int // in the tick, where it is these that are too many
}

func (e *Instability) Error() string {
	if e.Spikes > 0 {
		return fmt.Sprintf("neuron %d (%s) spikes %d times in tick %d, which is more than the sums of weights allow for: its weights or currents are too large", e.GID, e.Model, e.Spikes, e.Tick)
	}
	return fmt.Sprintf("neuron %d (%s) became unstable in tick %d, at V_m %g mV: its weights, currents or parameters are too large", e.GID, e.Model, e.Tick, e.VmMV)
}

func (a *adaptive) unstable(i int, tick snn.Tick) *Instability {
	return &Instability{Model: a.model, GID: a.first + snn.GID(i), Tick: tick, VmMV: a.vec[0]}
}

// bursts is the panic of a neuron that spikes too often in a tick.
func (a *adaptive) bursts(i int, tick snn.Tick, spikes int) *Instability {
	return &Instability{Model: a.model, GID: a.first + snn.GID(i), Tick: tick, VmMV: a.vec[0], Spikes: spikes}
}
