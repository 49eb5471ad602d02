package neuron

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/random"
)

// drivesPA is the current that makes a model fire; 600 pA where none is given.
var drivesPA = map[string]float64{"izhikevich": 10, "gif_psc_exp": 250, "aeif_psc_exp": 1200, "aeif_cond_exp": 1200, "iaf_cond_exp": 800, "iaf_cond_alpha": 1200, "hh_psc_alpha": 800}

func driveOf(spec Spec) float64 {
	if pA, ok := drivesPA[spec.Name]; ok {
		return pA
	}
	return 600
}

// everything is parameters of a model with all its mechanisms at work.
func everything(spec Spec) Params {
	p := Params{}
	switch spec.Name {
	case "iaf_psc_exp_multisynapse":
		p["tau_syn"] = []float64{0.5, 5, 2}
	case "gif_psc_exp":
		p = Params{"tau_sfa": {20, 100}, "q_sfa": {5, 2}, "tau_stc": {10, 80}, "q_stc": {20, -5}}
	case "glif_psc":
		p = Params{"tau_syn": {2, 5}, "spike_dependent_threshold": {1}, "after_spike_currents": {1}, "adapting_threshold": {1}}
	}
	return p.Complete(spec.Params)
}

// spread gives each of n neurons its own value of every parameter that may differ.
func spread(spec Spec, n int) Params {
	p := everything(spec)
	for _, v := range spec.Params {
		if v.List {
			continue
		}
		own := make([]float64, n)
		for i := range own {
			own[i] = p[v.Name][0] * (1 + 0.01*float64(i))
			if v.Bool {
				own[i] = p[v.Name][0]
			} else if v.Default == 0 {
				own[i] = float64(i)
			}
		}
		p[v.Name] = own
	}
	if p["refractory_input"] != nil {
		p["refractory_input"][1] = 1
	}
	if p["consistent_integration"] != nil {
		p["consistent_integration"][1] = 0
	}
	if p["adapting_threshold"] != nil {
		p["adapting_threshold"][1], p["spike_dependent_threshold"][2], p["adapting_threshold"][2] = 0, 0, 0
	}
	return p
}

// alone is the parameters of neuron i alone.
func alone(spec Spec, p Params, i int) Params {
	own := Params{}
	for _, v := range spec.Params {
		own[v.Name] = p[v.Name]
		if !v.List && len(p[v.Name]) > 1 {
			own[v.Name] = p[v.Name][i : i+1]
		}
	}
	return own
}

// inputs draws what reaches n neurons in a tick, by every way that there is.
func inputs(spec Spec, p Params, n int, tick snn.Tick) Input {
	s := random.Seed(7, random.Noise).Sub(uint64(tick)).Stream()
	in := Input{Tick: tick}
	for _, r := range spec.Receptors(p) {
		sums := make([]int32, n)
		for i := range sums {
			if s.Intn(20) == 0 {
				sums[i] = int32(s.Intn(100))
				if r.Sign < 0 || (r.Sign == 0 && s.Intn(2) == 0) {
					sums[i] *= -1
				}
			}
		}
		quantum := map[string]float64{"mV": 1. / 32, "nS": 1. / 4, "pA": 4, "": 1. / 64}[r.Unit]
		in.Sums, in.Quantum = append(in.Sums, sums), append(in.Quantum, quantum)
	}
	for range n {
		in.Current = append(in.Current, driveOf(spec)*s.Float64()*1.5)
		in.Threshold = append(in.Threshold, s.Float64())
	}
	return in
}

func (in Input) neuron(i int) Input {
	one := in
	one.Sums = nil
	for _, sums := range in.Sums {
		one.Sums = append(one.Sums, sums[i:i+1])
	}
	one.Current, one.Threshold = in.Current[i:i+1], in.Threshold[i:i+1]
	return one
}

// sample is all that neuron i of a group can record.
func sample(spec Spec, p Params, g Group, i int) []float64 {
	var all []float64
	for _, v := range spec.Recordables(p) {
		x := [1]float64{math.NaN()}
		g.Record(v.Name, []uint32{uint32(i)}, x[:])
		all = append(all, x[0])
	}
	return all
}

func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y })
}

func forEachModel(t *testing.T, f func(t *testing.T, spec Spec)) {
	for _, spec := range Models() {
		t.Run(spec.Name, func(t *testing.T) { f(t, spec) })
	}
}

// A group of mixed parameters is what each neuron would be alone, every parameter
// acts on its neuron, and nothing but the fields is remembered.
func TestEachNeuronHasItsOwnParameters(t *testing.T) {
	forEachModel(t, func(t *testing.T, spec Spec) {
		const n, ticks = 5, 1500
		p := spread(spec, n)
		if faults := spec.Faults(p, n); faults != nil {
			t.Fatal(faults)
		}
		key := random.Seed(3, random.Escape)
		make1 := func(i int) Group {
			return spec.New(Config{N: 1, First: snn.GID(10 + i), DtMs: 0.1, Params: alone(spec, p, i), State: Params{}.Complete(spec.State), Key: key})
		}
		config := Config{N: n, First: 10, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State), Key: key}
		together, singles := spec.New(config), []Group{}
		for i := range n {
			singles = append(singles, make1(i))
		}
		total := make([]int, n)
		for k := range snn.Tick(ticks) {
			in := inputs(spec, p, n, k+1)
			fired := together.Update(&in, nil)
			if !slices.IsSorted(fired) {
				t.Fatalf("tick %d: fired %v", k, fired)
			}
			for i := range n {
				one := in.neuron(i)
				spikes := len(singles[i].Update(&one, nil))
				for _, who := range fired {
					if int(who) == i {
						spikes--
						total[i]++
					}
				}
				if a, b := sample(spec, p, together, i), sample(spec, p, singles[i], 0); !same(a, b) || spikes != 0 {
					t.Fatalf("tick %d: neuron %d has %v in the group and %v alone", k, i, a, b)
				}
			}
			if k == ticks/2 { // as if from a checkpoint
				restored := spec.New(config)
				for f, field := range restored.Fields() {
					if have := len(field.Floats) + len(field.Ints); have != n {
						t.Fatalf("field %s has %d elements, not one a neuron", field.Name, have)
					}
					copy(field.Floats, together.Fields()[f].Floats)
					copy(field.Ints, together.Fields()[f].Ints)
				}
				together = restored
			}
		}
		if slices.Min(total) == 0 {
			t.Errorf("spikes %v: one was silent, so little was compared", total)
		}
	})
}

// A parameter that no neuron notices would be a wrong one.
func TestEveryParameterActs(t *testing.T) {
	forEachModel(t, func(t *testing.T, spec Spec) {
		run := func(p Params) (trace []float64) {
			if faults := spec.Faults(p, 1); faults != nil {
				t.Fatal(faults)
			}
			g := spec.New(Config{N: 1, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State), Key: random.Seed(3, random.Escape)})
			for k := range snn.Tick(1500) {
				in := inputs(spec, p, 1, k+1)
				trace = append(trace, float64(len(g.Update(&in, nil))))
				trace = append(trace, sample(spec, p, g, 0)...)
			}
			return trace
		}
		p := everything(spec)
		usual := run(p)
		for _, v := range spec.Params {
			changed := Params{}
			for name, x := range p {
				changed[name] = slices.Clone(x)
			}
			x := changed[v.Name]
			switch {
			case v.Name == "adapting_threshold" || v.Name == "V_reset" && spec.Name == "glif_psc":
				changed["adapting_threshold"][0] = 0
			case v.Name == "spike_dependent_threshold" || v.Name == "after_spike_currents":
				changed["adapting_threshold"][0] = 0
				x[0] = 0
			case v.Name == "t_ref" && spec.Name == "hh_psc_alpha":
				x[0] = 30
			case v.Name == "V_th" && spec.Name == "izhikevich":
				x[0] = 70
			case v.Name == "V_min" && p["c"] != nil:
				x[0] = p["c"][0] + 1
			case v.Name == "V_min":
				x[0] = max(p["E_L"][0], p["V_reset"][0]) + 1
			case v.Bool:
				x[0] = 1 - x[0]
			case v.Default == 0 && len(v.Defaults) == 0:
				x[0]++
			case v.Name == "lambda_0":
				x[0] *= 3
			case v.Name == "asc_init" || v.Name == "asc_r":
				x[0] = 0.5
			default:
				x[0] *= 1.05
			}
			before := usual
			if v.Name == "V_reset" && spec.Name == "glif_psc" { // acts in models 1 and 3 only
				changed["spike_dependent_threshold"][0] = 0
				before = run(changed)
				x[0] -= 1
			}
			if same(before, run(changed)) {
				t.Errorf("%s does nothing", v.Name)
			}
		}
	})
}

func TestResetIsTheStart(t *testing.T) {
	forEachModel(t, func(t *testing.T, spec Spec) {
		p := everything(spec)
		g := spec.New(Config{N: 2, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State)})
		run := func() (trace []float64, spikes int) {
			for k := range snn.Tick(1000) {
				in := inputs(spec, p, 2, k+1)
				spikes += len(g.Update(&in, nil))
				trace = append(trace, sample(spec, p, g, 1)...)
			}
			return trace, spikes
		}
		first, spikes := run()
		g.Reset()
		second, again := run()
		if spikes == 0 || spikes != again || !same(first, second) {
			t.Errorf("%d spikes, after Reset %d", spikes, again)
		}
	})
}

// I_e is the current of a generator that never stops, no sums are sums of zero,
// and a threshold raised from outside is a raised threshold.
func TestInputsAreParameters(t *testing.T) {
	thresholds := map[string]string{"gif_psc_exp": "V_T_star", "hh_psc_alpha": ""}
	forEachModel(t, func(t *testing.T, spec Spec) {
		if len(spec.State) == 0 {
			return
		}
		raise := 0.5
		if spec.Name == "izhikevich" || spec.Name == "hh_psc_alpha" {
			raise = 30 // their upswing is steep
		}
		drive := driveOf(spec)
		threshold, named := thresholds[spec.Name]
		if !named {
			threshold = "V_th"
		}
		run := func(p Params, in Input) (ticks []snn.Tick) {
			g := spec.New(Config{N: 1, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State), Key: random.Seed(3, random.Escape)})
			for in.Tick = 1; in.Tick < 3000; in.Tick++ {
				if len(g.Update(&in, nil)) > 0 {
					ticks = append(ticks, in.Tick)
				}
			}
			return ticks
		}
		p := everything(spec)
		zero := Input{Current: []float64{drive}}
		for range spec.Receptors(p) {
			zero.Sums, zero.Quantum = append(zero.Sums, []int32{0}), append(zero.Quantum, 1)
		}
		usual := run(p, Input{Current: []float64{drive}})
		if len(usual) == 0 {
			t.Fatal("no spikes, so nothing is compared")
		}
		if got := run(p, zero); !slices.Equal(got, usual) {
			t.Errorf("spikes %v with sums of zero, %v without sums", got, usual)
		}
		if p["I_e"] != nil {
			constant := Params{"I_e": {drive}}
			for name, x := range p {
				if name != "I_e" {
					constant[name] = x
				}
			}
			if got := run(constant, Input{}); !slices.Equal(got, usual) {
				t.Errorf("spikes %v with I_e, %v with the same current from outside", got, usual)
			}
		}
		raised := run(p, Input{Current: []float64{drive}, Threshold: []float64{raise}})
		if slices.Equal(raised, usual) || len(raised) == 0 {
			t.Error("a raised threshold changes nothing, or all")
		}
		if threshold == "" {
			return
		}
		higher := Params{}
		for name, x := range p {
			higher[name] = x
		}
		higher[threshold] = []float64{p[threshold][0] + raise}
		if got := run(higher, Input{Current: []float64{drive}}); !slices.Equal(got, raised) {
			t.Errorf("spikes %v with %s raised, %v with the threshold raised from outside", got, threshold, raised)
		}
	})
}

func BenchmarkUpdate(b *testing.B) {
	for _, spec := range Models() {
		b.Run(spec.Name, func(b *testing.B) {
			const n = 10_000
			p := everything(spec)
			g := spec.New(Config{N: n, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State), Key: random.Seed(1, random.Escape)})
			in := Input{Current: make([]float64, n)}
			for range spec.Receptors(p) {
				in.Sums, in.Quantum = append(in.Sums, make([]int32, n)), append(in.Quantum, 1)
			}
			for i := range in.Current {
				in.Current[i] = driveOf(spec)
			}
			var fired []uint32
			for b.Loop() {
				in.Tick++
				fired = g.Update(&in, fired[:0])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/neuron")
		})
	}
}

// What decays for long becomes 0, and never slow.
func TestSilenceIsNeverDenormal(t *testing.T) {
	forEachModel(t, func(t *testing.T, spec Spec) {
		p := everything(spec)
		g := spec.New(Config{N: 1, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State)})
		for tick := range snn.Tick(30_000) {
			in := Input{Tick: tick}
			if tick < 100 {
				in = inputs(spec, p, 1, tick)
			}
			g.Update(&in, nil)
			for _, f := range g.Fields() {
				for _, x := range f.Floats {
					if x != 0 && math.Abs(x) < 0x1p-1022 {
						t.Fatalf("tick %d: %s is the denormal %g", tick, f.Name, x)
					}
				}
			}
		}
	})
}

// The bits are the promise: a change here changes every run, and a processor that
// gives others breaks it.
func TestPinnedBits(t *testing.T) {
	want := map[string]uint64{
		"iaf_psc_delta":            0x7e814fa257533f6d,
		"iaf_psc_exp":              0xdb5ac06b475d9a90,
		"iaf_psc_alpha":            0xf8bdff94e3a25219,
		"iaf_psc_exp_multisynapse": 0x51db2b98a1abc880,
		"iaf_cond_exp":             0x258bb7159962fcca,
		"iaf_cond_alpha":           0xfe25edd725733b27,
		"aeif_psc_exp":             0x848c1aaf62cce1c6,
		"aeif_cond_exp":            0x988ae96cb096ffa,
		"izhikevich":               0x7edbc769461277e8,
		"gif_psc_exp":              0xd6e4e6be75f9819b,
		"glif_psc":                 0x4922184171e230fc,
		"hh_psc_alpha":             0xf642b0bcfa84b9b0,
		"parrot_neuron":            0xd0e3f1572e8bd4d5,
	}
	forEachModel(t, func(t *testing.T, spec Spec) {
		p := everything(spec)
		g := spec.New(Config{N: 2, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State), Key: random.Seed(3, random.Escape)})
		h := fnv.New64a()
		for k := range snn.Tick(600) {
			in := inputs(spec, p, 2, k+1)
			for _, i := range g.Update(&in, nil) {
				binary.Write(h, binary.LittleEndian, i)
			}
			binary.Write(h, binary.LittleEndian, sample(spec, p, g, 1))
		}
		if h.Sum64() != want[spec.Name] {
			t.Errorf("the bits are %#x, want %#x", h.Sum64(), want[spec.Name])
		}
	})
}
