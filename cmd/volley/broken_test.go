package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// good is a model that runs; each broken one differs from it in one place.
const good = `name: good
dt: 0.1 ms
duration: 5 ms
parameters:
  half: 5
populations:
  E: {model: iaf_psc_exp, size: $(2 * half), params: {tau_m: 20 ms, V_th: -55 mV}, initial: {V_m: {normal: {mean: -65 mV, std: 2 mV, min: -70 mV}}}}
  I: {model: iaf_psc_exp, size: 5}
inputs:
  noise: {model: poisson, size: 10, rate: 20 Hz}
  replay: {model: spike_times, size: 3, file: spikes.csv}
stimuli:
  drive: {model: poisson_generator, target: E, rate: 8 kHz, weight: 50 pA}
projections:
  E_I: {source: E, target: I, rule: fixed_indegree, indegree: 4, weight: 10 pA, delay: 1.5 ms}
  I_E: {source: I, target: E, rule: fixed_outdegree, outdegree: 4, weight: -40 pA, delay: {uniform: {min: 0.5 ms, max: 2 ms}}}
  noise_E: {source: noise, target: E, rule: one_to_one, weight: 10 pA, delay: 1 ms}
  listed: {source: replay, target: E, rule: explicit, file: edges.csv, weight: 10 pA, delay: 1 ms}
  learns:
    source: noise
    target: E
    rule: pairwise_bernoulli
    p: 0.3
    weight: 5 pA
    delay: 1 ms
    synapse_model: ssdp_synapse
    ssdp: {window: 1 ms, w_min: 0 pA, w_max: 10 pA}
`

// data is the files beside the model.
var data = map[string]string{
	"spikes.csv":      "time_ms,neuron\n1,0\n2,2\n",
	"edges.csv":       "source,target,weight_pA\n0,9,5\n2,0,6.5\n",
	"letter.csv":      "source,target,weight_pA\n0,9,5\n2,0,six\n",
	"outside.csv":     "source,target\n0,9\n3,0\n",
	"half.csv":        "source,target\n0,9\n1.5,0\n",
	"minus.csv":       "source,target\n0,-1\n",
	"ragged.csv":      "source,target\n0,9\n1\n",
	"notimes.csv":     "when,neuron\n1,0\n",
	"late.csv":        "time_ms,neuron\n1,0\n2,3\n",
	"early.csv":       "time_ms,neuron\n-1,0\n",
	"soon.csv":        "source,target,delay_ms\n0,9,0.01\n",
	"nano.csv":        "source,target,weight_nA\n0,9,0.01\n",
	"bare.csv":        "source,target\n0,9\n",
	"twice.csv":       "source,target\n0,9\n0,9\n",
	"empty.csv":       "",
	"damaged.parquet": "PAR1PAR1",
	"short.idx":       "\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00\x02\x01\x02\x03",
	"round.yaml":      "include: again.yaml\n",
	"again.yaml":      "include: round.yaml\n",
	"worse.yaml":      "populations:\n  X: {model: iaf_psc_exp, size: -1}\n",
}

// broken are models that differ from good in one place, and the line that each must
// print, up to where it may go on.
var broken = []struct{ name, from, to, want string }{
	{"unknown key", "duration: 5", "duratoin: 5", "m.yaml:3:1: duratoin: unknown key; did you mean duration?"},
	{"missing unit", "20 ms", "20", `m.yaml:7:62: populations.E.params.tau_m: "20" has no unit; expected a time, such as 20 ms`},
	{"wrong unit", "20 ms", "20 mV", `m.yaml:7:62: populations.E.params.tau_m: "20 mV" is a voltage; expected a time, such as 20 ms`},
	{"unknown unit", "20 ms", "20 parsec", `m.yaml:7:62: populations.E.params.tau_m: "20 parsec" has the unknown unit "parsec"; expected a time, such as 20 ms`},
	{"NaN", "20 ms", "nan ms", `m.yaml:7:62: populations.E.params.tau_m: "nan ms" is not a number; expected a time, such as 20 ms`},
	{"infinite", "20 ms", "inf ms", "m.yaml:7:62: populations.E.params.tau_m: tau_m must be a finite number of ms, is +Inf"},
	{"no number", "20 ms", "twenty ms", `m.yaml:7:62: populations.E.params.tau_m: "twenty ms" is not a number; expected a time, such as 20 ms`},
	{"negative size", "I: {model: iaf_psc_exp, size: 5}", "I: {model: iaf_psc_exp, size: -5}", "m.yaml:8:33: populations.I.size: must be at least 1, is -5"},
	{"fractional size", "size: 5}", "size: 5.5}", `m.yaml:8:33: populations.I.size: "5.5": expected a whole number`},
	{"delay under dt", "weight: 10 pA, delay: 1.5 ms", "weight: 10 pA, delay: 0.02 ms", "m.yaml:15:88: projections.E_I.delay: must be at least one tick (0.1 ms), is 0.02 ms"},
	{"missing delay", "weight: 10 pA, delay: 1.5 ms", "weight: 10 pA", "m.yaml:15:9: projections.E_I: delay is missing: at least one tick (0.1 ms)"},
	{"missing weight", "weight: 10 pA, delay: 1.5 ms", "delay: 1.5 ms", "m.yaml:15:9: projections.E_I: weight is missing: a quantity, or a distribution"},
	{"truncated IDX", "{model: spike_times, size: 3, file: spikes.csv}", "{model: images, sets: {a: {images: short.idx}}, max_rate: 10 Hz}", "m.yaml:11:46: inputs.replay.sets.a.images: short.idx: is truncated: 3 bytes follow the header; expected 8 for images of sizes [2 2 2]"},
	{"cyclic include", "name: good", "name: good\ninclude: round.yaml", "again.yaml:1:10: include: round.yaml includes itself: round.yaml -> again.yaml -> round.yaml"},
	{"missing include", "name: good", "name: good\ninclude: nowhere.yaml", "m.yaml:2:10: include: nowhere.yaml cannot be read: file does not exist"},
	{"include outside", "name: good", "name: good\ninclude: ../m.yaml", `m.yaml:2:10: include: "../m.yaml" leads out of the model's folder`},
	{"fault in included", "name: good", "name: good\ninclude: worse.yaml", "worse.yaml:2:33: populations.X.size: must be at least 1, is -1"},
	{"unknown population", "source: E", "source: F", `m.yaml:15:17: projections.E_I.source: no population or input "F"; expected one of E, I, noise, replay`},
	{"unknown target", "stimuli:\n  drive: {model: poisson_generator, target: E", "stimuli:\n  drive: {model: poisson_generator, target: EE", `m.yaml:13:45: stimuli.drive.target: no population "EE"; expected one of E, I`},
	{"duplicate key", "duration: 5 ms", "dt: 5 ms", "m.yaml:3:1: dt: the key stands here a second time; the first is on line 2"},
	{"duplicate population", "  I: {model", "  E: {model: iaf_psc_exp, size: 3}\n  I: {model", "m.yaml:8:3: populations.E: the key stands here a second time; the first is on line 7"},
	{"wrong enum", "rule: one_to_one", "rule: one_for_all", `m.yaml:17:45: projections.noise_E.rule: "one_for_all" is not one of one_to_one, all_to_all, fixed_indegree, fixed_outdegree, fixed_total_number, pairwise_bernoulli, explicit`},
	{"wrong type", "size: 5}", "size: five}", `m.yaml:8:33: populations.I.size: "five": expected a whole number`},
	{"list for scalar", "duration: 5 ms", "duration: [5 ms]", "m.yaml:3:11: duration: expected a time, such as 20 ms, found a list"},
	{"scalar for mapping", "I: {model: iaf_psc_exp, size: 5}", "I: 5", "m.yaml:8:6: populations.I: expected a mapping with adaptive_threshold, initial, model, params, precision, size, weight_quantum, found a scalar"},
	{"mapping for scalar", "duration: 5 ms", "duration: {ms: 5}", "m.yaml:3:12: duration: expected a time, such as 20 ms, found a mapping"},
	{"bad YAML", "params: {tau_m", "params: {{tau_m", "m.yaml:7:55: not YAML: could not find flow map content"},
	{"bad expression", "$(2 * half)", "$(2 * )", `m.yaml:7:33: populations.E.size: "$(2 * )": unexpected token EOF`},
	{"unknown name", "$(2 * half)", "$(2 * hafl)", `m.yaml:7:33: populations.E.size: "$(2 * hafl)": unknown name hafl; did you mean half?`},
	{"unclosed", "$(2 * half)", `"$(2 * half"`, `m.yaml:7:33: populations.E.size: "$(2 * half": the expression has no closing bracket`},
	{"bad parameter", "half: 5", "half: $(1 / 0)", `m.yaml:5:9: parameters.half: "$(1 / 0)": the value is +Inf`},
	{"impossible indegree", "indegree: 4", "indegree: 11, allow_multapses: false", "m.yaml:15:63: projections.E_I.indegree: indegree 11 is more than the 10 sources that a target may have"},
	{"impossible outdegree", "outdegree: 4", "outdegree: 11, allow_multapses: false", "m.yaml:16:65: projections.I_E.outdegree: outdegree 11 is more than the 10 targets that a source may have"},
	{"negative indegree", "indegree: 4", "indegree: -1", "m.yaml:15:63: projections.E_I.indegree: must be at least 0, is -1"},
	{"missing indegree", "indegree: 4, ", "", "m.yaml:15:9: projections.E_I: indegree is missing: sources of each target"},
	{"unequal sizes", "size: 10, rate", "size: 9, rate", "m.yaml:17:45: projections.noise_E.rule: one_to_one needs as many sources as targets, there are 9 and 10"},
	{"p over 1", "p: 0.3", "p: 1.3", "m.yaml:23:8: projections.learns.p: must be at most 1, is 1.3"},
	{"missing p", "    p: 0.3\n", "", "m.yaml:20:5: projections.learns: p is missing: probability of each pair"},
	{"weight unit", "weight: -40 pA", "weight: -40 mV", "m.yaml:16:76: projections.I_E.weight: is in mV; the receptors of E (iaf_psc_exp) take pA"},
	{"weight no unit", "weight: -40 pA", "weight: -40", "m.yaml:16:76: projections.I_E.weight: is in bare numbers; the receptors of E (iaf_psc_exp) take pA"},
	{"unknown receptor", "indegree: 4", "indegree: 4, receptor_type: ampa", `m.yaml:15:81: projections.E_I.receptor_type: iaf_psc_exp has no receptor "ampa"; expected one of excitatory, inhibitory`},
	{"sign without receptor", "indegree: 4, weight: 10 pA", "indegree: 4, receptor_type: excitatory, weight: -10 pA", "m.yaml:15:101: projections.E_I.weight: the receptor excitatory of I (iaf_psc_exp) takes no weight of this sign, is -10"},
	{"min over max", "min: 0.5 ms, max: 2 ms", "min: 3 ms, max: 2 ms", "m.yaml:16:102: projections.I_E.delay.uniform: uniform: min 3 is above max 2"},
	{"std negative", "std: 2 mV", "std: -2 mV", "m.yaml:7:109: populations.E.initial.V_m.normal: normal: std must be >= 0, is -2"},
	{"unknown distribution", "{uniform: {min: 0.5", "{unifrom: {min: 0.5", "m.yaml:16:92: projections.I_E.delay.unifrom: unknown distribution; did you mean uniform?"},
	{"missing max", "min: 0.5 ms, max: 2 ms", "min: 0.5 ms", "m.yaml:16:102: projections.I_E.delay.uniform: max is missing"},
	{"delay drawn too long", "max: 2 ms}}", "max: 2 min}}", "m.yaml:16:92: projections.I_E.delay: reaches 120000 ms; at most 3276.8 ms (2^15 ticks)"},
	{"wmin over wmax", "w_min: 0 pA", "w_min: 20 pA", "m.yaml:27:47: projections.learns.ssdp.w_max: must be above w_min (20), is 10"},
	{"missing w_max", ", w_max: 10 pA", "", "m.yaml:27:12: projections.learns.ssdp: w_max is missing: upper bound; steps are in units of w_max - w_min"},
	{"window under dt", "window: 1 ms", "window: 0.01 ms", "m.yaml:27:20: projections.learns.ssdp.window: must be at least one tick (0.1 ms), is 0.01 ms"},
	{"unknown neuron param", "tau_m:", "tau_mm:", "m.yaml:7:55: populations.E.params.tau_mm: iaf_psc_exp has no such params; did you mean tau_m?"},
	{"unknown state", "initial: {V_m", "initial: {V_n", "m.yaml:7:94: populations.E.initial.V_n: iaf_psc_exp has no such state; did you mean V_m?"},
	{"reset above th", "V_th: -55 mV", "V_th: -75 mV", "m.yaml:7:75: populations.E.params.V_th: V_reset must be below V_th (-75 mV), is -70 mV"},
	{"tau negative", "tau_m: 20 ms", "tau_m: -20 ms", "m.yaml:7:62: populations.E.params.tau_m: tau_m must be > 0 ms, is -20"},
	{"dt zero", "dt: 0.1 ms", "dt: 0 ms", "m.yaml:2:5: dt: must be > 0 ms, is 0 ms"},
	{"dt missing unit", "dt: 0.1 ms", "dt: 0.1", `m.yaml:2:5: dt: "0.1" has no unit; expected a time, such as 20 ms`},
	{"negative duration", "duration: 5 ms", "duration: -5 ms", "m.yaml:3:11: duration: must be at least one tick (0.1 ms), is -5 ms"},
	{"negative rate", "rate: 20 Hz", "rate: -20 Hz", "m.yaml:10:43: inputs.noise.rate: rate must be at least 0 Hz, is -20 Hz"},
	{"stop before start", "rate: 8 kHz", "rate: 8 kHz, start: 3 ms, stop: 1 ms", "m.yaml:13:68: stimuli.drive.start: start (3 ms) and stop (1 ms) must rise from 0 ms"},
	{"drive sign", "weight: 50 pA", "weight: 50 mV", "m.yaml:13:69: stimuli.drive.weight: is in mV; the receptors of E (iaf_psc_exp) take pA"},
	{"too many neurons", "size: $(2 * half)", "size: 5000000000", "m.yaml:7:33: populations.E.size: makes more than 4294967295 neurons in all"},
	{"ssdp delay drawn", "    delay: 1 ms\n    synapse", "    delay: {uniform: {min: 1 ms, max: 2 ms}}\n    synapse", "m.yaml:25:13: projections.learns.delay: ssdp_synapse takes one delay for all, not a distribution"},
	{"ssdp without block", "    ssdp: {window: 1 ms, w_min: 0 pA, w_max: 10 pA}\n", "", "m.yaml:20:5: projections.learns.ssdp: synapse_model ssdp_synapse and a block ssdp belong together"},
	{"block without ssdp", "    synapse_model: ssdp_synapse\n", "", "m.yaml:26:12: projections.learns.ssdp: synapse_model ssdp_synapse and a block ssdp belong together"},
	{"w_max unit", "w_max: 10 pA", "w_max: 10 mV", "m.yaml:27:46: projections.learns.ssdp.w_max: is in mV; the receptors of E (iaf_psc_exp) take pA"},
	{"missing name", "name: good\n", "", "m.yaml:1:1: name is missing: short name of the model"},
	{"no model", "I: {model: iaf_psc_exp, size: 5}", "I: {size: 5}", "m.yaml:8:7: populations.I: model is missing: neuron model, under NEST's name"},
	{"missing size", "I: {model: iaf_psc_exp, size: 5}", "I: {model: iaf_psc_exp}", "m.yaml:8:7: populations.I: size is missing: number of neurons"},
	{"explicit without file", "rule: explicit, file: edges.csv", "rule: explicit", "m.yaml:18:12: projections.listed: file is missing: CSV or Parquet with columns source, target and, where they differ, weight and delay"},
	{"other rules key", "rule: one_to_one", "rule: one_to_one, indegree: 3", "m.yaml:17:57: projections.noise_E.indegree: belongs to fixed_indegree, not to one_to_one"},
	{"field of other input", "rate: 20 Hz}", "rate: 20 Hz, members: 3}", "m.yaml:10:50: inputs.noise.members: belongs to volleys, not to poisson"},
	{"input without rate", "size: 10, rate: 20 Hz", "size: 10", "m.yaml:10:11: inputs.noise: rate is missing: rate of each source"},
	{"anchor", "{tau_m: 20 ms, V_th: -55 mV}", "*nowhere", "m.yaml:7:54: populations.E.params: no anchor &nowhere above"},
	{"bad name", "  I: {", "  I x: {", `m.yaml:8:3: populations: the name "I x": expected letters, digits, - and _`},
	{"layout", "indegree: 4", "indegree: 4, layout: magic", `m.yaml:15:74: projections.E_I.layout: "magic" is not one of auto, list, bitmap, packed, procedural`},
	{"missing data file", "edges.csv", "nowhere.csv", "m.yaml:18:61: projections.listed.file: nowhere.csv: cannot be read: file does not exist"},
	{"data file outside", "edges.csv", "../edges.csv", "m.yaml:18:61: projections.listed.file: ../edges.csv: leads elsewhere; expected a path inside the model's folder or the data directory"},
	{"empty data file", "edges.csv", "empty.csv", "m.yaml:18:61: projections.listed.file: empty.csv:1: has no header line; expected the names of the columns"},
	{"cell that is no number", "edges.csv", "letter.csv", `m.yaml:18:61: projections.listed.file: letter.csv:3:5: "six" in column weight_pA; expected a finite number`},
	{"id out of range", "edges.csv", "outside.csv", `m.yaml:18:61: projections.listed.file: outside.csv:3:1: "3" in column source; expected a whole number from 0 to 2`},
	{"fractional id", "edges.csv", "half.csv", `m.yaml:18:61: projections.listed.file: half.csv:3:1: "1.5" in column source; expected a whole number from 0 to 2`},
	{"negative id", "edges.csv", "minus.csv", `m.yaml:18:61: projections.listed.file: minus.csv:2:3: "-1" in column target; expected a whole number from 0 to 9`},
	{"ragged table", "edges.csv", "ragged.csv", "m.yaml:18:61: projections.listed.file: ragged.csv:3:1: wrong number of fields; expected 2 cells, as in the header"},
	{"delay in a list under dt", "edges.csv", "soon.csv", "m.yaml:18:61: projections.listed.file: soon.csv:2: column delay_ms: 0.01 ms is 0 ticks; expected a delay of 1 to 2^15 ticks"},
	{"weight in another unit", "edges.csv", "nano.csv", "m.yaml:18:61: projections.listed.file: nano.csv:1: has a column weight_nA in nA; expected pA"},
	{"list without weights", "edges.csv, weight: 10 pA", "bare.csv", "m.yaml:18:61: projections.listed.file: bare.csv has no column weight, and the projection gives none"},
	{"multapse in a list", "edges.csv", "twice.csv, allow_multapses: false", "m.yaml:18:61: projections.listed.file: synapses 1 and 2 of the list are both from 0 to 9, and allow_multapses is false"},
	{"damaged Parquet", "edges.csv", "damaged.parquet", "m.yaml:18:61: projections.listed.file: damaged.parquet: is damaged: "},
	{"no column of times", "spikes.csv", "notimes.csv", "m.yaml:11:47: inputs.replay.file: notimes.csv:1: has the columns when, neuron; expected a column time or t"},
	{"spike of no neuron", "spikes.csv", "late.csv", `m.yaml:11:47: inputs.replay.file: late.csv:3:3: "3" in column neuron; expected a whole number from 0 to 2`},
	{"spike before the start", "spikes.csv", "early.csv", "m.yaml:11:47: inputs.replay.file: early.csv:2: column time_ms: -1 ms is before 0.1 ms; expected a time from the first tick on"},
	{"column of another size", "tau_m: 20 ms", "tau_m: {file: spikes.csv, column: time_ms}", "m.yaml:7:63: populations.E.params.tau_m: 2 values for 10 neurons"},
	{"no such column", "tau_m: 20 ms", "tau_m: {file: spikes.csv, column: tau}", "m.yaml:7:63: populations.E.params.tau_m: spikes.csv:1: has the columns time_ms, neuron; expected a column tau"},
	{"a name twice", "  noise: {model: poisson", "  E: {model: poisson, size: 2, rate: 1 Hz}\n  noise: {model: poisson", "m.yaml:10:7: inputs.E: the name already stands for a population; names of populations and inputs must differ"},
	{"quantum no power of two", "size: 5}", "size: 5, weight_quantum: {excitatory: 0.3 pA}}", "m.yaml:8:65: populations.I.weight_quantum.excitatory: weight_quantum 0.3 is not a power of two"},
	{"quantum of no receptor", "size: 5}", "size: 5, weight_quantum: {ampa: 0.5 pA}}", `m.yaml:8:59: populations.I.weight_quantum.ampa: iaf_psc_exp has no receptor "ampa"; expected one of excitatory, inhibitory`},
	{"indented by tab", "  half: 5", "\thalf: 5", "m.yaml:5:1: not YAML: "},
}

// write puts a model and the data files into a new folder.
func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range data {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "m.yaml")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// volley runs a command line in this process. Of paths in what it prints, only the
// file's name is left.
func volley(t *testing.T, args ...string) (code int, stderr string) {
	t.Helper()
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer nowhere.Close()
	stdout := os.Stdout
	os.Stdout = nowhere
	defer func() { os.Stdout = stdout }()
	var b bytes.Buffer
	code = execute(context.Background(), args, &b)
	return code, strings.ReplaceAll(b.String(), filepath.Dir(args[len(args)-1])+"/", "")
}

func TestGoodModelRuns(t *testing.T) {
	path := write(t, good)
	if code, stderr := volley(t, "run", "--quiet", "--out", filepath.Join(filepath.Dir(path), "out"), path); code != exitDone {
		t.Fatalf("exit code %d:\n%s", code, stderr)
	}
}

// Each broken model gives one clear line and exit code 2, and nothing is written.
func TestBrokenModels(t *testing.T) {
	for _, c := range broken {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(good, c.from, c.to, 1)
			if text == good {
				t.Fatalf("%q does not stand in the good model", c.from)
			}
			path := write(t, text)
			out := filepath.Join(filepath.Dir(path), "out")
			code, stderr := volley(t, "run", "--quiet", "--out", out, path)
			if code != exitUsage {
				t.Errorf("exit code %d, expected %d", code, exitUsage)
			}
			if lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n"); len(lines) != 1 || !strings.HasPrefix(lines[0], c.want) {
				t.Errorf("printed\n%s\nexpected the one line\n%s", stderr, c.want)
			}
			if _, err := os.Stat(out); !os.IsNotExist(err) {
				t.Error("the output directory was made")
			}
		})
	}
}

// All faults come together, by position, and none twice.
func TestFaultsTogether(t *testing.T) {
	text := strings.NewReplacer("duration: 5 ms", "duration: 5", "20 ms", "20 mV", "size: 5}", "size: -5}", "source: noise", "source: noisy", "p: 0.3", "p: $(1 / 0)").Replace(good)
	_, stderr := volley(t, "run", "--out", filepath.Join(t.TempDir(), "out"), "--set", "projections.E_I.delay=1 mV", "--set", "nowhere.at.all=3", write(t, text))
	want := `--set nowhere.at.all=3: nowhere: no such part; expected one of name, dt, duration, parameters, populations, inputs, stimuli, projections, half
--set projections.E_I.delay=1 mV: projections.E_I.delay: "1 mV" is a voltage; expected a time, such as 20 ms
m.yaml:3:11: duration: "5" has no unit; expected a time, such as 20 ms
m.yaml:7:62: populations.E.params.tau_m: "20 mV" is a voltage; expected a time, such as 20 ms
m.yaml:8:33: populations.I.size: must be at least 1, is -5
m.yaml:17:21: projections.noise_E.source: no population or input "noisy"; did you mean noise?
m.yaml:20:13: projections.learns.source: no population or input "noisy"; did you mean noise?
m.yaml:23:8: projections.learns.p: "$(1 / 0)": the value is +Inf
`
	if stderr != want {
		t.Errorf("printed\n%s\nexpected\n%s", stderr, want)
	}
}

// Bad usage ends with exit code 2 too.
func TestBadUsage(t *testing.T) {
	path := write(t, good)
	dir := filepath.Dir(path)
	out := filepath.Join(dir, "out")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"run", path, "--set", "size"}, "--set size: expected path=value, such as populations.E.size=100"},
		{[]string{"run", path, "--local-nodes", "2", "--resume"}, "volley: --resume: a run on nodes goes on by itself where nodes are lost; expected without --cluster and --local-nodes"},
		{[]string{"run", path, "--cluster", "127.0.0.1:1", "--max-memory", "9"}, "volley: --max-memory: nodes say by volley node --memory what they may take; expected without --cluster and --local-nodes"},
		{[]string{"run", path, "--cluster", "127.0.0.1:1", "--detach", "--out", out}, "volley: --detach and --out: volley fetch RUN --out DIR gets the files when the run is over"},
		{[]string{"run", path, "--set", "populations.F.size=3"}, "--set populations.F.size=3: populations.F: no such part; expected one of E, I"},
		{[]string{"run", path, "--set", "populations.E.size=many"}, `--set populations.E.size=many: populations.E.size: "many": expected a whole number`},
		{[]string{"run", path, "--set", "dt.x=1"}, "--set dt.x=1: dt: has no parts"},
		{[]string{"run", path, "--set", "half=[1"}, "--set half=[1: half: not YAML: "},
		{[]string{"run", path, "--set", "half=$(other)"}, `--set half=$(other): parameters.half: "$(other)": unknown name other; `},
		{[]string{"run", path, "--duration", "5"}, `--set duration=5: duration: "5" has no unit; expected a time, such as 20 ms`},
		{[]string{"run", path, "--max-memory", "1000"}, "volley: good would take about 2.031 KiB of memory, and --max-memory allows 1000 bytes; make the model smaller, or raise --max-memory"},
		{[]string{"run", path, "--max-memory", "3000"}, "volley: good would take about "},
		{[]string{"run", path, "--set", "populations.I.size=4e9"}, "volley: good would take about "},
		{[]string{"run", path, "--set", "projections.E_I.indegree=1e15"}, "volley: good would take about "},
		{[]string{"run", path, "--partitons", "3"}, "volley: unknown flag: --partitons"},
		{[]string{"run", path, "--format", "xml"}, `volley: format "xml" of the run's tables: expected parquet or csv`},
		{[]string{"run", filepath.Join(dir, "none.yaml")}, "none.yaml: cannot be read: file does not exist"},
		{[]string{"run", "example:none"}, "volley: there is no example \"none\"; expected one of brunel, digits, live, microcircuit, ssdp-volleys"},
		{[]string{"run", "example:brunel", "--duration", "50ms", "--cluster", "127.0.0.1:1"}, "volley: --duration 50ms: rates and statistics leave out the model's discard"},
		{[]string{"eval", filepath.Join(dir, "none")}, "volley: none: no such directory; expected one that volley train left"},
		{[]string{"eval", dir}, "volley: " + filepath.Base(dir) + " holds no training: expected what volley train left"},
		{[]string{"run"}, "volley: accepts 1 arg(s), received 0"},
		{[]string{"rum", path}, `volley: unknown command "rum" for "volley"`},
		{[]string{"examples", "none"}, "volley: there is no example \"none\"; expected one of brunel, digits, live, microcircuit, ssdp-volleys"},
	} {
		if c.args[0] == "run" {
			c.args = append([]string{"run", "--out", out, "--quiet"}, c.args[1:]...)
		}
		code, stderr := volley(t, c.args...)
		stderr = strings.ReplaceAll(stderr, dir+"/", "")
		if code != exitUsage || !strings.HasPrefix(stderr, c.want) {
			t.Errorf("%v: exit code %d and\n%s\nexpected %d and\n%s", c.args, code, stderr, exitUsage, c.want)
		}
		if _, err := os.Stat(out); !os.IsNotExist(err) {
			t.Fatalf("%v: the output directory was made", c.args)
		}
	}
}
