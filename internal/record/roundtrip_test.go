package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"github.com/sbinet/npyio"

	"github.com/volley-snn/volley/snn"
)

var testPopulations = []Population{{Name: "E", First: 0, End: 80}, {Name: `odd, "name"`, First: 80, End: 100}}

// fill writes a small run with every kind of file and returns what it wrote.
func fill(t testing.TB, d *Dir, ticks int) (spikes []Spike, synchrony []Synchrony, signals []Signal) {
	t.Helper()
	source := rand.New(rand.NewPCG(1, 2))
	spikeWriter, err := d.Spikes(testPopulations, 0.1)
	must(t, err)
	synchronyWriter, err := d.Synchrony()
	must(t, err)
	signalWriter, err := d.Signals()
	must(t, err)
	clock := NewClock(0.1)
	for tick := range snn.Tick(ticks) {
		var gids []snn.GID
		for gid := range snn.GID(100) {
			if source.IntN(20) == 0 {
				gids = append(gids, gid)
				name := "E"
				if gid >= 80 {
					name = testPopulations[1].Name
				}
				spikes = append(spikes, Spike{clock.Ms(tick), uint64(gid), name})
			}
		}
		slices.Reverse(gids) // the writer sorts
		must(t, spikeWriter.Append(tick, gids[:len(gids)/2]))
		must(t, spikeWriter.Append(tick, gids[len(gids)/2:]))
		if tick%10 == 9 {
			row := Synchrony{clock.Ms(tick), uint64(tick / 10), "E", "kappa", source.NormFloat64()}
			if tick%50 == 9 {
				row.Value = math.NaN()
			}
			synchrony = append(synchrony, row)
			must(t, synchronyWriter.Append(row))
			sample := Signal{clock.Ms(tick), 3, "V_m", -70 + source.Float64()}
			signals = append(signals, sample)
			must(t, signalWriter.Append(sample))
		}
	}
	return spikes, synchrony, signals
}

func TestTablesRoundTrip(t *testing.T) {
	for _, form := range []Format{Parquet, CSV} {
		t.Run(string(form), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "new", "run")
			d, err := Create(path, Options{Format: form})
			must(t, err)
			spikes, synchrony, signals := fill(t, d, 3000)
			must(t, d.Finish(&Run{}, &Summary{}))
			gotSpikes := readAll(t, path, EachSpike)
			gotSynchrony := readAll(t, path, EachSynchrony)
			gotSignals := readAll(t, path, EachSignal)
			if !slices.Equal(gotSpikes, spikes) {
				t.Errorf("%d spikes came back of %d, or others", len(gotSpikes), len(spikes))
			}
			if !slices.Equal(gotSignals, signals) {
				t.Errorf("%d samples came back of %d, or others", len(gotSignals), len(signals))
			}
			if !slices.EqualFunc(gotSynchrony, synchrony, func(a, b Synchrony) bool {
				same := a.Value == b.Value || math.IsNaN(a.Value) && math.IsNaN(b.Value)
				a.Value, b.Value = 0, 0
				return same && a == b
			}) {
				t.Errorf("%d values of synchrony came back of %d, or others", len(gotSynchrony), len(synchrony))
			}
			run, err := ReadRun(path)
			must(t, err)
			if len(run.Files) != 3 || run.Files[0].Rows != int64(len(spikes)) || run.Status != Complete {
				t.Errorf("run.json: status %s, files %v", run.Status, run.Files)
			}
			for _, file := range run.Files {
				info, err := os.Stat(filepath.Join(path, file.Name))
				must(t, err)
				if info.Size() != file.Bytes {
					t.Errorf("%s has %d bytes, run.json says %d", file.Name, info.Size(), file.Bytes)
				}
			}
		})
	}
}

func readAll[T any](t testing.TB, path string, each func(string, func([]T) error) error) (rows []T) {
	t.Helper()
	must(t, each(path, func(batch []T) error {
		rows = append(rows, batch...)
		return nil
	}))
	return rows
}

// What readers of other languages depend on: names, types, encodings and codec
// that every implementation of Parquet has had for years.
func TestParquetIsPlain(t *testing.T) {
	path := t.TempDir()
	d, err := Create(path, Options{})
	must(t, err)
	fill(t, d, 2000)
	must(t, d.Finish(&Run{}, &Summary{}))
	want := map[string]string{
		"spikes":    "message Spike {\n\trequired double time_ms;\n\trequired int64 gid (INT(64,false));\n\trequired binary population (STRING);\n}",
		"synchrony": "message Synchrony {\n\trequired double time_ms;\n\trequired int64 window (INT(64,false));\n\trequired binary scope (STRING);\n\trequired binary measure (STRING);\n\trequired double value;\n}",
		"signals":   "message Signal {\n\trequired double time_ms;\n\trequired int64 gid (INT(64,false));\n\trequired binary variable (STRING);\n\trequired double value;\n}",
	}
	for name, schema := range want {
		content, err := os.ReadFile(filepath.Join(path, name+".parquet"))
		must(t, err)
		file, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
		must(t, err)
		if got := file.Schema().String(); got != schema {
			t.Errorf("%s:\n%s\nexpected\n%s", name, got, schema)
		}
		for _, group := range file.Metadata().RowGroups {
			for _, column := range group.Columns {
				if column.MetaData.Codec != format.Zstd {
					t.Errorf("%s: codec %v", name, column.MetaData.Codec)
				}
				for _, encoding := range column.MetaData.Encoding {
					if encoding != format.Plain && encoding != format.RLE && encoding != format.RLEDictionary {
						t.Errorf("%s: column %v has encoding %v", name, column.MetaData.PathInSchema, encoding)
					}
				}
			}
		}
	}
}

func TestWeightsRoundTrip(t *testing.T) {
	path := t.TempDir()
	d, err := Create(path, Options{})
	must(t, err)
	synapses, err := d.Synapses("E/E") // the slash must not become a folder
	must(t, err)
	double, err := d.Weights("E/E", 0, Float64)
	must(t, err)
	single, err := d.Weights("E/E", 1000.5, Float32)
	must(t, err)
	var sources, targets []uint64
	var weights []float64
	for target := range snn.GID(50) {
		var row []snn.GID
		var w []float64
		for source := range snn.GID(200) {
			row = append(row, source*7)
			w = append(w, float64(source)/3-float64(target))
			sources, targets = append(sources, uint64(source*7)), append(targets, uint64(target))
		}
		weights = append(weights, w...)
		must(t, synapses.Append(target, row))
		must(t, double.Append(w))
		must(t, single.Append(w))
	}
	must(t, synapses.Close())
	must(t, d.Finish(&Run{}, &Summary{}))
	file := func(what string) string { return filepath.Join(path, WeightsDir, WeightFile("E/E", what)) }
	gotSources, err := ReadGIDs(file("source"))
	must(t, err)
	gotTargets, err := ReadGIDs(file("target"))
	must(t, err)
	gotDouble, err := ReadWeights(file("0ms"))
	must(t, err)
	gotSingle, err := ReadWeights(file("1000.5ms"))
	must(t, err)
	if !slices.Equal(gotSources, sources) || !slices.Equal(gotTargets, targets) || !slices.Equal(gotDouble, weights) {
		t.Error("synapses or float64 weights came back changed")
	}
	if !slices.EqualFunc(gotSingle, weights, func(a, b float64) bool { return a == float64(float32(b)) }) {
		t.Error("float32 weights came back changed")
	}
	// A reader that is not ours.
	var other []float64
	content, err := os.ReadFile(file("0ms"))
	must(t, err)
	must(t, npyio.Read(bytes.NewReader(content), &other))
	if !slices.Equal(other, weights) {
		t.Error("npyio reads other weights")
	}
	if len(content) != 128+8*len(weights) {
		t.Errorf("%d bytes: the data should start at a multiple of 64", len(content))
	}
	if _, err := ReadGIDs(file("0ms")); !errors.Is(err, ErrCorrupt) {
		t.Errorf("weights read as GIDs: %v", err)
	}
}

// summary.json has every key of the design, nulls where nothing is defined, and
// survives results that JSON cannot hold.
func TestSummaryJSON(t *testing.T) {
	summary := Summary{Model: "m", Seed: 1<<64 - 1, RealTimeFactor: NaN,
		Populations: map[string]PopulationSummary{"E": {Size: 1, CVISI: NaN}},
		Results: map[string]any{"auc": math.NaN(), "arms": []map[string]any{{"sd": math.Inf(1), "n": 3, "who": "a"}},
			"typed": map[string]float64{"x": math.NaN(), "y": 2}, "number": NaN, "rows": [][]float64{{1, math.NaN()}}, "none": nil}}
	text, err := json.Marshal(summary)
	must(t, err)
	var keys map[string]any
	must(t, json.Unmarshal(text, &keys))
	for _, key := range []string{"model", "model_digest", "seed", "dt_ms", "duration_ms", "neurons", "synapses", "spikes", "synaptic_events", "spike_hash", "weight_hash", "partitions", "threads", "nodes", "wall_s", "cpu_s", "real_time_factor", "ns_per_event", "bytes_per_synapse", "peak_rss_bytes", "populations", "results"} {
		if _, ok := keys[key]; !ok {
			t.Errorf("no key %s", key)
		}
	}
	results, err := json.Marshal(keys["results"])
	must(t, err)
	if want := `{"arms":[{"n":3,"sd":null,"who":"a"}],"auc":null,"none":null,"number":null,"rows":[[1,null]],"typed":{"x":null,"y":2}}`; string(results) != want {
		t.Errorf("results %s\nexpected %s", results, want)
	}
	var back Summary
	must(t, json.Unmarshal(text, &back))
	if back.Seed != summary.Seed || back.RealTimeFactor.Defined() || back.Populations["E"].CVISI.Defined() {
		t.Errorf("came back as %+v", back)
	}
}

func TestRunJSON(t *testing.T) {
	path := t.TempDir()
	run := &Run{ID: "r", Model: "m", ModelText: "name: m\n", DtMs: 0.1, Seeds: Seeds{1, 2, 3},
		Populations: testPopulations, Plan: Plan{15, []Partition{{0, "n", []Slice{{"E", 0, 80}}, 80, 9, 40}}},
		WeightQuanta:     map[string]map[string]float64{"E": {"ex": 0.0625}},
		WeightHistograms: []WeightHistogram{{"p", "pA", []float64{0, 1, 2}, []int64{1, 2}, []int64{2, 1}}},
		Phases:           []Phase{{Name: "train", Accuracy: 0.5, MeanSpikes: 3, Blocks: []Block{{0, 10, 1, 3, 0.5}}}}}
	d, err := Create(path, Options{})
	must(t, err)
	must(t, d.Finish(run, &Summary{Interrupted: true}))
	back, err := ReadRun(path)
	must(t, err)
	if run.Status != Interrupted {
		t.Errorf("status %s", run.Status)
	}
	if !reflect.DeepEqual(run, back) {
		t.Errorf("came back as %+v\nexpected %+v", back, run)
	}
	if _, err := ReadSummary(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no summary: %v", err)
	}
}
