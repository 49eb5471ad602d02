package model

import (
	"io/fs"
	"slices"
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

// The example on MNIST is the one on Fashion-MNIST in all but its name and its files,
// and so are the arms of their experiments.
func TestMNISTExample(t *testing.T) {
	load := func(name string, set []string) *Training {
		m, err := LoadTraining(examples.Files, "train/"+name+".yaml", Options{Set: set})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for mnist, fashion := range map[string]string{"mnist": "fashion", "mnist-small": "fashion-small"} {
		var of [2]*Sweep
		for k, name := range []string{mnist, fashion} {
			s, err := LoadSweep(examples.Files, "train/sweeps/"+name+".yaml", Options{})
			if err != nil {
				t.Fatal(err)
			}
			of[k] = s
		}
		if of[0].Model != "example:ssdp-mnist" || of[0].Seeds != of[1].Seeds || of[0].Primary != of[1].Primary || of[0].Against != of[1].Against || len(of[0].Arms) != len(of[1].Arms) {
			t.Errorf("%+v\nis not on MNIST what is\n%+v", of[0], of[1])
		}
		for k, arm := range of[1].Arms {
			m, f := load("ssdp-mnist", slices.Concat(of[0].Set, of[0].Arms[k].Set)), load("ssdp-fashion", slices.Concat(of[1].Set, arm.Set))
			for _, path := range []*string{&f.Data.Images, &f.Data.Labels, &f.Data.TestImages, &f.Data.TestLabels} {
				*path = strings.Replace(*path, "fashion-mnist/", "mnist/", 1)
			}
			f.Name = m.Name
			if of[0].Arms[k].Match != arm.Match || m.Digest() != f.Digest() {
				t.Errorf("%s, arm %s: %+v, expected %+v", mnist, arm.Name, m, f)
			}
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

// Every experiment's arms are models; no two are the same.
func TestSweepExamples(t *testing.T) {
	names, err := fs.Glob(examples.Files, "train/sweeps/*.yaml")
	if err != nil || len(names) < 3 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		s, err := LoadSweep(examples.Files, name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		digests := map[string]string{}
		for _, arm := range s.Arms {
			of := "train/" + strings.TrimPrefix(s.Model, "example:") + ".yaml"
			m, err := LoadTraining(examples.Files, of, Options{Set: append(append([]string(nil), s.Set...), arm.Set...)})
			if err != nil {
				t.Fatalf("%s, arm %s: %v", name, arm.Name, err)
			}
			if other := digests[m.Digest()]; other != "" && arm.Match == "" {
				t.Errorf("%s: arms %s and %s are the same", name, other, arm.Name)
			}
			digests[m.Digest()] = arm.Name
		}
	}
}

// Tasks need no files, and times that can be told apart.
func TestTaskFaults(t *testing.T) {
	const task = "name: m\nduration: 32 ms\ndata: {task: {model: coincidence, group: 10}}\nencoding: {model: latency, least: 0}\n"
	load := func(text string) error {
		_, err := LoadTraining(fstest.MapFS{"m.yaml": {Data: []byte(text)}}, "m.yaml", Options{})
		return err
	}
	if err := load(task); err != nil {
		t.Error(err)
	}
	for want, change := range map[string][2]string{
		"data.shift: a task's trials are no images":                      {"{task", "{flip: true, task"},
		"data.task.group: is 51 of 50 neurons":                           {"group: 10", "group: 51"},
		"encoding.model: a task's times need":                            {"latency", "bernoulli"},
		"duration: must be at most 128 ticks for a task, is 129":         {"32 ms", "129 ms"},
		"data: names files, and a task (coincidence)":                    {"{task", "{images: i, task"},
		"data.task.dimensions: belongs to randman, not to coincidence":   {"group: 10", "dimensions: 2"},
		"data.task.model: is none: expected images, labels, test_images": {"{model: coincidence, group: 10}", "{}"},
	} {
		bad := strings.Replace(task, change[0], change[1], 1)
		if err := load(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing from %v", want, err)
		}
	}
}

func TestTrainingSchema(t *testing.T) {
	s := compiled(t, TrainingSchema())
	for _, name := range []string{"randman", "coincidence"} {
		text, err := examples.Files.ReadFile("train/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(instance(t, string(text))); err != nil {
			t.Error(err)
		}
		if _, err := LoadTraining(examples.Files, "train/"+name+".yaml", Options{}); err != nil {
			t.Error(err)
		}
	}
	text, err := examples.Files.ReadFile("train/ssdp-fashion.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(instance(t, string(text))); err != nil {
		t.Error(err)
	}
	for from, to := range map[string]string{"dt: 1 ms": "dt: 1", "  images:": "  # images:", "batch: 256": "batch: 0", "hidden:": "hiden:", "weight: input": "weight: output", "model: adam": "model: adamant"} {
		bad := strings.Replace(string(text), from, to, 1)
		if bad == string(text) {
			t.Fatalf("%q does not stand in the example", from)
		}
		if err := s.Validate(instance(t, bad)); err == nil {
			t.Errorf("the schema takes %q", to)
		}
	}
}
