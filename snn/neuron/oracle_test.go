package neuron

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
)

const oracles = "../../../shared/oracles/"

// oracle is one neuron that NEST simulated.
type oracle struct {
	Model  string             `json:"model"`
	Params map[string]float64 `json:"-"`
	Raw    map[string]any     `json:"set_params"`
	Inputs []struct {
		Times  []float64 `json:"spike_times_ms"`
		Weight float64   `json:"weight"`
		Delay  float64   `json:"delay_ms"`
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
	var o oracle
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	o.Params = map[string]float64{}
	for name, v := range o.Raw {
		switch x := v.(type) {
		case float64:
			o.Params[name] = x
		case bool:
			if x {
				o.Params[name] = 1
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

func TestNEST(t *testing.T) {
	for _, c := range []struct {
		file      string
		tolerance float64 // mV
	}{
		{"iaf_psc_exp", 1e-9}, {"iaf_psc_delta", 1e-9}, {"iaf_psc_delta_refrinput", 1e-9},
	} {
		t.Run(c.file, func(t *testing.T) {
			o := loadOracle(t, c.file)
			spec, ok := Lookup(o.Model)
			if !ok {
				t.Fatalf("no model %s", o.Model)
			}
			given := Params{}
			for name, v := range o.Params {
				given[name] = []float64{v}
			}
			g := spec.New(Config{N: 1, DtMs: 0.1, Params: given.Complete(spec.Params), State: given.Complete(spec.State)})
			const quantum = 1. / 1024
			receptors := spec.Receptors(nil)
			arrivals := make([][]int32, len(receptors))
			for r := range arrivals {
				arrivals[r] = make([]int32, len(o.rows)+1)
			}
			for _, in := range o.Inputs {
				r := 0
				if len(receptors) > 1 && in.Weight < 0 {
					r = 1
				}
				for _, at := range in.Times {
					if k := int(math.Round((at + in.Delay) / 0.1)); k < len(arrivals[r]) {
						arrivals[r][k] += int32(in.Weight / quantum)
					}
				}
			}
			var spikes []float64
			worst := 0.0
			in := Input{Sums: make([][]int32, len(receptors)), Quantum: []float64{quantum, quantum}}
			var v [1]float64
			for k, row := range o.rows {
				for r := range receptors {
					in.Sums[r] = arrivals[r][k+1 : k+2]
				}
				if len(g.Update(&in, nil)) > 0 {
					spikes = append(spikes, math.Round(float64(k+1))/10)
				}
				g.Record("V_m", []uint32{0}, v[:])
				worst = max(worst, math.Abs(v[0]-row["V_m"]))
			}
			if worst > c.tolerance || len(spikes) != len(o.Spikes) {
				t.Fatalf("V_m is up to %.3g mV off, %d spikes of %d", worst, len(spikes), len(o.Spikes))
			}
			for k := range spikes {
				if math.Abs(spikes[k]-o.Spikes[k]) > 1e-6 {
					t.Errorf("spike %d at %v ms, NEST has %v", k, spikes[k], o.Spikes[k])
				}
			}
		})
	}
}

// Groups of mixed parameters must be what each neuron would be alone.
func TestEachNeuronHasItsOwnParameters(t *testing.T) {
	for _, spec := range Models() {
		if len(spec.State) == 0 {
			continue
		}
		const n = 5
		drive := []float64{300, 400, 500, 600, 700}
		own := Params{"I_e": drive, "tau_m": {8, 9, 10, 11, 12}}.Complete(spec.Params)
		together := spec.New(Config{N: n, DtMs: 0.1, Params: own, State: Params{}.Complete(spec.State)})
		var alone [n]Group
		for i := range alone {
			one := Params{"I_e": drive[i : i+1], "tau_m": {float64(8 + i)}}.Complete(spec.Params)
			alone[i] = spec.New(Config{N: 1, DtMs: 0.1, Params: one, State: Params{}.Complete(spec.State)})
		}
		total := 0
		for range 2000 {
			fired := together.Update(&Input{}, nil)
			total += len(fired)
			for i := range alone {
				alone[i].Update(&Input{}, nil)
				var a, b [1]float64
				together.Record("V_m", []uint32{uint32(i)}, a[:])
				alone[i].Record("V_m", []uint32{0}, b[:])
				if a != b {
					t.Fatalf("%s: neuron %d has V_m %v in the group and %v alone", spec.Name, i, a, b)
				}
			}
		}
		if total == 0 {
			t.Errorf("%s: nobody fired, so little was compared", spec.Name)
		}
	}
}

func TestResetIsTheStart(t *testing.T) {
	for _, spec := range Models() {
		if len(spec.State) == 0 {
			continue
		}
		p := Params{"I_e": {600}}.Complete(spec.Params)
		g := spec.New(Config{N: 1, DtMs: 0.1, Params: p, State: Params{}.Complete(spec.State)})
		run := func() (ticks []int) {
			for k := range 3000 {
				if len(g.Update(&Input{}, nil)) > 0 {
					ticks = append(ticks, k)
				}
			}
			return ticks
		}
		first := run()
		g.Reset()
		second := run()
		if len(first) == 0 || len(first) != len(second) || first[0] != second[0] {
			t.Errorf("%s: spikes %v, after Reset %v", spec.Name, first, second)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	for _, spec := range Models() {
		b.Run(spec.Name, func(b *testing.B) {
			const n = 10_000
			g := spec.New(Config{N: n, DtMs: 0.1, Params: Params{"I_e": {400}}.Complete(spec.Params), State: Params{}.Complete(spec.State)})
			in := Input{Sums: [][]int32{make([]int32, n), make([]int32, n)}, Quantum: []float64{1, 1}}
			var fired []uint32
			for b.Loop() {
				fired = g.Update(&in, fired[:0])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/neuron")
		})
	}
}
