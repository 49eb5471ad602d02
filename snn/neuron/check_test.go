package neuron

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestWhatIsNoNumberIsRefused(t *testing.T) {
	forEachModel(t, func(t *testing.T, spec Spec) {
		for _, v := range spec.Params {
			for _, x := range []float64{math.NaN(), math.Inf(1)} {
				p := everything(spec)
				p[v.Name] = []float64{x}
				if v.List {
					p[v.Name] = append([]float64{x}, everything(spec)[v.Name][1:]...)
				}
				faults := spec.Check(p)
				mine := 0
				for _, f := range faults {
					if strings.HasPrefix(f, v.Name+" must ") {
						mine++
					}
				}
				if mine != 1 {
					t.Errorf("%s = %g: faults %q", v.Name, x, faults)
				}
			}
		}
	})
}

// Each line is one fault of otherwise good parameters.
func TestWrongParameters(t *testing.T) {
	for _, c := range []struct {
		model string
		p     Params
		want  string
	}{
		{"iaf_psc_exp", Params{"tau_m": {-20}}, "tau_m must be > 0 ms, is -20"},
		{"iaf_psc_exp", Params{"I_e": {math.NaN()}}, "I_e must be a finite number of pA, is NaN"},
		{"iaf_psc_delta", Params{"refractory_input": {2}}, "refractory_input must be true or false (1 or 0), is 2"},
		{"iaf_psc_alpha", Params{"V_reset": {-50}}, "V_reset must be below V_th (-55 mV), is -50 mV"},
		{"iaf_psc_alpha", Params{"tau_syn_in": {0}}, "tau_syn_in must be > 0 ms, is 0"},
		{"iaf_psc_alpha", Params{"V_min": {math.Inf(-1)}}, ""},
		{"iaf_psc_exp_multisynapse", Params{"tau_syn": {1, 0}}, "tau_syn must hold numbers > 0 ms, number 2 is 0"},
		{"iaf_psc_exp_multisynapse", Params{"tau_syn": {}}, "tau_syn must hold at least one number, is empty"},
		{"izhikevich", Params{"c": {40}}, "c must be below V_th (30 mV), is 40 mV"},
		{"gif_psc_exp", Params{"q_sfa": {1}}, "q_sfa must have as many numbers as tau_sfa (0), has 1"},
		{"gif_psc_exp", Params{"q_sfa": {1}, "tau_sfa": {-1}}, "tau_sfa must hold numbers > 0 ms, number 1 is -1"},
		{"gif_psc_exp", Params{"lambda_0": {-1}}, "lambda_0 must be >= 0 1/s, is -1"},
		{"gif_psc_exp", Params{"tau_stc": {1}, "q_stc": {1}, "t_ref": {-4}}, "t_ref must be >= 0 ms, is -4"},
		{"glif_psc", Params{"t_ref": {0}}, "t_ref must be > 0 ms, is 0"},
		{"glif_psc", Params{"adapting_threshold": {1}}, "adapting_threshold needs spike_dependent_threshold and after_spike_currents: the flags must be those of one of GLIF's models 1 to 5"},
		{"glif_psc", Params{"after_spike_currents": {1}, "asc_amps": {1}}, "asc_amps must have as many numbers as asc_decay (2), has 1"},
		{"glif_psc", Params{"asc_amps": {1}}, ""},
		{"glif_psc", Params{"after_spike_currents": {1}, "asc_r": {1, 1.5}}, "asc_r must be from 0 to 1, is 1.5"},
		{"glif_psc", Params{"spike_dependent_threshold": {1}, "voltage_reset_fraction": {-0.5}}, "voltage_reset_fraction must be from 0 to 1, is -0.5"},
		{"iaf_cond_exp", Params{"V_reset": {-50}}, "V_reset must be below V_th (-55 mV), is -50 mV"},
		{"iaf_cond_alpha", Params{"g_L": {-1}}, "g_L must be >= 0 nS, is -1"},
		{"aeif_psc_exp", Params{"V_peak": {-55}}, "V_peak must be >= V_th (-50.4 mV), is -55 mV"},
		{"aeif_cond_exp", Params{"Delta_T": {0.05}}, "Delta_T must be > (V_peak - V_th)/663 (0.0760181 mV) or 0 mV, so that the upswing does not overflow, is 0.05 mV"},
		{"aeif_cond_exp", Params{"Delta_T": {0}}, ""},
		{"aeif_cond_exp", Params{"gsl_error_tol": {0}}, "gsl_error_tol must be > 0, is 0"},
		{"hh_psc_alpha", Params{"g_K": {-1}}, "g_K must be >= 0 nS, is -1"},
	} {
		spec, _ := Lookup(c.model)
		var want []string
		if c.want != "" {
			want = []string{c.want}
		}
		if faults := spec.Faults(c.p.Complete(spec.Params), 1); !slices.Equal(faults, want) {
			t.Errorf("%s %v: faults %q, want %q", c.model, c.p, faults, want)
		}
	}
}

func TestAllFlagsOfGLIF(t *testing.T) {
	spec, _ := Lookup("glif_psc")
	good := 0
	for flags := range 8 {
		p := Params{"spike_dependent_threshold": {float64(flags & 1)}, "after_spike_currents": {float64(flags >> 1 & 1)}, "adapting_threshold": {float64(flags >> 2)}}
		if spec.Faults(p.Complete(spec.Params), 1) == nil {
			good++
		}
	}
	if good != 5 {
		t.Errorf("%d of 8 combinations are taken, of which 5 are GLIF's models", good)
	}
}

func TestFaultsNameTheNeuron(t *testing.T) {
	spec, _ := Lookup("iaf_psc_exp")
	p := Params{"tau_m": {10, -1, -2}, "C_m": {250, 0, 0}}.Complete(spec.Params)
	want := []string{"C_m must be > 0 pF, is 0 (neuron 1 of 3)", "tau_m must be > 0 ms, is -1"}
	if got := spec.Faults(p, 3); !slices.Equal(got, want) {
		t.Errorf("faults %q, want %q", got, want)
	}
	if got := spec.Faults(p, 4); len(got) != 2 || !strings.HasSuffix(got[1], "has 3 values for 4 neurons") {
		t.Errorf("faults %q of lists of another length", got)
	}
}

func TestRecordables(t *testing.T) {
	spec, _ := Lookup("iaf_psc_exp_multisynapse")
	var names []string
	for _, v := range spec.Recordables(Params{"tau_syn": {1, 2}}.Complete(spec.Params)) {
		names = append(names, v.Name)
	}
	if want := []string{"V_m", "I_syn", "I_syn_1", "I_syn_2"}; !slices.Equal(names, want) {
		t.Errorf("records %v, want %v", names, want)
	}
}

// The propagators of close time constants lie between those of constants further
// apart on either side, and agree with a sum over small steps.
func TestPropagatorsAgainstSmallSteps(t *testing.T) {
	for _, tauSyn := range []float64{1e-3, 0.1, 2, 9.9, 9.99999999, 10, 10.00000001, 10.1, 50, 1e5} {
		const tauM, cM, h, steps = 10.0, 250.0, 0.5, 1 << 17
		byCurrent, bySlope := 0.0, 0.0
		for k := range steps { // Simpson's rule over exp(-(h-s)/tauM) times the current at s
			weight := 4.0
			if k%2 == 0 {
				weight = 2
			}
			s := h * float64(k) / steps
			f := math.Exp(-(h-s)/tauM-s/tauSyn) * weight / 3 * h / steps / cM
			if k == 0 {
				f /= 2
			}
			byCurrent += f
			bySlope += s * f
		}
		end := math.Exp(-h/tauSyn) / 3 * h / steps / cM
		byCurrent, bySlope = byCurrent+end, bySlope+h*end
		p31, p32 := alphaPropagators(tauSyn, tauM, cM, h)
		if off := math.Abs(p32/byCurrent - 1); !(off < 1e-9) {
			t.Errorf("tau_syn %g: p32 %g, want %g", tauSyn, p32, byCurrent)
		}
		if off := math.Abs(p31/bySlope - 1); !(off < 1e-9) {
			t.Errorf("tau_syn %g: p31 %g, want %g", tauSyn, p31, bySlope)
		}
	}
	if p := expPropagator(2, 1e-4, 250, 0.1); !(p > 0 && p < 1e-5) {
		t.Errorf("a membrane of 0.1 us has the propagator %g", p)
	}
}
