package neuron

import (
	"errors"
	"math"
	"testing"

	"github.com/volley-snn/volley/snn"
)

// Without an upswing, adaptation and synapses, aeif is a leaky integrator that
// fires at V_th with the known period tau ln((E + R I - V_reset)/(E + R I - V_th)).
func TestAeifWithoutUpswingIsALeakyIntegrator(t *testing.T) {
	spec, _ := Lookup("aeif_psc_exp")
	p := Params{"Delta_T": {0}, "a": {0}, "b": {0}, "I_e": {900}, "t_ref": {1}}.Complete(spec.Params)
	g := spec.New(Config{N: 1, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State)})
	var spikes []snn.Tick
	for k := range snn.Tick(5000) {
		if len(g.Update(&Input{Tick: k + 1}, nil)) > 0 {
			spikes = append(spikes, k+1)
		}
	}
	const rest, period = -70.6 + 900./30, 1.0
	want := period + 281./30*math.Log((rest+60)/(rest+50.4))
	n := len(spikes) - 1
	got := float64(spikes[n]-spikes[0]) * 0.1 / float64(n)
	if n < 20 || math.Abs(got-want) > 0.11 {
		t.Errorf("%d spikes, %v ms apart, want %v", n+1, got, want)
	}
}

// Each spike adds b to w, which decays with tau_w.
func TestAeifAdapts(t *testing.T) {
	spec, _ := Lookup("aeif_cond_exp")
	p := Params{"a": {0}, "I_e": {800}}.Complete(spec.Params)
	g := spec.New(Config{N: 1, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State)})
	w, spikes := 0.0, 0
	for k := range snn.Tick(3000) {
		fired := len(g.Update(&Input{Tick: k + 1}, nil))
		spikes += fired
		before := w * math.Exp(-0.1/144)
		w = recorded(g, "w")
		if jump := w - before; math.Abs(jump-80.5*float64(fired)) > 0.06 {
			t.Fatalf("tick %d: w jumps by %v pA with %d spikes", k+1, jump, fired)
		}
	}
	if spikes < 5 {
		t.Errorf("only %d spikes", spikes)
	}
}

func TestUnstableNeuronsStopTheRun(t *testing.T) {
	for _, name := range []string{"aeif_psc_exp", "aeif_cond_exp", "iaf_cond_exp", "iaf_cond_alpha", "hh_psc_alpha"} {
		spec, _ := Lookup(name)
		g := spec.New(Config{N: 2, First: 40, DtMs: 0.1, Params: Params{}.Complete(spec.Params), State: Params{}.Complete(spec.State)})
		func() {
			defer func() {
				var unstable *Instability
				if err, ok := recover().(error); !ok || !errors.As(err, &unstable) || unstable.GID != 41 || unstable.Tick != 1 {
					t.Errorf("%s: recovered %v", name, err)
				}
			}()
			g.Update(&Input{Tick: 1, Current: []float64{0, -math.MaxFloat64}}, nil)
			t.Errorf("%s: a current without bound goes unnoticed", name)
		}()
	}
}
