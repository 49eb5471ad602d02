package model

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/volley-snn/volley/examples"
)

func TestTrainingExample(t *testing.T) {
	for arm, rules := range map[string]int{"none": 0, "ssdp": 2, "shuffle": 2, "published": 2, "dopamine": 2} {
		m, err := LoadTraining(examples.Files, "train/ssdp-fashion.yaml", Options{Set: []string{"arm=" + arm}})
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Plasticity) != rules || m.Ticks() != 10 || m.Network.Hidden != 1024 || m.Network.TauM.Max != 6 {
			t.Errorf("%s: %+v", arm, m)
		}
		if shuffled := arm == "shuffle"; rules > 0 && (m.Plasticity[0].Control == "pairing_shuffle") != shuffled {
			t.Errorf("%s: control %s", arm, m.Plasticity[0].Control)
		}
	}
}

// All faults at once, each with its place.
func TestTrainingFaults(t *testing.T) {
	files := fstest.MapFS{"m.yaml": {Data: []byte("name: m\nbatch: 0\ndt: 1\nnetwork:\n  hiden: 3\n  tau_m: {min: 7 ms}\nplasticity:\n  a: {weight: output, sigma: 1 mV}\n")}}
	_, err := LoadTraining(files, "m.yaml", Options{Set: []string{"epochs=ten"}})
	if err == nil {
		t.Fatal("no fault was found")
	}
	for _, want := range []string{
		"m.yaml:2:8: batch: must be at least 1", "m.yaml:3:5: dt: \"1\" has no unit", "network.hiden: unknown key; did you mean hidden?", "plasticity.a.weight: \"output\" is not one of input, recurrent",
		"plasticity.a.sigma: \"1 mV\" is a voltage", "data: images is missing", "--set epochs=ten: epochs: \"ten\": expected a whole number",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing from\n%v", want, err)
		}
	}
}

func TestTrainingSchema(t *testing.T) {
	s := compiled(t, TrainingSchema())
	text, err := examples.Files.ReadFile("train/ssdp-fashion.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(instance(t, string(text))); err != nil {
		t.Error(err)
	}
	for from, to := range map[string]string{"dt: 1 ms": "dt: 1", "batch: 256": "batch: 0", "hidden:": "hiden:", "weight: input": "weight: output", "model: adam": "model: adamant"} {
		bad := strings.Replace(string(text), from, to, 1)
		if bad == string(text) {
			t.Fatalf("%q does not stand in the example", from)
		}
		if err := s.Validate(instance(t, bad)); err == nil {
			t.Errorf("the schema takes %q", to)
		}
	}
}
