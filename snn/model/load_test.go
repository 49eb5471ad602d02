package model

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestBrunelExample(t *testing.T) {
	m, err := Load(os.DirFS("../../examples"), "brunel.yaml", Options{Set: []string{"scale=0.5", "projections.E_E.delay=2 ms"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Populations) != 2 || m.Populations[0].Name != "E" || m.Populations[1].Size != 1250 || m.Populations[1].Params["V_th"].Dist.A != 20 {
		t.Errorf("populations %+v", m.Populations)
	}
	p := m.Projections[2]
	if p.Name != "I_E" || p.Weight.Dist.A != -5*54.96 || p.Target != "E" || !p.Multapses || p.Synapse != "static_synapse" {
		t.Errorf("projection %+v", p)
	}
	if m.Projections[0].Delay.Dist.A != 2 || m.Projections[1].Delay.Dist.A != 1.5 {
		t.Errorf("delays %v and %v: --set must change one projection only", m.Projections[0].Delay, m.Projections[1].Delay)
	}
	if m.Duration != 1000 || m.Stimuli[1].Target != "I" {
		t.Errorf("duration %v, stimuli %+v", m.Duration, m.Stimuli)
	}
	same, _ := Load(os.DirFS("../../examples"), "brunel.yaml", Options{Set: []string{"scale=0.5", "projections.E_E.delay=2 ms"}})
	other, _ := Load(os.DirFS("../../examples"), "brunel.yaml", Options{})
	if m.Digest() != same.Digest() || m.Digest() == other.Digest() {
		t.Error("the digest must name what the model says")
	}
}

const good = `name: small
dt: 0.1 ms
duration: 100 ms
populations:
  E: {model: iaf_psc_exp, size: 10, params: {tau_m: 20 ms}}
projections:
  E_E: {source: E, target: E, rule: all_to_all, weight: 10 pA, delay: 1 ms}
`

// Each broken model, by what is replaced in the good one, and the fault expected.
var broken = []struct{ name, from, to, want string }{
	{"unknown key", "duration:", "durations:", `m.yaml:3:1: durations: unknown key; did you mean duration?`},
	{"unknown parameter", "tau_m:", "tau_mm:", `m.yaml:5:46: populations.E.params.tau_mm: iaf_psc_exp has no such params; did you mean tau_m?`},
	{"missing unit", "20 ms", "20", `m.yaml:5:53: populations.E.params.tau_m: "20" has no unit; expected a time, such as 20 ms`},
	{"wrong unit", "20 ms", "20 mV", `m.yaml:5:53: populations.E.params.tau_m: "20 mV" is a voltage; expected a time, such as 20 ms`},
	{"unknown unit", "20 ms", "20 parsec", `"20 parsec" has the unknown unit "parsec"`},
	{"no number", "20 ms", "twenty ms", `"twenty ms" is not a number`},
	{"NaN", "20 ms", "nan ms", `"nan ms" is not a number`},
	{"negative time constant", "20 ms", "-20 ms", `populations.E.params.tau_m: tau_m must be > 0 ms, is -20`},
	{"negative size", "size: 10", "size: -10", `m.yaml:5:33: populations.E.size: must be at least 1, is -10`},
	{"fractional size", "size: 10", "size: 1.5", `populations.E.size: "1.5": expected a whole number`},
	{"unknown model", "iaf_psc_exp", "iaf_psc_expp", `m.yaml:5:14: populations.E.model: no neuron model "iaf_psc_expp"; did you mean iaf_psc_exp?`},
	{"missing model", "model: iaf_psc_exp, ", "", `populations.E: model is missing`},
	{"no such precision", "size: 10", "size: 10, precision: float16", `"float16" is not one of float64, float32`},
	{"no float32 in this model", "iaf_psc_exp, size: 10", "iaf_psc_delta, size: 10, precision: float32", `m.yaml:5:50: populations.E.precision: iaf_psc_delta keeps its state in float64 only`},
	{"unknown source", "source: E", "source: F", `m.yaml:7:17: projections.E_E.source: no population or input "F"`},
	{"unknown target", "target: E", "target: F", `projections.E_E.target: no population "F"`},
	{"unknown rule", "all_to_all", "some_to_some", `"some_to_some" is not one of one_to_one, all_to_all`},
	{"delay under dt", "delay: 1 ms", "delay: 0.01 ms", `projections.E_E.delay: must be at least one tick (0.1 ms), is 0.01 ms`},
	{"delay too long", "delay: 1 ms", "delay: 1 min", `projections.E_E.delay: reaches 60000 ms`},
	{"weight of another kind", "10 pA", "10 mV", `projections.E_E.weight: is in mV; the receptors of E (iaf_psc_exp) take pA`},
	{"weight without unit", "10 pA", "10", `projections.E_E.weight: is in bare numbers`},
	{"unknown distribution", "10 pA", "{gauss: {mean: 1 pA, std: 1 pA}}", `unknown distribution; expected one of exponential, lognormal, normal, uniform`},
	{"missing std", "10 pA", "{normal: {mean: 1 pA}}", `projections.E_E.weight.normal: std is missing`},
	{"negative std", "10 pA", "{normal: {mean: 1 pA, std: -1 pA}}", `std must be >= 0`},
	{"min over max", "10 pA", "{uniform: {min: 3 pA, max: 1 pA}}", `uniform: min 3 is above max 1`},
	{"zero dt", "dt: 0.1 ms", "dt: 0 ms", `m.yaml:2:5: dt: must be > 0 ms`},
	{"no duration", "duration: 100 ms", "duration: 0 ms", `duration: must be at least one tick`},
	{"key twice", "duration: 100 ms", "dt: 0.2 ms", `m.yaml:3:1: dt: the key stands here a second time; the first is on line 2`},
	{"not YAML", "dt: 0.1 ms", "dt: [", `not YAML`},
	{"a list for a mapping", "{tau_m: 20 ms}", "[20 ms]", `populations.E.params: expected a mapping, found a list`},
	{"unknown name in an expression", "20 ms", "$(tau) ms", `unknown name tau`},
	{"expression without end", "20 ms", `"$(3 ms"`, `the expression has no closing bracket`},
	{"expression that divides by zero", "20 ms", "$(1 / 0) ms", `the value is +Inf`},
	{"when is no condition", "size: 10", "size: 10, when: maybe", `populations.E.when: "maybe": expected true or false`},
	{"unknown anchor", "{tau_m: 20 ms}", "*nowhere", `nowhere`},
	{"threshold under reset", "tau_m: 20 ms", "V_th: -80 mV", `V_reset must be below V_th (-80 mV), is -70 mV`},
	{"ssdp in two precisions", "weight: 10 pA", "weight: 10 pA, synapse_model: ssdp_synapse, ssdp: {w_max: 20 pA}, precision: float64, weight_bits: 16", `weight_bits: 16 and precision float64 exclude each other`},
	{"ssdp without its block", "weight: 10 pA", "weight: 10 pA, synapse_model: ssdp_synapse", `synapse_model ssdp_synapse and a block ssdp belong together`},
	{"ssdp window off the grid", "weight: 10 pA", "weight: 10 pA, synapse_model: ssdp_synapse, ssdp: {w_max: 20 pA, window: 20.05 ms}", `projections.E_E.ssdp.window: must be a multiple of the tick (0.1 ms), is 20.05 ms`},
	{"weight beyond reason", "10 pA", "1e15 pA", `projections.E_E.weight: reaches 1e+15: weights beyond 1e+12 are refused`},
	{"bad name", "  E: {", "  E x: {", `the name "E x"`},
}

func TestBrokenModels(t *testing.T) {
	for _, c := range broken {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(good, c.from, c.to, 1)
			if text == good {
				t.Fatalf("%q does not stand in the good model", c.from)
			}
			_, err := load(text)
			if err == nil {
				t.Fatalf("no fault; expected %s", c.want)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%v\nexpected\n%s", err, c.want)
			}
		})
	}
}

func load(text string, set ...string) (*Model, error) {
	return Load(fstest.MapFS{"m.yaml": {Data: []byte(text)}}, "m.yaml", Options{Set: set})
}

func TestGoodModelLoads(t *testing.T) {
	if _, err := load(good); err != nil {
		t.Fatal(err)
	}
}

func TestAllFaultsTogether(t *testing.T) {
	text := strings.NewReplacer("20 ms", "20", "size: 10", "size: -1", "10 pA", "{}", "dt: 0.1 ms", "dt: 0.1").Replace(good)
	_, err := load(text)
	if err == nil || len(err.(Faults)) != 4 {
		t.Errorf("expected 4 faults, got\n%v", err)
	}
}

func TestBrokenOverrides(t *testing.T) {
	for set, want := range map[string]string{
		"populations.F.size=3":             "--set populations.F.size=3: populations.F: no such part; expected one of E",
		"size":                             "--set size: expected path=value, such as populations.E.size=100",
		"dt.x=1":                           "--set dt.x=1: dt: has no parts",
		"populations.E.size=":              "--set populations.E.size=: populations.E.size: expected a value, or null to take the part out",
		"populations.E=null":               `m.yaml:7:17: projections.E_E.source: no population or input "E"; there is none`,
		"dt[0]=1 ms":                       "--set dt[0]=1 ms: dt[0]: no such part of the list",
		"records.spikes=[{population: F}]": `--set records.spikes=[{population: F}]: records.spikes[0].population: no population or input "F"; expected one of E`,
	} {
		_, err := load(good, set)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("--set %s: got\n%v\nexpected\n%s", set, err, want)
		}
	}
}

// Values of --set are YAML: lists and mappings too.
func TestOverrides(t *testing.T) {
	text := good + "records:\n  spikes: [{population: E, first: 1}, {population: E, first: 2}]\n  signals: [{population: E, variables: [V_m], interval: 1 ms}]\n"
	m, err := load(text, "populations.E.params={tau_m: 30 ms, C_m: 100 pF}", "projections.E_E.weight={uniform: {min: 1 pA, max: 2 pA}}", "records.spikes[1].count=4",
		"records.spikes[0]={population: E, first: 5}", "records.signals[0].variables=[V_m, I_syn_ex]", "populations.E.initial.V_m=-60 mV", "projections.E_E.delay={normal: {mean: 2 ms, std: 1 ms, min: 0.1 ms}}",
		"populations.E.params.C_m=null", "populations.E.params.V_th=-0.05 V", "seeds.network=7")
	if err != nil {
		t.Fatal(err)
	}
	e, p := m.Populations[0], m.Projections[0]
	if len(e.Params) != 2 || e.Params["tau_m"].Dist.A != 30 || e.Params["V_th"].Dist.A != -50 || e.Initial["V_m"].Dist.A != -60 {
		t.Errorf("population %+v", e)
	}
	if p.Weight.Dist.B != 2 || p.Delay.Dist.Min != 0.1 || m.Seeds.Network != 7 {
		t.Errorf("projection %+v, seeds %+v", p, m.Seeds)
	}
	if r := m.Records; r.Spikes[0].First != 5 || r.Spikes[1].First != 2 || r.Spikes[1].Count != 4 || len(r.Signals[0].Variables) != 2 {
		t.Errorf("records %+v", r)
	}
}

// Whatever stands in the files and in --set, Load gives a model or Faults.
func FuzzLoad(f *testing.F) {
	f.Add(good, "", "")
	for _, c := range broken {
		f.Add(strings.Replace(good, c.from, c.to, 1), "", "")
	}
	for _, text := range []string{neurons, learns} {
		f.Add(text, "", "")
	}
	f.Add("include: b.yaml\n"+good, "parameters: {n: 3, list: [1, 2]}\npopulations:\n  E: {size: $(n * list[1])}\n", "populations.E.size=$(n)")
	f.Add("include: [b.yaml, b.yaml]\n"+good, "include: m.yaml\n", "projections.E_E={source: E}")
	f.Add(good, "", "records.signals=[{population: E, variables: [V_m]}]")
	f.Add("a: &a {b: *a}\nc: {<<: *a, <<: [*a, *a]}\n", "", "a.b[0].c=null")
	f.Add("parameters: {x: $(x), y: '$(\"a\" + \"b\")', z: $(pow(2, 0.5) > 1 ? sum([1, 2]) : -1)}\n"+good, "", "x=$(y)")
	f.Fuzz(func(t *testing.T, text, included, set string) {
		o := Options{}
		if set != "" {
			o.Set = []string{set}
		}
		m, err := Load(files(map[string]string{"m.yaml": text, "b.yaml": included}), "m.yaml", o)
		if err != nil {
			if faults, ok := err.(Faults); !ok || len(faults) == 0 {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		if err := m.Validate(); err != nil || m.Digest() == "" {
			t.Fatalf("a loaded model is not valid: %v", err)
		}
	})
}
