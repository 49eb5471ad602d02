package model

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/volley-snn/volley/examples"
)

func compiledSchema(t *testing.T) *jsonschema.Schema { return compiled(t, Schema()) }

func compiled(t *testing.T, schema []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("model.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("model.json") // against the meta-schema of its draft, too
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instance is a YAML file as JSON values, as an editor sees it.
func instance(t *testing.T, text string) any {
	t.Helper()
	tree, faults := parseTree("m.yaml", []byte(text))
	if faults != nil {
		t.Fatal(faults)
	}
	return tree.json()
}

func (t *tree) json() any {
	switch t.kind {
	case mapping:
		all := map[string]any{}
		for _, e := range t.keys {
			all[e.name] = e.value.json()
		}
		return all
	case list:
		all := []any{}
		for _, item := range t.items {
			all = append(all, item.json())
		}
		return all
	case null:
		return nil
	}
	if x, err := strconv.ParseFloat(t.text, 64); err == nil && !t.quoted && t.text != "inf" {
		return json.Number(strconv.FormatFloat(x, 'f', -1, 64))
	}
	if b, err := strconv.ParseBool(t.text); err == nil && !t.quoted {
		return b
	}
	return t.text
}

func TestExamplesFitTheSchema(t *testing.T) {
	s := compiledSchema(t)
	names, err := fs.Glob(examples.Files, "*.yaml")
	if err != nil || len(names) < 4 {
		t.Fatalf("examples %v, %v", names, err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(examples.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(instance(t, string(text))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{"small": good, "neurons": neurons, "plastic": learns} {
		if err := s.Validate(instance(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the schema can see, it refuses: what Load refuses for the same reason.
func TestSchemaRefusesBrokenModels(t *testing.T) {
	s := compiledSchema(t)
	for _, c := range []struct{ name, from, to string }{
		{"unknown key", "duration:", "durations:"},
		{"unknown parameter", "tau_m:", "tau_mm:"},
		{"missing unit", "20 ms", "20"},
		{"wrong unit", "20 ms", "20 mV"},
		{"no number", "20 ms", "twenty ms"},
		{"negative size", "size: 10", "size: -10"},
		{"fractional size", "size: 10", "size: 1.5"},
		{"unknown model", "iaf_psc_exp", "iaf_psc_expp"},
		{"missing model", "model: iaf_psc_exp, ", ""},
		{"missing source", "source: E, ", ""},
		{"unknown rule", "all_to_all", "some_to_some"},
		{"key of another rule", "all_to_all", "all_to_all, indegree: 3"},
		{"missing degree", "all_to_all", "fixed_indegree"},
		{"probability", "rule: all_to_all", "rule: pairwise_bernoulli, p: 1.5"},
		{"unknown distribution", "10 pA", "{gauss: {mean: 1 pA, std: 1 pA}}"},
		{"missing std", "10 pA", "{normal: {mean: 1 pA}}"},
		{"two distributions", "10 pA", "{normal: {mean: 1 pA, std: 1 pA}, uniform: {min: 1 pA, max: 2 pA}}"},
		{"a list for a mapping", "{tau_m: 20 ms}", "[20 ms]"},
		{"a list for a scalar", "dt: 0.1 ms", "dt: [0.1 ms]"},
		{"unknown synapse", "all_to_all", "all_to_all, synapse_model: magic"},
		{"parameter of another synapse", "all_to_all", "all_to_all, synapse_model: stdp_synapse, params: {tau_rec: 3 ms}"},
		{"bad name", "  E: {", "  E x: {"},
		{"word for a flag", "all_to_all", "all_to_all, allow_autapses: maybe"},
		{"unknown key in a part", "all_to_all", "all_to_all, ssdp: {w_max: 10 pA, windw: 20 ms}"},
		{"infinite where it may not be", "100 ms", "inf"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		if text == good {
			t.Fatalf("%q does not stand in the good model", c.from)
		}
		if _, err := load(text); err == nil {
			t.Errorf("%s: Load takes it", c.name)
		}
		if err := s.Validate(instance(t, text)); err == nil {
			t.Errorf("%s: the schema takes it", c.name)
		}
	}
}

// Every key of every type says what it is, for editors to show.
func TestSchemaDescribesEveryKey(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	described := 0
	var walk func(path string, v any)
	walk = func(path string, v any) {
		m, ok := v.(map[string]any)
		if !ok {
			return
		}
		if properties, ok := m["properties"].(map[string]any); ok && m["type"] == "object" {
			for key, p := range properties {
				if text, _ := p.(map[string]any)["description"].(string); text == "" && m["required"] == nil && key != "when" {
					t.Errorf("%s.%s has no description", path, key)
				}
				described++
			}
		}
		for key, part := range m {
			walk(path+"."+key, part)
		}
	}
	walk("", root)
	if described < 200 {
		t.Errorf("only %d keys", described)
	}
}
