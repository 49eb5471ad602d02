package kernel

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/neuron"
)

// drives are the weight of an input spike, in the unit of the receptor, and its
// rate in Hz: they make every model with such receptors fire.
var drives = map[string]struct{ weight, rate float64 }{"mV": {2, 2000}, "pA": {300, 3000}, "nS": {8, 3000}, "": {1, 20}}

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
		return map[string]model.Value{"tau_syn": list(2), "spike_dependent_threshold": constant(1), "after_spike_currents": constant(1), "adapting_threshold": constant(1)}
	}
	return nil
}

// netOf is 20 neurons of one model under Poisson input, a current and an adaptive
// threshold, which excite and inhibit one another; parrots only repeat.
func netOf(spec neuron.Spec) *model.Model {
	const size = 20
	params := mechanisms(spec.Name)
	ports := spec.Receptors(neuron.Params{"tau_syn": params["tau_syn"].List})
	drive := drives[ports[0].Unit]
	first, last := "", ""
	if ports[0].Sign == 0 {
		first, last = ports[0].Name, ports[len(ports)-1].Name
	}
	m := &model.Model{Dt: 0.1, Duration: 150, Seeds: model.Seeds{Base: 3}, Populations: []model.Population{{Name: "net", Model: spec.Name, Size: size, Params: params}}}
	m.Stimuli = []model.Stimulus{{Name: "drive", Model: "poisson_generator", Target: "net", Rate: constant(drive.rate), Weight: constant(drive.weight), Receptor: first, Stop: 1e300}}
	if spec.Name == "parrot_neuron" {
		return m
	}
	own := model.Value{}
	for i := range size {
		own.List = append(own.List, spec.State[0].Default-float64(i)*0.1)
	}
	net := &m.Populations[0]
	net.Initial = map[string]model.Value{"V_m": own}
	net.AdaptiveThreshold = &model.AdaptiveThreshold{Increment: 0.05, Tau: 50, Max: 10}
	m.Stimuli = append(m.Stimuli, model.Stimulus{Name: "dc", Model: "dc_generator", Target: "net", Amplitude: constant(5), Stop: 1e300})
	for i, name := range []string{"excite", "inhibit"} {
		weight := drive.weight / 4 * float64(1-2*i)
		m.Projections = append(m.Projections, model.Projection{Name: name, Source: "net", Target: "net", Rule: "fixed_indegree", Indegree: 4, Receptor: last,
			Weight: constant(weight), Delay: constant(1.5), Autapses: true, Multapses: true})
	}
	return m
}

func TestEveryModelUnderEveryCut(t *testing.T) {
	for _, spec := range neuron.Models() {
		t.Run(spec.Name, func(t *testing.T) {
			m := netOf(spec)
			if err := m.Validate(); err != nil {
				t.Fatal(err)
			}
			n := compile(t, m, ".")
			want := simulate(t, n, 1)
			if len(want) < 20 {
				t.Errorf("only %d spikes, so little is compared", len(want))
			}
			for _, parts := range []int{3, 20} {
				if got := simulate(t, n, parts); hash(got) != hash(want) {
					t.Errorf("%d partitions give %s, one gives %s", parts, hash(got), hash(want))
				}
			}
		})
	}
}

// Wrong numbers that files bring are found before the run, and so is a receptor
// that is left open.
func TestCompileChecksNeurons(t *testing.T) {
	spec, _ := neuron.Lookup("iaf_psc_exp_multisynapse")
	files := fstest.MapFS{"taus.csv": {Data: []byte("good,bad\n" + strings.Repeat("10,20\n", 19) + "10,-3\n")}}
	for _, c := range []struct {
		change func(m *model.Model)
		want   string
	}{
		{func(m *model.Model) { m.Populations[0].Params["tau_m"] = model.Value{File: "taus.csv", Column: "good"} }, ""},
		{func(m *model.Model) { m.Populations[0].Params["tau_m"] = model.Value{File: "taus.csv", Column: "bad"} },
			"populations.net.params: tau_m must be > 0 ms, is -3 (neuron 19 of 20)"},
		{func(m *model.Model) { m.Stimuli[0].Receptor = "" }, "net (iaf_psc_exp_multisynapse): receptor_type: it is left open which of the receptors 1, 2 is meant"},
		{func(m *model.Model) { m.Stimuli[0].Receptor = "3" }, `receptor_type: no receptor "3"; there are 1, 2`},
	} {
		m := netOf(spec)
		c.change(m)
		_, err := Compile(m, files)
		if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}
