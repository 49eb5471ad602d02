package kernel

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/parquet-go/parquet-go"

	"github.com/volley-snn/volley/snn/model"
)

// The same synapses and spikes from CSV and from Parquet give the same run, and a
// list without weights takes the projection's.
func TestListsFromCSVAndParquet(t *testing.T) {
	type row struct {
		Source  uint64  `parquet:"source"`
		Target  int32   `parquet:"target"`
		Weight  float64 `parquet:"weight_mV"`
		DelayMs float64 `parquet:"delay_ms"`
	}
	type spikeRow struct {
		TimeMs     float64 `parquet:"time_ms"`
		GID        uint64  `parquet:"gid"`
		Population string  `parquet:"population"`
	}
	var rows, weightless bytes.Buffer
	list := []row{{0, 1, 12, 1}, {0, 0, 11, 2.5}, {2, 1, 5, 1}, {2, 1, 7, 1}}
	w := parquet.NewGenericWriter[row](&rows)
	if _, err := w.Write(list); err != nil {
		t.Fatal(err)
	}
	w.Close()
	s := parquet.NewGenericWriter[spikeRow](&weightless)
	if _, err := s.Write([]spikeRow{{1, 0, "x"}, {5, 2, "y"}, {9, 0, "x"}}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	files := fstest.MapFS{
		"e.parquet": {Data: rows.Bytes()}, "e.csv": {Data: []byte("source,target,weight_mV,delay_ms\n0,1,12,1\n0,0,11,2.5\n2,1,5,1\n2,1,7,1\n")},
		"s.parquet": {Data: weightless.Bytes()}, "s.csv": {Data: []byte("time_ms,gid,population\n1,0,x\n5,2,y\n9,0,x\n")},
		"bare.csv": {Data: []byte("pre,post\n0,0\n0,1\n2,1\n")},
	}
	results := map[string]string{}
	for _, edges := range []string{"e.csv", "e.parquet", "bare.csv"} {
		for _, spikes := range []string{"s.csv", "s.parquet"} {
			m := &model.Model{Name: "lists", Duration: 20,
				Populations: []model.Population{{Name: "E", Model: "iaf_psc_delta", Size: 2, Params: map[string]model.Value{"V_th": constant(-60)}}},
				Inputs:      []model.Input{{Name: "in", Model: "spike_times", Size: 3, File: spikes}},
				Projections: []model.Projection{{Name: "in_E", Source: "in", Target: "E", Rule: "explicit", File: edges, Weight: constant(13), Delay: constant(2), Autapses: true, Multapses: true}},
			}
			n, err := Compile(m.Complete(), files)
			if err != nil {
				t.Fatal(err)
			}
			got := hash(simulate(t, n, 1))
			if cut := hash(simulate(t, n, 3)); cut != got {
				t.Errorf("%s: %s whole, and %s in three parts", edges, got, cut)
			}
			results[edges+" "+spikes] = got
		}
	}
	if results["e.csv s.csv"] != results["e.parquet s.parquet"] || results["e.csv s.parquet"] != results["e.parquet s.csv"] || results["e.csv s.csv"] != results["e.csv s.parquet"] {
		t.Errorf("CSV and Parquet differ: %v", results)
	}
	if results["bare.csv s.csv"] == results["e.csv s.csv"] || !strings.HasPrefix(results["e.csv s.csv"], "8 spikes") {
		t.Errorf("got %v, expected 8 spikes of the full list, its sources' 3 among them", results)
	}
}

// What loads either compiles or has faults; nothing panics, whatever the files hold.
func FuzzCompile(f *testing.F) {
	base := "name: m\ndt: 0.1 ms\nduration: 5 ms\npopulations:\n  E: {model: iaf_psc_exp, size: 10}\ninputs:\n  in: {model: spike_times, size: 3, file: a}\nprojections:\n  p: {source: in, target: E, rule: explicit, file: b, weight: 10 pA, delay: 1 ms}\n"
	f.Add(base, []byte("time_ms,neuron\n1,0\n2,2\n"), []byte("source,target,weight_pA\n0,9,5\n2,0,6.5\n"))
	f.Add(strings.Replace(base, "size: 3, file: a", "size: 3, times: [[1 ms], [], [2 ms, 3 ms]]", 1), []byte(""), []byte("source,target,delay\n0,9,1\n"))
	f.Add(strings.Replace(base, "rule: explicit, file: b", "rule: fixed_outdegree, outdegree: 3, allow_multapses: false", 1), []byte("t,id\n1,0\n"), []byte(""))
	f.Add(strings.Replace(base, "model: spike_times, size: 3, file: a", "model: images, max_rate: 8 Hz, sets: {s: {images: a, labels: b}}", 1), []byte("\x00\x00\x08\x03\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x03abc"), []byte("\x00\x00\x08\x01\x00\x00\x00\x01a"))
	f.Add(strings.Replace(base, "model: spike_times, size: 3, file: a", "model: series, file: a, encoding: delta, delta: 1, interval: 1 ms", 1), []byte("a,b\n1,2\n3,5\n2,1\n"), []byte("source,target\n0,0\n"))
	f.Fuzz(func(t *testing.T, text string, a, b []byte) {
		files := fstest.MapFS{"m.yaml": {Data: []byte(text)}, "a": {Data: a}, "b": {Data: b}}
		m, err := model.Load(files, "m.yaml", model.Options{})
		if err != nil || NeuronBytes(m) > 1<<22 {
			return
		}
		n, err := Compile(m, files)
		if err != nil {
			if _, ok := err.(model.Faults); !ok {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		n.Estimate(3)
		n.Costs()
	})
}
