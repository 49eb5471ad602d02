package model

import (
	"slices"
	"strings"
	"testing"
)

const neurons = `name: neurons
duration: 100 ms
populations:
  M: {model: iaf_psc_exp_multisynapse, size: 3, params: {tau_syn: [0.5 ms, 5000 us], tau_m: [10 ms, 20 ms, 30 ms]}}
  G: {model: gif_psc_exp, size: 4, params: {tau_sfa: [20 ms, 100 ms], q_sfa: [5 mV, 2 mV], tau_stc: [], q_stc: [], lambda_0: 1 1/s}}
  A: {model: glif_psc, size: 5, params: {tau_syn: 2 ms, asc_decay: [3 1/s, 0.1 1/ms], th_spike_decay: 0.01 1/ms, spike_dependent_threshold: true, after_spike_currents: true, adapting_threshold: false}}
  D: {model: iaf_psc_delta, size: 2, params: {refractory_input: [true, false], t_ref: {uniform: {min: 1 ms, max: 3 ms}}}}
  E: {model: aeif_cond_exp, size: 2, params: {a: 4 nS, b: 80 pA, Delta_T: 2 mV}, initial: {w: 10 pA, g_ex: 1 nS}}
stimuli:
  drive: {model: poisson_generator, target: M, rate: 1 kHz, weight: 100 pA, receptor_type: 2}
projections:
  G_M: {source: G, target: M, rule: all_to_all, receptor_type: 1, weight: -20 pA, delay: 1 ms}
  M_A: {source: M, target: A, rule: all_to_all, receptor_type: 1, weight: 20 pA, delay: 1 ms}
  A_D: {source: A, target: D, rule: all_to_all, receptor_type: 0, weight: 1 mV, delay: 1 ms}
  D_E: {source: D, target: E, rule: all_to_all, receptor_type: inhibitory, weight: -2 nS, delay: 1 ms}
`

func TestNeuronParameters(t *testing.T) {
	m, err := load(neurons)
	if err != nil {
		t.Fatal(err)
	}
	p := map[string]map[string]Value{}
	for _, pop := range m.Populations {
		p[pop.Name] = pop.Params
	}
	for _, c := range []struct {
		have Value
		want []float64
	}{
		{p["M"]["tau_syn"], []float64{0.5, 5}},
		{p["M"]["tau_m"], []float64{10, 20, 30}},
		{p["G"]["tau_sfa"], []float64{20, 100}},
		{p["G"]["q_sfa"], []float64{5, 2}},
		{p["G"]["tau_stc"], []float64{}},
		{p["D"]["refractory_input"], []float64{1, 0}},
		{p["A"]["asc_decay"], []float64{0.003, 0.1}},
	} {
		if c.have.List == nil || !slices.Equal(c.have.List, c.want) {
			t.Errorf("list %v, want %v", c.have, c.want)
		}
	}
	for name, want := range map[string]float64{"spike_dependent_threshold": 1, "after_spike_currents": 1, "adapting_threshold": 0, "tau_syn": 2} {
		if v := p["A"][name]; v.List != nil || v.Dist.A != want {
			t.Errorf("%s is %v, want %v", name, v, want)
		}
	}
	if m.Stimuli[0].Receptor != "2" || m.Projections[0].Receptor != "1" {
		t.Errorf("receptors %q and %q", m.Stimuli[0].Receptor, m.Projections[0].Receptor)
	}
}

func TestBrokenNeuronParameters(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"5000 us", "5000", `m.yaml:4:76: populations.M.params.tau_syn[1]: "5000" has no unit; expected a time, such as 20 ms`},
		{"5000 us", "-5 ms", `populations.M.params.tau_syn: tau_syn must hold numbers > 0 ms, number 2 is -5`},
		{"[0.5 ms, 5000 us]", "{uniform: {min: 1 ms, max: 2 ms}}", `populations.M.params.tau_syn: expected a list of numbers, such as [0.5 ms, 5 ms], found a distribution`},
		{", 30 ms]", "]", `populations.M.params.tau_m: tau_m has 2 values for 3 neurons`},
		{"[10 ms, 20 ms,", "[10 ms, -20 ms,", `populations.M.params.tau_m: tau_m must be > 0 ms, is -20 (neuron 1 of 3)`},
		{"[5 mV, 2 mV]", "[5 mV]", `populations.G.params.q_sfa: q_sfa must have as many numbers as tau_sfa (2), has 1`},
		{"[5 mV, 2 mV]", "[5 mV, 2 pA]", `populations.G.params.q_sfa[1]: "2 pA" is a current; expected a voltage`},
		{"adapting_threshold: false", "adapting_threshold: maybe", `populations.A.params.adapting_threshold: "maybe": expected true or false`},
		{"adapting_threshold: false", "adapting_threshold: {uniform: {min: 0, max: 1}}", `populations.A.params.adapting_threshold: expected true or false, found a distribution`},
		{"after_spike_currents: true, adapting_threshold: false", "adapting_threshold: true", `populations.A.params.adapting_threshold: adapting_threshold needs spike_dependent_threshold and after_spike_currents`},
		{"[true, false]", "[true, 2]", `populations.D.params.refractory_input[1]: "2": expected true or false`},
		{"min: 1 ms, max: 3 ms", "min: -1 ms, max: 3 ms", `populations.D.params.t_ref: t_ref must be >= 0 ms, is -1`},
		{"receptor_type: 2", "receptor_type: 3", `stimuli.drive.receptor_type: iaf_psc_exp_multisynapse has no receptor "3"; expected one of 1, 2`},
		{"receptor_type: 1, weight: -20 pA", "weight: -20 pA", `projections.G_M: receptor_type is missing: which of the receptors 1, 2 of M (iaf_psc_exp_multisynapse)`},
		{"receptor_type: 1, weight: 20 pA", "receptor_type: 2, weight: 20 pA", `projections.M_A.receptor_type: glif_psc has no receptor "2"`},
		{"inhibitory", "inhibitry", `projections.D_E.receptor_type: aeif_cond_exp has no receptor "inhibitry"; did you mean inhibitory?`},
		{"-2 nS", "-2 pA", `projections.D_E.weight: is in pA; the receptors of E (aeif_cond_exp) take nS`},
		{"g_ex: 1 nS", "g_ex: -1 nS", `populations.E.initial.g_ex: g_ex must be >= 0 nS, is -1`},
		{"w: 10 pA", "w: inf", `populations.E.initial.w: w must be a finite number of pA, is +Inf`},
		{"g_ex: 1 nS", "g_x: 1 nS", `aeif_cond_exp has no such state; did you mean g_ex?`},
	} {
		text := strings.Replace(neurons, c.from, c.to, 1)
		if text == neurons {
			t.Errorf("%q does not stand in the model", c.from)
		}
		if _, err := load(text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got\n%v\nexpected\n%s", c.to, err, c.want)
		}
	}
}
