package model

import (
	"strings"
	"testing"
	"testing/fstest"
)

func files(texts map[string]string) fstest.MapFS {
	all := fstest.MapFS{}
	for name, text := range texts {
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

// What a file says changes what it includes, key by key, and the digest is that of
// one file that says the same.
func TestInclude(t *testing.T) {
	m, err := Load(files(map[string]string{
		"models/m.yaml":                     "include: [parts/cells.yaml, parts/wires.yaml]\nname: m\nduration: 10 ms\nparameters: {n: 7}\npopulations:\n  E: {params: {tau_m: 20 ms}}\n  I: {model: iaf_psc_exp, size: 3}\n",
		"models/parts/cells.yaml":           "include: deeper/defaults.yaml\npopulations:\n  E: {model: iaf_psc_exp, size: $(n), params: {tau_m: 10 ms, C_m: 200 pF}}\n",
		"models/parts/wires.yaml":           "include: deeper/defaults.yaml\nprojections:\n  E_I: {source: E, target: I, rule: all_to_all, weight: 1 pA, delay: 1 ms}\n",
		"models/parts/deeper/defaults.yaml": "dt: 0.5 ms\nparameters: {n: 5, unused: 1}\n",
	}), "models/m.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	one, err := load("name: m\ndt: 0.5 ms\nduration: 0.01 s\npopulations:\n  E: {model: iaf_psc_exp, size: 7, params: {C_m: 0.2 nF, tau_m: 20 ms}}\n  I: {model: iaf_psc_exp, size: 3}\nprojections:\n  E_I: {source: E, target: I, rule: all_to_all, weight: 1 pA, delay: 1000 us}\n")
	if err != nil {
		t.Fatal(err)
	}
	if m.Digest() != one.Digest() {
		t.Errorf("digests differ:\n%+v\n%+v", m, one)
	}
	if text := string(m.Source); !strings.Contains(text, "# included: models/parts/deeper/defaults.yaml\n") || !strings.HasPrefix(text, "include:") {
		t.Errorf("source is\n%s", text)
	}
}

func TestBrokenIncludes(t *testing.T) {
	model := "name: m\nduration: 1 ms\npopulations:\n  E: {model: iaf_psc_exp, size: 1}\n"
	for _, c := range []struct {
		name, want string
		texts      map[string]string
	}{
		{"itself", "m.yaml:1:10: include: m.yaml includes itself: m.yaml -> m.yaml", map[string]string{"m.yaml": "include: m.yaml\n" + model}},
		{"in a round", "b/c.yaml:1:11: include: b/b.yaml includes itself: b/b.yaml -> b/c.yaml -> b/b.yaml",
			map[string]string{"m.yaml": "include: b/b.yaml\n" + model, "b/b.yaml": "include: c.yaml", "b/c.yaml": "include: [b.yaml]"}},
		{"nowhere", "m.yaml:1:10: include: no.yaml cannot be read: file does not exist", map[string]string{"m.yaml": "include: no.yaml\n" + model}},
		{"outside", `m.yaml:1:10: include: "../m.yaml" leads out of the model's folder`, map[string]string{"m.yaml": "include: ../m.yaml\n" + model}},
		{"no path", "m.yaml:1:11: include: expected the path of a model file, found a mapping", map[string]string{"m.yaml": "include: {a: b}\n" + model}},
		{"no model", "b.yaml:1:1: expected a mapping that starts with name and populations, found a list", map[string]string{"m.yaml": "include: b.yaml\n" + model, "b.yaml": "[1]"}},
		{"faults in both", "b.yaml:1:5: dt: \"1\" has no unit; expected a time, such as 20 ms\nm.yaml:3:11: duration: \"1\" has no unit; expected a time, such as 20 ms",
			map[string]string{"m.yaml": "include: b.yaml\n" + strings.Replace(model, "1 ms", "1", 1), "b.yaml": "dt: 1"}},
	} {
		if _, err := Load(files(c.texts), "m.yaml", Options{}); err == nil || err.Error() != c.want {
			t.Errorf("%s: got\n%v\nexpected\n%s", c.name, err, c.want)
		}
	}
}

// A file that includes many twice, and they many, ends.
func TestIncludesAreBounded(t *testing.T) {
	texts := map[string]string{}
	for k := byte('a'); k < 'z'; k++ {
		texts[string(k)+".yaml"] = "include: [" + string(k+1) + ".yaml, " + string(k+1) + ".yaml]\n"
	}
	texts["z.yaml"] = "dt: 1 ms\n"
	if _, err := Load(files(texts), "a.yaml", Options{}); err == nil || !strings.Contains(err.Error(), "more than 100 files are included") {
		t.Errorf("got %v", err)
	}
}
