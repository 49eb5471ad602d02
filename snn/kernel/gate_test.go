package kernel

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/synchrony"
)

// gated is the learner with a gate, measured over the gate's windows.
func gated(g model.Gate) *model.Model {
	m := learner()
	m.Duration = 4000
	m.Projections[0].SSDP.Gate = g
	m.Projections[0].SSDP.Align = "emission" // so that the windows of gate and table hold the same spikes
	for _, name := range []string{"in", "out"} {
		m.Synchrony = append(m.Synchrony, model.Synchrony{Name: name, Population: name, Window: 20, Bins: 10, Sigma: 2, Span: 1000})
	}
	m.Synchrony = append(m.Synchrony, model.Synchrony{Name: "in_out", Projection: "in_out", Window: 20, Sigma: 2})
	return m
}

func finalWeights(t *testing.T, n *Network, parts int) []float64 {
	t.Helper()
	_, weights := learn(t, n, parts)
	return weights
}

func TestGatesAreTheSameForEveryCut(t *testing.T) {
	plain := finalWeights(t, compile(t, gated(model.Gate{}), "."), 1)
	for _, g := range []model.Gate{
		{Type: "synchrony", Measure: "S", K: 1, Windows: 50},
		{Type: "synchrony", Measure: "kappa", Of: "source", Bins: 10, K: 1, Windows: 50},
		{Type: "synchrony", Measure: "kappa", Of: "target", Bins: 5, K: 1, Windows: 50},
	} {
		n := compile(t, gated(g), ".")
		want := finalWeights(t, n, 1)
		if slices.Equal(want, plain) {
			t.Errorf("%+v: the gate changes no weight", g)
		}
		for _, parts := range []int{2, 3, 7, 30} {
			if got := finalWeights(t, n, parts); !slices.Equal(got, want) {
				t.Errorf("%+v: %d partitions give other weights than one", g, parts)
			}
		}
	}
}

// The gate reads what the table of synchrony says of the same window.
func TestGateReadsTheTable(t *testing.T) {
	for _, of := range []string{"source", "target"} {
		g := model.Gate{Type: "synchrony", Measure: "kappa", Of: of, Bins: 10, K: 1, Windows: 50}
		n := compile(t, gated(g), ".")
		var ps []*Partition
		for k := range 3 {
			p, err := Build(n, snn.Range{First: snn.GID(k * n.Size() / 3), End: snn.GID((k + 1) * n.Size() / 3)})
			if err != nil {
				t.Fatal(err)
			}
			ps = append(ps, p)
		}
		b := ps[0].pushers[0].(*windowed[uint16, float32, float32])
		table, compared := map[snn.Tick]float64{}, 0
		var batches []*Batch
		var sums []Aggregate
		for now := snn.Tick(0); now < n.End; {
			to := n.Boundary(now, nil)
			var next []*Batch
			var shares []Share
			for _, p := range ps {
				out := p.Step(Input{To: to, Spikes: batches, Aggregates: sums})
				next, shares = append(next, out.Spikes), append(shares, out.Shares...)
			}
			sums = Sum(shares)
			for _, a := range sums {
				if m := n.Measurement(a.Measure); m != nil && m.Name == map[string]string{"source": "in", "target": "out"}[of] {
					table[a.End] = m.group.Kappa(a.Counts)
				}
			}
			if b.due.filled && b.due.counts != nil {
				want, known := table[b.due.end]
				if got := b.gate.group.Kappa(b.due.group); !known || got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Fatalf("kappa of the %s in the window to %d: the gate reads %v, the table says %v", of, b.due.end, got, want)
				}
				compared++
			}
			batches, now = next, to
		}
		if compared < 100 {
			t.Errorf("%s: only %d steps compared", of, compared)
		}
	}
}

// rewarded has a dopamine gate whose signal is what of says of each window's S.
func rewarded(t *testing.T, of func(s float64) float64, g model.Gate) *Network {
	t.Helper()
	n := compile(t, gated(model.Gate{}), ".")
	for _, p := range n.Projections {
		p.Model.SSDP.Eta = 0 // the S of a network that does not learn
	}
	_, windows := run(t, n, 1)
	var file strings.Builder
	fmt.Fprintln(&file, "time_ms,reward")
	for k := range n.measures {
		if m := n.Measurement(k); m != nil && m.pair != nil {
			gauge := m.Gauge()
			for _, a := range windows {
				if a.Measure == k {
					values := gauge.Add(a.Counts)
					at := slices.IndexFunc(values, func(v synchrony.Value) bool { return v.Measure == synchrony.S })
					fmt.Fprintf(&file, "%g,%v\n", float64(a.End)*n.DtMs-10, of(values[at].Value))
				}
			}
		}
	}
	g.Type, g.Measure, g.Reward = "dopamine", "S", "reward.csv"
	compiled, err := Compile(gated(g), fstest.MapFS{"reward.csv": {Data: []byte(file.String())}})
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestDopamineGateLearnsFromTheSignal(t *testing.T) {
	noise := random.Seed(1, random.Surrogate).Stream()
	for _, c := range []struct {
		name string
		of   func(float64) float64
		gate model.Gate
		k    float64
	}{
		{"reward that rises with S", func(s float64) float64 { return 2*s - 1 }, model.Gate{Warmup: 60}, 1},
		{"loss that rises with S", func(s float64) float64 { return 2*s - 1 }, model.Gate{Warmup: 60, Signal: "loss"}, -1},
		{"reward that knows nothing of S", func(float64) float64 { return noise.Float64() }, model.Gate{Warmup: 60}, 0},
	} {
		n := rewarded(t, c.of, c.gate)
		p, err := Build(n, snn.Range{End: snn.GID(n.Size())})
		if err != nil {
			t.Fatal(err)
		}
		b := p.pushers[0].(*windowed[uint16, float32, float32])
		start := allWeights(p, n.Projections[0])
		var batches []*Batch
		var sums []Aggregate
		for now := snn.Tick(0); now < n.End; {
			to := n.Boundary(now, nil)
			out := p.Step(Input{To: to, Spikes: batches, Aggregates: sums})
			batches, sums, now = []*Batch{out.Spikes}, Sum(out.Shares), to
			if now == 61*200 && !slices.Equal(allWeights(p, n.Projections[0]), start) {
				t.Fatalf("%s: weights changed during the warm-up", c.name)
			}
		}
		if slices.Equal(allWeights(p, n.Projections[0]), start) {
			t.Errorf("%s: no weight changed after the warm-up", c.name)
		}
		k, sd := b.gate.dopamine.K, b.gate.dopamine.SD
		tolerance := 1e-3 // the deviation's 1e-8 counts little
		if c.k == 0 {
			tolerance = 0.4 // three deviations of a correlation of 60
		}
		if math.Abs(k-c.k) > tolerance || sd < 0.01 {
			t.Errorf("%s: k is %v, expected %v; sd %v", c.name, k, c.k, sd)
		}
		if got, want := finalWeights(t, n, 3), finalWeights(t, n, 1); !slices.Equal(got, want) {
			t.Errorf("%s: three partitions give other weights than one", c.name)
		}
	}
}

func TestGateFaults(t *testing.T) {
	files := fstest.MapFS{"back.csv": {Data: []byte("time_ms,reward\n5,1\n4,1\n")}, "other.csv": {Data: []byte("time_ms,x\n5,1\n")}}
	for want, g := range map[string]model.Gate{
		"projections.in_out.ssdp.gate.bins: 2 to 64 bins":                           {Type: "synchrony", Measure: "kappa", Bins: 300},
		"gate.reward: a dopamine gate needs a file":                                 {Type: "dopamine", Measure: "S"},
		"back.csv:3: column time_ms: 4 ms follows 5 ms; expected times that rise":   {Type: "dopamine", Measure: "S", Reward: "back.csv"},
		"other.csv:1: has the columns time_ms, x; expected a column reward or loss": {Type: "dopamine", Measure: "S", Reward: "other.csv"},
		"none.csv": {Type: "dopamine", Measure: "S", Reward: "none.csv"},
	} {
		if _, err := Compile(gated(g), files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, expected %q", g, err, want)
		}
	}
}

// allWeights is the weights of a partition's projection, one target after the other.
func allWeights(p *Partition, projection *Projection) []float64 {
	weights, _ := byTarget(p, projection)
	return slices.Concat(weights...)
}
