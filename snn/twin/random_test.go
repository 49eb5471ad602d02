package twin_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing/fstest"

	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/random"
)

// maker makes a random model of a seed, with its files. Kinds that are chosen by
// the seed in turn come equally often; the rest is drawn.
type maker struct {
	*rand.Rand
	seed  int
	m     *model.Model
	files fstest.MapFS
}

func randomModel(seed int) (*model.Model, fstest.MapFS) {
	r := &maker{Rand: rand.New(rand.NewPCG(uint64(seed), 1)), seed: seed, files: fstest.MapFS{}}
	r.m = &model.Model{
		Name: "random", Dt: []float64{0.1, 0.2, 0.5, 1}[r.IntN(4)], Seeds: model.Seeds{Base: uint64(seed + 1)},
	}
	if r.one(4) {
		r.m.Seeds.Network, r.m.Seeds.Input = 5, 7
	}
	count, size := r.between(2, 3), r.between(5, 20)
	for k := range count {
		if adaptive[r.modelOf(k).Name] {
			r.m.Dt = min(r.m.Dt, 0.2)
		}
	}
	r.m.Duration = r.m.Dt * float64(300+r.IntN(400))
	for k := range count {
		if r.one(2) {
			size = r.between(5, 20)
		}
		r.population(k, size)
	}
	for k := range r.IntN(3) {
		r.input(k, size)
	}
	if seed%5 < 2 {
		r.protocol()
	}
	for k := range r.between(3, 6) {
		r.projection(k)
	}
	return r.m, r.files
}

func (r *maker) one(of int) bool          { return r.IntN(of) == 0 }
func (r *maker) between(lo, hi int) int   { return lo + r.IntN(hi-lo+1) }
func (r *maker) pick(of ...string) string { return of[r.IntN(len(of))] }

func constant(x float64) model.Value { return model.Value{Dist: random.Const(x)} }

// around is a value about x: alike for all, or drawn in one of the ways that there
// are, between low and high.
func (r *maker) around(x, low, high float64) model.Value {
	d := random.Distribution{Bounded: true, Min: low, Max: high, Bounds: random.Redraw}
	if r.one(2) {
		d.Bounds = random.Clip
	}
	switch r.IntN(6) {
	case 0:
		d = random.Distribution{Kind: random.Uniform, A: low, B: high}
	case 1:
		d.Kind, d.A, d.B = random.Normal, x, (high-low)/3
	case 2:
		if x <= 0 {
			return constant(x)
		}
		d.Kind, d.A, d.B = random.Lognormal, math.Log(x), 0.5
	case 3:
		d.Kind, d.A = random.Exponential, x
	default:
		return constant(x)
	}
	return model.Value{Dist: d}
}

// strengths are weights, in the unit of the receptor, and rates in Hz a tick of
// 0.1 ms at which a Poisson drive makes neurons fire.
var strengths = map[string]struct{ weight, rate float64 }{"mV": {2, 2000}, "pA": {300, 3000}, "nS": {8, 3000}, "": {1, 50}}

// mechanisms are parameters that set all of a model to work.
func mechanisms(name string) map[string]model.Value {
	list := func(x ...float64) model.Value { return model.Value{List: x} }
	switch name {
	case "aeif_psc_exp", "aeif_cond_exp":
		return map[string]model.Value{"tau_syn_ex": constant(3)}
	case "iaf_psc_exp_multisynapse":
		return map[string]model.Value{"tau_syn": list(0.5, 5)}
	case "gif_psc_exp":
		return map[string]model.Value{"tau_sfa": list(20, 100), "q_sfa": list(5, 2), "tau_stc": list(10), "q_stc": list(20), "lambda_0": constant(100)}
	case "glif_psc":
		return map[string]model.Value{"tau_syn": list(2, 4), "spike_dependent_threshold": constant(1), "after_spike_currents": constant(1), "adapting_threshold": constant(1)}
	}
	return map[string]model.Value{}
}

// adaptive are the models that are integrated in adaptive steps.
var adaptive = map[string]bool{"iaf_cond_exp": true, "iaf_cond_alpha": true, "aeif_psc_exp": true, "aeif_cond_exp": true, "hh_psc_alpha": true}

// modelOf is the neuron model of population k: those of two populations differ.
func (r *maker) modelOf(k int) neuron.Spec {
	models := neuron.Models()
	return models[(r.seed+k*(1+r.seed/len(models)%(len(models)/2)))%len(models)]
}

func (r *maker) population(k, size int) {
	spec := r.modelOf(k)
	p := model.Population{Name: fmt.Sprintf("pop%d", k), Model: spec.Name, Size: size, Params: mechanisms(spec.Name), Initial: map[string]model.Value{}}
	if adaptive[spec.Name] { // they take most of the time
		p.Size = r.between(2, 4)
		if _, ok := p.Params["tau_syn_ex"]; ok {
			p.Params["gsl_error_tol"] = constant(1e-3)
		}
	}
	if spec.Float32 && r.one(3) {
		p.Precision = "float32"
	}
	for _, v := range spec.Params {
		if !v.List && !v.Bool && r.one(3) && (v.Name == "C_m" || v.Name == "tau_m" || v.Name == "t_ref" || v.Name == "a") {
			p.Params[v.Name] = r.around(v.Default, 0.8*v.Default, 1.2*v.Default)
		}
	}
	for _, v := range spec.State {
		if v.Name == "V_m" && r.one(2) {
			p.Initial[v.Name] = model.Value{Dist: random.Distribution{Kind: random.Uniform, A: v.Default, B: v.Default + 10}}
		}
	}
	if spec.Name != "parrot_neuron" && r.one(3) {
		p.AdaptiveThreshold = &model.AdaptiveThreshold{Increment: 0.3, Tau: 20, Max: 5}
		if r.one(2) {
			p.AdaptiveThreshold = &model.AdaptiveThreshold{Eta: 0.2, TargetSpikes: 2, Every: 40 * r.m.Dt, Min: -2, Max: 4, Initial: 1}
		}
	}
	r.m.Populations = append(r.m.Populations, p)
	r.drive(&p)
}

// ports are the receptors of a population.
func ports(p *model.Population) []neuron.Receptor {
	spec, _ := neuron.Lookup(p.Model)
	return spec.Receptors(neuron.Params{"tau_syn": p.Params["tau_syn"].List})
}

// drive stimulates a population: by Poisson spikes, and maybe by currents.
func (r *maker) drive(p *model.Population) {
	port := ports(p)[0]
	s := strengths[port.Unit]
	stimulus := func(m model.Stimulus) {
		m.Name, m.Target, m.Stop = fmt.Sprintf("%s_%d", p.Name, len(r.m.Stimuli)), p.Name, math.Inf(1)
		if r.one(4) {
			m.Start, m.Stop = r.m.Duration/4, r.m.Duration/2
		}
		r.m.Stimuli = append(r.m.Stimuli, m)
	}
	poisson := model.Stimulus{Model: "poisson_generator", Rate: r.around(s.rate, s.rate/2, s.rate*2), Weight: constant(s.weight)}
	if port.Sign == 0 {
		poisson.Receptor = port.Name
	}
	if r.one(4) {
		poisson.Profile = &model.Curve{Times: []float64{r.m.Duration / 3, r.m.Duration / 2}, Values: []float64{0.5, 1.5}}
	}
	stimulus(poisson)
	if p.Model == "parrot_neuron" || r.one(2) {
		return
	}
	pA := 100.0
	if p.Model == "izhikevich" {
		pA = 5
	}
	switch r.IntN(4) {
	case 0:
		stimulus(model.Stimulus{Model: "dc_generator", Amplitude: r.around(pA, 0, 2*pA)})
	case 1:
		stimulus(model.Stimulus{Model: "ac_generator", Amplitude: r.around(pA, 0, 2*pA), Offset: pA / 2, Frequency: 30, Phase: 45})
	case 2:
		stimulus(model.Stimulus{Model: "noise_generator", Mean: pA, Std: pA, Interval: 4 * r.m.Dt})
	default:
		stimulus(model.Stimulus{Model: "step_current_generator", AmplitudeTimes: []float64{0, r.m.Duration / 2}, AmplitudeValues: []float64{pA, -pA}})
	}
}

// often is a rate at which a source spikes in p of all ticks.
func (r *maker) often(p float64) float64 { return p * 1000 / r.m.Dt }

func (r *maker) input(k, size int) {
	in := model.Input{Name: fmt.Sprintf("in%d", k), Size: size}
	hz := r.often(0.04)
	switch r.IntN(5) {
	case 0:
		in.Model, in.Rate = "poisson", r.around(hz, 0, 2*hz)
		if r.one(2) {
			in.Profile = &model.Curve{Times: []float64{r.m.Duration / 2}, Values: []float64{2}}
		}
	case 1, 2:
		in.Model, in.Rate = "volleys", r.around(hz, hz/2, 2*hz)
		in.Members, in.VolleyRate, in.Participation, in.Jitter = size/2, hz/2, 0.8, r.m.Dt
		if k > 0 && r.m.Inputs[0].Model == "volleys" {
			in.Like, in.SurrogateJitter = "in0", 5*r.m.Dt
		}
	case 3:
		in.Model, in.Size = "spike_times", 0
		for range size {
			train := []float64{}
			for range r.IntN(20) {
				train = append(train, r.m.Dt+r.Float64()*r.m.Duration)
			}
			in.Times = append(in.Times, train)
		}
	default:
		in.Model, in.Size, in.File, in.Encoding, in.Delta, in.Scale = "series", 0, fmt.Sprintf("series%d.csv", k), r.pick("delta", "threshold"), 0.4, 3*r.m.Dt
		var b strings.Builder
		b.WriteString("a,b,c\n")
		for range 200 {
			fmt.Fprintf(&b, "%v,%v,%v\n", r.NormFloat64(), r.NormFloat64(), r.NormFloat64())
		}
		r.files[in.File] = &fstest.MapFile{Data: []byte(b.String())}
	}
	r.m.Inputs = append(r.m.Inputs, in)
}

// protocol shows items of an input of its own, in trials that reset some populations.
func (r *maker) protocol() {
	const items = 4
	in := model.Input{Name: "shown", Sets: []model.ItemSet{{Name: "some", Images: "items"}}}
	if r.one(2) {
		in.Model, in.Encoding, in.MaxRate, in.Floor = "images", r.pick("rate", "latency"), r.often(0.1), 20
		data := []byte{0, 0, 8, 3, 0, 0, 0, items, 0, 0, 0, 3, 0, 0, 0, 4}
		for range items * 3 * 4 {
			data = append(data, byte(r.IntN(256)))
		}
		r.files["items"] = &fstest.MapFile{Data: data}
	} else {
		in.Model, in.Width, in.Height, in.TimeScale = "events", 3, 2, 1
		for k := range items {
			var data []byte
			at := uint32(0)
			for range 40 {
				at += uint32(r.IntN(int(3000 * r.m.Dt)))
				event := binary.BigEndian.AppendUint32([]byte{byte(r.IntN(3))}, uint32(r.IntN(2))<<24<<7|uint32(at))
				data = append(data, event[0], byte(r.IntN(2)), event[2]&0x7f|event[1]<<7, event[3], event[4])
			}
			r.files[fmt.Sprintf("items/%d/a.bin", k)] = &fstest.MapFile{Data: data}
		}
	}
	r.m.Inputs = append(r.m.Inputs, in)
	p := &model.Protocol{Input: in.Name, Watch: "pop0", Present: r.m.Dt * float64(r.between(30, 60)), Rest: r.m.Dt * float64(r.IntN(20))}
	for k := range r.m.Populations {
		if r.one(2) {
			p.Reset = append(p.Reset, r.m.Populations[k].Name)
		}
	}
	for k := range r.between(2, 3) {
		phase := model.Phase{Name: fmt.Sprintf("phase%d", k), Set: "some", Epochs: 1, Order: r.pick("sequential", "shuffled"), Plasticity: k != 1, Homeostasis: !r.one(3), Anneal: 1, Boost: 1.5}
		if r.one(2) {
			phase.Anneal, phase.First, phase.Count = 0.3, 1, 3
		}
		if r.one(3) {
			phase.MinSpikes, phase.Repeats = 40, 2
		}
		p.Phases = append(p.Phases, phase)
	}
	r.m.Protocol = p
}
