package model

import (
	"strings"
	"testing"
)

// Two ways to say the same have one digest.
func TestDigestHoldsHoweverItIsWritten(t *testing.T) {
	plain := "name: m\nduration: 100 ms\npopulations:\n  E: {model: iaf_psc_exp, size: 10, params: {tau_m: 20 ms, V_th: -50.7 mV}}\nprojections:\n  E_E: {source: E, target: E, rule: fixed_indegree, indegree: 3, weight: {normal: {mean: 10 pA, std: 1 pA}}, delay: 1.5 ms}\n"
	m, err := load(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"other units":      strings.NewReplacer("20 ms", "0.02 s", "1.5 ms", "1500us", "-50.7 mV", "-0.0507 V", "10 pA", "0.01 nA", "1 pA", "1e-3 nA").Replace(plain),
		"defaults written": strings.NewReplacer("duration", "dt: 0.1 ms\nseeds: {base: 1, input: 1}\nsynchrony: {}\nduration", "tau_m", "C_m: 250 pF, t_ref: 2 ms, tau_m", "weight:", "allow_autapses: true, synapse_model: static_synapse, weight:").Replace(plain),
		"expressions":      strings.NewReplacer("name", "parameters: {tau: 10, n: 3}\nname", "20 ms", "$(2 * tau) ms", "indegree: 3", "indegree: $(n)").Replace(plain),
		"anchors":          strings.NewReplacer("params: {", "params: &p {").Replace(plain),
		"block style":      strings.Replace(plain, "  E_E: {source: E, target: E, rule: fixed_indegree, indegree: 3, weight: {normal: {mean: 10 pA, std: 1 pA}}, delay: 1.5 ms}", "  E_E:\n    delay: 1.5 ms\n    weight:\n      normal: {std: 1 pA, mean: 10 pA}\n    indegree: 3\n    rule: fixed_indegree\n    target: E\n    source: E", 1),
		"when":             strings.NewReplacer("size: 10", "when: true, size: 10").Replace(plain),
	} {
		same, err := load(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if text == plain || same.Digest() != m.Digest() {
			t.Errorf("%s: another digest", name)
		}
	}
	for name, text := range map[string]string{
		"parameter": strings.Replace(plain, "20 ms", "20.000000001 ms", 1),
		"size":      strings.Replace(plain, "size: 10", "size: 11", 1),
		"bounded":   strings.Replace(plain, "std: 1 pA", "std: 1 pA, min: 0 pA", 1),
		"no spikes": plain + "records: {spikes: []}\n",
		"seed":      plain + "seeds: {network: 2}\n",
	} {
		other, err := load(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if other.Digest() == m.Digest() {
			t.Errorf("%s: the same digest", name)
		}
	}
}

func TestUnitsRoundOnce(t *testing.T) {
	for _, c := range []struct {
		text, unit string
		want       float64
	}{
		{"700 us", "ms", 0.7}, {"0.0007 s", "ms", 0.7}, {"2 min", "ms", 120_000}, {"1.1e-3s", "ms", 1.1}, {"-0.07 V", "mV", -70}, {"3 kHz", "Hz", 3000},
		{"0.33 uA", "pA", 330_000}, {"2.5E+2 pF", "pF", 250}, {"18195 Hz", "Hz", 18195}, {"0.1 1/ms", "1/s", 100}, {"300 uV", "mV", 0.3},
	} {
		if x, _, err := parseQuantity(c.text, c.unit); err != nil || x != c.want {
			t.Errorf("%s is %v %s (%v), expected %v", c.text, x, c.unit, err, c.want)
		}
	}
}

// What a later version can say beside, and does not, leaves a digest as it was.
func TestDigestHoldsWhenMoreCanBeSaid(t *testing.T) {
	type inner struct {
		X float64 `default:"2" unit:"ms"`
	}
	type before struct {
		A int      `default:"3"`
		B []string `yaml:"b"`
		P *inner
	}
	type after struct {
		A     int `default:"3"`
		B     []string
		P     *inner
		Later struct {
			C string `default:"none" enum:"none,some"`
			D float64
		}
		E Value  `spec:"weight" default:"0"`
		F *inner // what was not there
		G map[string]Value
	}
	for _, x := range []before{{}, {A: 3}, {A: 4, B: []string{"b"}}, {P: &inner{}}, {P: &inner{X: 2}}} {
		now := after{A: x.A, B: x.B, P: x.P}
		now.Later.C = "none"
		if digest(&x) != digest(&now) {
			t.Errorf("%+v has another digest when more can be said", x)
		}
		now.Later.D = 1
		if digest(&x) == digest(&now) {
			t.Errorf("%+v has the same digest though more is said", x)
		}
	}
	if digest(&before{P: &inner{X: 2}}) == digest(&before{A: 0}) || digest(&before{A: 3}) == digest(&before{A: 0}) {
		t.Error("what differs has one digest")
	}
}
