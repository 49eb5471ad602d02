package model

import (
	"os"
	"strings"
	"testing"
)

const learns = `name: learns
dt: 0.1 ms
duration: 100 ms
populations:
  E: {model: iaf_psc_exp, size: 10}
projections:
  E_E: {source: E, target: E, rule: all_to_all, weight: 10 pA, delay: 1 ms,
        synapse_model: stdp_synapse,
        params: {tau_plus: 15 ms, lambda: 0.005, Wmax: 100 pA},
        normalize: {sum: 50 pA, every: 20 ms}}
`

func TestSynapseModels(t *testing.T) {
	m, err := load(learns)
	if err != nil {
		t.Fatal(err)
	}
	p := m.Projections[0]
	if p.Params["tau_plus"].Dist.A != 15 || p.Params["Wmax"].Dist.A != 100 || p.Normalize.Every != 20 {
		t.Errorf("got %+v", p)
	}
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown model", "stdp_synapse", "stdp_synapses", `m.yaml:8:24: projections.E_E.synapse_model: no synapse model "stdp_synapses"; did you mean stdp_synapse?`},
		{"unknown parameter", "lambda", "lamda", `m.yaml:9:35: projections.E_E.params.lamda: stdp_synapse has no such params; did you mean lambda?`},
		{"missing unit", "15 ms", "15", `m.yaml:9:28: projections.E_E.params.tau_plus: "15" has no unit`},
		{"negative time constant", "15 ms", "-15 ms", `m.yaml:9:28: projections.E_E.params.tau_plus: tau_plus must be > 0 ms, is -15`},
		{"bound in another unit", "100 pA", "100 mV", `projections.E_E.params.Wmax: is in mV; the receptors of E (iaf_psc_exp) take pA`},
		{"bound of the other sign", "100 pA", "-100 pA", `projections.E_E.weight: must have the sign of Wmax (-100), is 10`},
		{"weight beyond the bound", "100 pA", "5 pA", `projections.E_E.weight: must not be beyond Wmax (5), is 10`},
		{"drawn parameter", "0.005", "{uniform: {min: 0, max: 1}}", `projections.E_E.params.lambda: one value for all synapses is expected`},
		{"params of a static synapse", "stdp_synapse", "static_synapse", `projections.E_E.params: static_synapse has no params`},
		{"normalised static synapse", "synapse_model: stdp_synapse,\n        params: {tau_plus: 15 ms, lambda: 0.005, Wmax: 100 pA},", "", `projections.E_E.normalize: needs a synapse_model that learns`},
		{"sum in another unit", "sum: 50 pA", "sum: 50 mV", `projections.E_E.normalize.sum: is in mV`},
		{"no span", ", every: 20 ms", "", `projections.E_E.normalize.every: is missing`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(learns, c.from, c.to, 1)
			if text == learns {
				t.Fatalf("%q does not stand in the model", c.from)
			}
			if _, err := load(text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%v\nexpected\n%s", err, c.want)
			}
		})
	}
}

func TestBrunelLearnsWhereAsked(t *testing.T) {
	for set, want := range map[string]string{"plasticity=none": "static_synapse", "plasticity=stdp": "stdp_synapse"} {
		m, err := Load(os.DirFS("../../examples"), "brunel.yaml", Options{Set: []string{set}})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range m.Projections {
			if learns := p.Name == "E_E" && want == "stdp_synapse"; learns != (p.Synapse == "stdp_synapse") || learns != (len(p.Params) > 0) {
				t.Errorf("%s: %s has the synapse %s with %v", set, p.Name, p.Synapse, p.Params)
			}
		}
	}
}
