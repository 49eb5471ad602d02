package neuron

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/random"
)

const oracles = "../../../shared/oracles/"

// oracle is one neuron that NEST simulated.
type oracle struct {
	Model  string         `json:"model"`
	Params Params         `json:"-"`
	Raw    map[string]any `json:"set_params"`
	Inputs []struct {
		Times    []float64 `json:"spike_times_ms"`
		Weight   float64   `json:"weight"`
		Delay    float64   `json:"delay_ms"`
		Receptor int       `json:"receptor_type"`
	} `json:"inputs"`
	Spikes []float64 `json:"output_spikes_ms"`
	rows   []map[string]float64
}

func loadOracle(t *testing.T, name string) oracle {
	t.Helper()
	text, err := os.ReadFile(oracles + name + ".json")
	if err != nil {
		t.Skipf("NEST's traces are not here, so nothing is compared: %v", err)
	}
	text = bytes.ReplaceAll(text, []byte("-Infinity"), []byte("-1e308")) // which JSON has not
	var o oracle
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	o.Params = Params{}
	for name, v := range o.Raw {
		switch x := v.(type) {
		case float64:
			o.Params[name] = []float64{x}
		case bool:
			o.Params[name] = []float64{0}
			if x {
				o.Params[name][0] = 1
			}
		case []any:
			for _, item := range x {
				o.Params[name] = append(o.Params[name], item.(float64))
			}
		}
	}
	o.rows = readTable(t, oracles+name+".csv")
	return o
}

func readTable(t *testing.T, path string) []map[string]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("NEST's traces are not here, so nothing is compared: %v", err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]float64
	for _, r := range records[1:] {
		row := map[string]float64{}
		for k, cell := range r {
			row[records[0][k]], _ = strconv.ParseFloat(cell, 64)
		}
		rows = append(rows, row)
	}
	return rows
}

// arrivals are what reaches the neuron through each receptor, in quanta, by tick.
func (o *oracle) arrivals(receptors []Receptor, quantum float64) [][]int32 {
	all := make([][]int32, len(receptors))
	for r := range all {
		all[r] = make([]int32, len(o.rows)+1)
	}
	for _, in := range o.Inputs {
		r := slices.IndexFunc(receptors, func(p Receptor) bool {
			return p.Name == strconv.Itoa(in.Receptor) || (in.Receptor == 0 && float64(p.Sign)*in.Weight >= 0)
		})
		for _, at := range in.Times {
			if k := int(math.Round((at + in.Delay) / 0.1)); k < len(all[r]) {
				all[r][k] += int32(in.Weight / quantum)
			}
		}
	}
	return all
}

// The step sizes of the adaptive integration follow the same rule as NEST's, so
// that those models agree far beyond their tolerance of 1e-3 or 1e-6.
func TestNEST(t *testing.T) {
	for _, c := range []struct {
		file      string
		tolerance float64 // mV, pA, nS
		relative  float64 // part of the value that is tolerated on top
		single    bool    // state in float32
	}{
		{file: "iaf_psc_exp", tolerance: 1e-9}, {file: "iaf_psc_delta", tolerance: 1e-9}, {file: "iaf_psc_delta_refrinput", tolerance: 1e-9},
		{file: "iaf_psc_alpha", tolerance: 1e-9}, {file: "iaf_psc_exp_multisynapse", tolerance: 1e-9},
		{file: "gif_psc_exp", tolerance: 1e-9}, {file: "glif_psc", tolerance: 1e-9}, {file: "izhikevich_rs", tolerance: 1e-6},
		{file: "iaf_cond_exp", tolerance: 1e-8}, {file: "aeif_cond_exp", tolerance: 1e-8}, {file: "aeif_psc_exp", tolerance: 1e-8}, {file: "hh_psc_alpha", tolerance: 1e-8},
		{file: "iaf_psc_exp", single: true, tolerance: 1e-4, relative: 2e-7},
	} {
		t.Run(c.file, func(t *testing.T) {
			o := loadOracle(t, c.file)
			spec, ok := Lookup(o.Model)
			if !ok {
				t.Fatalf("no model %s", o.Model)
			}
			params := o.Params.Complete(spec.Params)
			for name := range o.Params {
				if params[name] == nil && o.Params.Complete(spec.State)[name] == nil {
					t.Errorf("%s has no %s", spec.Name, name)
				}
			}
			if faults := spec.Faults(params, 1); faults != nil {
				t.Fatal(faults)
			}
			const quantum = 1. / 1024
			g := spec.New(Config{N: 1, DtMs: 0.1, Params: params, State: o.Params.Complete(spec.State), Key: random.Seed(1, random.Escape), Float32: c.single})
			receptors := spec.Receptors(params)
			arrivals := o.arrivals(receptors, quantum)
			var spikes []float64
			worst, columns := map[string]float64{}, 0
			in := Input{Sums: make([][]int32, len(receptors))}
			for range receptors {
				in.Quantum = append(in.Quantum, quantum)
			}
			for k, row := range o.rows {
				in.Tick = snn.Tick(k + 1)
				for r := range receptors {
					in.Sums[r] = arrivals[r][k+1 : k+2]
				}
				if len(g.Update(&in, nil)) > 0 {
					spikes = append(spikes, math.Round(float64(k+1))/10)
				}
				columns = 0
				for _, v := range spec.Recordables(params) {
					if want, ok := row[v.Name]; ok {
						columns++
						worst[v.Name] = max(worst[v.Name], math.Abs(recorded(g, v.Name)-want)-c.relative*math.Abs(want))
					}
				}
			}
			if columns != len(o.rows[0])-1 {
				t.Errorf("%d columns of %d are compared", columns, len(o.rows[0])-1)
			}
			t.Logf("largest differences %v", worst)
			for name, off := range worst {
				if !(off <= c.tolerance) {
					t.Errorf("%s is up to %.3g off", name, off)
				}
			}
			if len(spikes) != len(o.Spikes) {
				t.Fatalf("spikes at %v ms, NEST has %v", spikes, o.Spikes)
			}
			for k := range spikes {
				if math.Abs(spikes[k]-o.Spikes[k]) > 1e-6 {
					t.Errorf("spike %d at %v ms, NEST has %v", k, spikes[k], o.Spikes[k])
				}
			}
		})
	}
}

// recorded is a variable of the first neuron.
func recorded(g Group, name string) float64 {
	x := [1]float64{math.NaN()}
	g.Record(name, []uint32{0}, x[:])
	return x[0]
}
