package bench

import (
	"context"
	"testing"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/snn/delivery"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

func TestSpread(t *testing.T) {
	if s := SpreadOf([]float64{5, 1, 3}); s != (Spread{Median: 3, Min: 1, Max: 5}) {
		t.Errorf("of three: %+v", s)
	}
	if s := SpreadOf([]float64{4, 1, 2, 9}); s != (Spread{Median: 3, Min: 1, Max: 9}) {
		t.Errorf("of four: %+v", s)
	}
	inverse := SpreadOf([]float64{4, 1, 2}).each(func(x float64) float64 { return 1 / x })
	if inverse != (Spread{Median: 0.5, Min: 0.25, Max: 1}) {
		t.Errorf("inverse: %+v", inverse)
	}
}

// The latency is that of memory only if the chain visits every line once.
func TestChainIsOneCycle(t *testing.T) {
	memory := make([]uint64, 8*1000)
	chain(memory)
	seen, at := map[uint64]bool{}, uint64(0)
	for !seen[at] {
		seen[at] = true
		at = memory[at]
	}
	if at != 0 || len(seen) != 1000 {
		t.Errorf("back at %d after %d of 1000 lines", at, len(seen))
	}
}

// What is timed is what is said: every layout crosses the in-degree's synapses.
func TestDeliveriesDeliver(t *testing.T) {
	for _, d := range Deliveries(false) {
		d.Neurons, d.InDegree = 700, 60
		blocks, err := d.build()
		if err != nil {
			t.Fatal(err)
		}
		var synapses int64
		for _, b := range blocks {
			for _, n := range b.Size().Synapses {
				synapses += n
			}
		}
		if synapses != 700*60 || !(d.BytesPerSynapse > 0) {
			t.Errorf("%s: %d synapses of %v bytes", d.Name(), synapses, d.BytesPerSynapse)
		}
		events, spikes := int64(0), d.spikes()
		sums := make([]int32, 700+2*delivery.MaxTargets)
		if len(spikes[0]) != 2 {
			t.Errorf("%d spikes a tick, expected 29.4 Hz of 700 neurons: 2", len(spikes[0]))
		}
		for range 1000 { // until every delay has been served
			for _, b := range blocks {
				events += b.Deliver(spikes[:d.Delays], sums)
			}
		}
		if mean := float64(events) / 1000 / 2; mean < 30 || mean > 120 {
			t.Errorf("%s: %v synapses a spike, expected about 60", d.Name(), mean)
		}
	}
}

func TestUpdatesSpike(t *testing.T) {
	for _, u := range Updates() {
		if u.Model == "iaf_psc_exp" {
			if u.Measure(1); !(u.RateHz >= 5 && u.NsPerNeuron.Min > 0) {
				t.Errorf("%+v", u)
			}
		}
	}
}

func TestModel(t *testing.T) {
	m, err := model.Load(examples.Files, "brunel.yaml", model.Options{Set: []string{"scale=0.1", "duration=120 ms"}})
	if err != nil {
		t.Fatal(err)
	}
	n, err := kernel.Compile(m, examples.Files)
	if err != nil {
		t.Fatal(err)
	}
	runs := 0
	r, err := MeasureModel(context.Background(), n, engine.Config{Threads: 2, Partitions: 3}, 2, func(done int) { runs = done })
	if err != nil {
		t.Fatal(err)
	}
	if runs != 2 || r.Neurons != 1250 || r.Threads != 2 || r.Partitions != 3 || r.DurationMs != 120 || r.Spikes == 0 || r.Events < 1000*r.Spikes {
		t.Errorf("%d runs: %+v", runs, r)
	}
	if want := r.SimulateWallS.Median / 0.12; r.RealTimeFactor.Median != want && !near(r.RealTimeFactor.Median, want) {
		t.Errorf("real-time factor %v, expected %v", r.RealTimeFactor.Median, want)
	}
}

func near(a, b float64) bool { return a > b*(1-1e-9) && a < b*(1+1e-9) }

// Every row of the targets is a model that loads, or a batch.
func TestTargetsLoad(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range Targets() {
		if seen[row.Row] || row.Aim == "" || row.Peers == "" {
			t.Errorf("%q: twice, or without an aim or a peer", row.Row)
		}
		seen[row.Row] = true
		if row.Batch != nil {
			row.Batch.Samples, row.Batch.In, row.Batch.Out = 8, 32, 16
			if err := row.Batch.Measure(1); err != nil || !(row.Batch.Ms.Median > 0) {
				t.Errorf("%s: %v, %v", row.Row, row.Batch.Ms, err)
			}
			continue
		}
		if _, err := model.Load(examples.Files, row.Example+".yaml", model.Options{Set: row.Set}); err != nil {
			t.Errorf("%s: %v", row.Row, err)
		}
	}
}
