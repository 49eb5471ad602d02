package neuron

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn"
)

// A naive twin of iaf_cond_alpha: its equations as in NEST's manual, by 200 classical
// Runge-Kutta steps a tick.
type naiveCondAlpha struct {
	y          [5]float64 // V, g_ex, dg_ex, g_in, dg_in
	refractory int
}

func (n *naiveCondAlpha) slope(y [5]float64) (d [5]float64) {
	v := math.Min(y[0], -55)
	d[0] = (-16.6667*(v+70) - y[1]*v - y[3]*(v+85) + 150) / 250
	if n.refractory > 0 {
		d[0] = 0
	}
	d[1], d[2] = y[2]-y[1]/0.5, -y[2]/0.5
	d[3], d[4] = y[4]-y[3]/2, -y[4]/2
	return d
}

func (n *naiveCondAlpha) tick(ex, in float64) bool {
	const steps, h = 200, 0.1 / 200
	plus := func(y, d [5]float64, f float64) [5]float64 {
		for k := range y {
			y[k] += f * d[k]
		}
		return y
	}
	for range steps {
		a := n.slope(n.y)
		b := n.slope(plus(n.y, a, h/2))
		c := n.slope(plus(n.y, b, h/2))
		d := n.slope(plus(n.y, c, h))
		n.y = plus(plus(plus(plus(n.y, a, h/6), b, h/3), c, h/3), d, h/6)
	}
	fired := false
	if n.refractory > 0 {
		n.refractory--
		n.y[0] = -60
	} else if n.y[0] >= -55 {
		fired, n.refractory, n.y[0] = true, 20, -60
	}
	n.y[2] += ex * math.E / 0.5
	n.y[4] += in * math.E / 2
	return fired
}

func TestIafCondAlphaAgainstSmallSteps(t *testing.T) {
	spec, _ := Lookup("iaf_cond_alpha")
	p := Params{"tau_syn_ex": {0.5}, "I_e": {150}}.Complete(spec.Params)
	g := spec.New(Config{N: 1, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State)})
	naive := &naiveCondAlpha{y: [5]float64{-70}}
	worst, spikes := 0.0, 0
	for k := range snn.Tick(2000) {
		in := inputs(spec, p, 1, k+1)
		in.Current, in.Threshold, in.Quantum = nil, nil, []float64{0.5, 0.25}
		fired := len(g.Update(&in, nil)) > 0
		if want := naive.tick(float64(in.Sums[0][0])*0.5, -float64(in.Sums[1][0])*0.25); fired != want {
			t.Fatalf("tick %d: fired %v, with small steps %v, at V_m %v mV", k+1, fired, want, naive.y[0])
		}
		if fired {
			spikes++
		}
		worst = max(worst, math.Abs(recorded(g, "V_m")-naive.y[0]), math.Abs(recorded(g, "g_ex")-naive.y[1]), math.Abs(recorded(g, "g_in")-naive.y[3]))
	}
	t.Logf("%d spikes, at most %.3g off", spikes, worst)
	if worst > 5e-3 || spikes < 10 {
		t.Errorf("%d spikes, at most %.3g mV or nS off", spikes, worst)
	}
}

// With a far reversal potential the driving force is constant: iaf_psc_alpha,
// which is solved exactly.
func TestIafCondAlphaWithAFarReversalIsIafPscAlpha(t *testing.T) {
	const far = 1e6
	spec, _ := Lookup("iaf_cond_alpha")
	exact, _ := Lookup("iaf_psc_alpha")
	p := Params{"g_L": {25}, "tau_syn_ex": {2}, "E_ex": {far}, "V_th": {100}}.Complete(spec.Params)
	q := Params{"tau_m": {10}, "tau_syn_ex": {2}, "V_th": {100}}.Complete(exact.Params)
	g := spec.New(Config{N: 1, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State)})
	e := exact.New(Config{N: 1, DtMs: 0.1, Params: q, State: Params{}.Complete(exact.State)})
	highest := -70.0
	for k := range snn.Tick(1000) {
		sums := [][]int32{{0}, {0}}
		if k%300 == 7 {
			sums[0][0] = 1
		}
		g.Update(&Input{Tick: k, Sums: sums, Quantum: []float64{512 / far, 1}}, nil)
		e.Update(&Input{Tick: k, Sums: sums, Quantum: []float64{512, 1}}, nil)
		have, want := recorded(g, "V_m"), recorded(e, "V_m")
		if highest = max(highest, want); math.Abs(have-want) > 1e-3 {
			t.Fatalf("tick %d: V_m %v mV, exactly %v", k, have, want)
		}
	}
	if highest < -67 {
		t.Errorf("V_m rises to %v mV only, so little was compared", highest)
	}
}

// Without input the membrane relaxes exponentially, whatever the model.
func TestRelaxation(t *testing.T) {
	for _, name := range []string{"iaf_psc_exp", "iaf_psc_alpha", "iaf_psc_exp_multisynapse", "iaf_psc_delta", "iaf_cond_exp", "iaf_cond_alpha", "gif_psc_exp", "glif_psc"} {
		spec, _ := Lookup(name)
		p := Params{"E_L": {-65}, "C_m": {200}, "tau_m": {20}, "g_L": {10}, "g": {10}, "I_e": {50}}.Complete(spec.Params)
		g := spec.New(Config{N: 1, DtMs: 0.1, Params: p, State: Params{"V_m": {-75}}.Complete(spec.State)})
		end := -60.0
		if p["I_e"] == nil {
			end = -65
		}
		for k := range snn.Tick(500) {
			g.Update(&Input{Tick: k + 1}, nil)
			want := end + (-75-end)*math.Exp(-float64(k+1)*0.1/20)
			if have := recorded(g, "V_m"); math.Abs(have-want) > 1e-6 {
				t.Fatalf("%s: V_m %v mV after %d ticks, want %v", name, have, k+1, want)
			}
		}
	}
}

// The conductance of a spike is w e t/tau exp(-t/tau), or w exp(-t/tau).
func TestConductances(t *testing.T) {
	for name, shape := range map[string]func(t float64) float64{
		"iaf_cond_exp":   func(t float64) float64 { return math.Exp(-t / 2) },
		"iaf_cond_alpha": func(t float64) float64 { return math.E * t / 2 * math.Exp(-t/2) },
	} {
		spec, _ := Lookup(name)
		g := spec.New(Config{N: 1, DtMs: 0.1, Params: Params{}.Complete(spec.Params), State: Params{}.Complete(spec.State)})
		g.Update(&Input{Sums: [][]int32{nil, {-8}}, Quantum: []float64{1, 0.5}}, nil)
		for k := range 200 {
			if have, want := recorded(g, "g_in"), 4*shape(float64(k)*0.1); math.Abs(have-want) > 1e-6 {
				t.Fatalf("%s: g_in %v nS after %d ticks, want %v", name, have, k, want)
			}
			g.Update(&Input{}, nil)
		}
	}
}
