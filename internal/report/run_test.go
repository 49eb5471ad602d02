package report

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
)

// keep leaves the made-up runs of the tests, with their reports, for looking at:
// go test ./internal/report -keep DIR
var keep = flag.String("keep", "", "folder to leave the tests' runs in")

// place is a directory for a made-up run.
func place(t testing.TB, name string) string {
	t.Helper()
	if *keep == "" {
		return filepath.Join(t.TempDir(), name)
	}
	path, err := filepath.Abs(filepath.Join(*keep, name))
	must(t, err)
	must(t, os.MkdirAll(path, 0o777))
	return path
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// madeUp is a run that was not simulated: trains of chance, so that its files have
// every part a run's can have.
type madeUp struct {
	run     record.Run
	summary record.Summary
	format  record.Format

	rates     []float64 // Hz, by population; nil writes no table of spikes
	volleyHz  float64   // moments at which a tenth of a population fires together
	synchrony []string  // measures
	signals   []snn.GID // whose V_m and theta are recorded, every ms
}

// base is a small run with two populations and an input.
func base(name string, sizes ...int) *madeUp {
	m := &madeUp{format: record.Parquet}
	m.run = record.Run{
		ID: name + "-20260301T120000", Started: "2026-03-01T12:00:00Z", Model: name, Description: "Trains of chance, made up to test the report.",
		Command:     []string{"/usr/bin/volley", "run", name + ".yaml", "--set", "populations.E.size=100", "--seed", "7"},
		ModelDigest: "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", ModelText: "name: " + name + "\ndt: 0.1 ms\n",
		DtMs: 0.1, DurationMs: 1000, DiscardMs: 100,
		Versions:  record.Versions{Volley: "0.1.0", Go: "go1.26", OS: "linux", Arch: "amd64", CPU: "a processor"},
		Seeds:     record.Seeds{Network: 7, Initial: 7, Input: 7},
		SpikeHash: "aa", WeightHash: "bb",
		WallS: record.Cost{Build: 0.2, Simulate: 1.4}, CPUS: record.Cost{Build: 0.4, Simulate: 2.7},
	}
	at := snn.GID(0)
	for k, size := range sizes {
		p := record.Population{Name: string(rune('E' + 4*k)), Model: "iaf_psc_exp", First: at, End: at + snn.GID(size)}
		at = p.End
		m.run.Populations = append(m.run.Populations, p)
		m.rates = append(m.rates, 8+6*float64(k))
	}
	for _, a := range m.run.Populations {
		for _, b := range m.run.Populations {
			m.run.Projections = append(m.run.Projections, record.Projection{Name: a.Name + "_" + b.Name, Source: a.Name, Target: b.Name,
				Rule: "fixed_indegree", Synapse: "static_synapse", Layout: "list", Synapses: 10 * b.Size(), Bytes: 31 * b.Size()})
		}
	}
	middle := at / 3
	m.run.Plan = record.Plan{IntervalTicks: 15, Partitions: []record.Partition{{ID: 0, Neurons: int64(middle), Synapses: 20 * int64(middle)}, {ID: 1, Neurons: int64(at - middle), Synapses: 20 * int64(at-middle)}}}
	for k := range m.run.Plan.Partitions {
		own := []snn.Range{{First: 0, End: middle}, {First: middle, End: at}}[k]
		for _, p := range m.run.Populations {
			if r := own.Intersect(snn.Range{First: p.First, End: p.End}); r.Len() > 0 {
				m.run.Plan.Partitions[k].Ranges = append(m.run.Plan.Partitions[k].Ranges, record.Slice{Population: p.Name, First: r.First, End: r.End})
			}
		}
	}
	m.summary = record.Summary{
		Model: name, ModelDigest: m.run.ModelDigest, Seed: 7, DtMs: 0.1, DurationMs: m.run.DurationMs,
		SynapticEvents: 123_456_789, SpikeHash: "aa", WeightHash: "bb", Partitions: 2, Threads: 2, Nodes: 1, WallS: m.run.WallS, CPUS: m.run.CPUS,
		RealTimeFactor: 1.4, NsPerEvent: 2.31, BytesPerSynapse: 3.1, PeakRSSBytes: 48 << 20, Results: map[string]any{},
	}
	return m
}

// setDuration changes the biological time.
func (m *madeUp) setDuration(ms float64) {
	m.run.DurationMs, m.summary.DurationMs = ms, ms
}

// write makes the run's directory.
func (m *madeUp) write(t testing.TB, path string) string {
	t.Helper()
	d, err := record.Create(path, record.Options{Format: m.format})
	must(t, err)
	clock := record.NewClock(m.run.DtMs)
	end := clock.Tick(m.run.DurationMs)
	statistics := record.NewStatistics(m.run.Populations, m.run.DtMs, m.run.DiscardMs)
	if m.rates != nil {
		m.writeSpikes(t, d, statistics, end)
	}
	m.summary.Populations = statistics.Summaries(m.run.DurationMs)
	m.summary.Neurons, m.summary.Synapses, m.summary.Spikes = 0, 0, 0
	for _, p := range m.run.Populations {
		if !p.Input {
			m.summary.Neurons += p.Size()
		}
		s := m.summary.Populations[p.Name]
		m.summary.Spikes += s.Spikes
		s.Synchrony = map[string]record.Number{}
		for k, measure := range m.synchrony {
			s.Synchrony[measure] = record.Number(0.1 / float64(k+1))
		}
		m.summary.Populations[p.Name] = s
	}
	for _, p := range m.run.Projections {
		m.summary.Synapses += p.Synapses
	}
	if m.synchrony != nil {
		m.writeSynchrony(t, d)
	}
	if m.signals != nil {
		m.writeSignals(t, d)
	}
	must(t, d.Finish(&m.run, &m.summary))
	return path
}

func (m *madeUp) writeSpikes(t testing.TB, d *record.Dir, statistics *record.Statistics, end snn.Tick) {
	t.Helper()
	w, err := d.Spikes(m.run.Populations, m.run.DtMs)
	must(t, err)
	chance := rand.New(rand.NewPCG(1, 2))
	last := make(map[snn.GID]snn.Tick)
	for tick := snn.Tick(1); tick <= end; tick++ {
		var gids []snn.GID
		fire := func(g snn.GID) {
			if at, fired := last[g]; !fired || tick-at > 20 { // a refractory time of 2 ms
				last[g] = tick
				gids = append(gids, g)
			}
		}
		for k, p := range m.run.Populations {
			expected := m.rates[k] * float64(p.Size()) * m.run.DtMs / 1000
			n := int(expected)
			if chance.Float64() < expected-float64(n) {
				n++
			}
			if m.volleyHz > 0 && chance.Float64() < m.volleyHz*m.run.DtMs/1000 {
				n += int(p.Size() / 10)
			}
			for range n {
				fire(p.First + snn.GID(chance.Int64N(p.Size())))
			}
		}
		must(t, statistics.Append(tick, gids))
		must(t, w.Append(tick, m.recorded(tick, gids)))
	}
}

// recorded is the spikes that run.Recorded asks for.
func (m *madeUp) recorded(tick snn.Tick, gids []snn.GID) (out []snn.GID) {
	if m.run.Recorded == nil {
		return gids
	}
	ms := float64(tick) * m.run.DtMs
	for _, g := range gids {
		for _, r := range m.run.Recorded {
			if g >= r.First && g < r.End && ms > r.StartMs && ms <= r.StopMs {
				out = append(out, g)
				break
			}
		}
	}
	return out
}

func (m *madeUp) writeSynchrony(t testing.TB, d *record.Dir) {
	t.Helper()
	w, err := d.Synchrony()
	must(t, err)
	chance := rand.New(rand.NewPCG(3, 4))
	for window := range int(m.run.DurationMs / 20) {
		ms := float64(window+1) * 20
		for k, p := range m.run.Populations {
			for j, measure := range m.synchrony {
				value := 0.05*float64(k+1) + 0.2*(1-math.Exp(-ms/m.run.DurationMs*3))/float64(j+1) + 0.02*chance.NormFloat64()
				if window%17 == 3 {
					value = math.NaN()
				}
				must(t, w.Append(record.Synchrony{TimeMs: ms, Window: uint64(window), Scope: p.Name, Measure: measure, Value: value}))
			}
		}
	}
}

func (m *madeUp) writeSignals(t testing.TB, d *record.Dir) {
	t.Helper()
	w, err := d.Signals()
	must(t, err)
	chance := rand.New(rand.NewPCG(5, 6))
	v := make([]float64, len(m.signals))
	for ms := 1.0; ms <= m.run.DurationMs; ms++ {
		for k, gid := range m.signals {
			if v[k] += -v[k]/20 + 0.8 + 0.9*chance.NormFloat64(); v[k] > 15 {
				v[k] = 0
			}
			must(t, w.Append(record.Signal{TimeMs: ms, GID: uint64(gid), Variable: "V_m", Value: v[k] - 70}))
			must(t, w.Append(record.Signal{TimeMs: ms, GID: uint64(gid), Variable: "theta", Value: ms / m.run.DurationMs * 3}))
		}
	}
}

// digits is a run that learned to tell digits: every section of the page.
func digitsRun() *madeUp {
	m := base("digits", 400, 100)
	m.setDuration(20_000)
	m.run.Populations = append(m.run.Populations, record.Population{Name: "pixels", Model: "images", First: 500, End: 500 + 784, Input: true})
	m.run.Description = "Handwritten digits, presented one after another to 400 excitatory neurons that compete through inhibition; a readout by the posterior of their spike counts decides."
	m.rates = []float64{4, 9, 12}
	m.volleyHz = 4
	m.synchrony = []string{"S", "kappa", "rate"}
	m.signals = []snn.GID{3, 77, 310}
	m.run.Projections = append(m.run.Projections, record.Projection{Name: "pixels_E", Source: "pixels", Target: "E", Rule: "all_to_all", Synapse: "ssdp_synapse", Layout: "list", Synapses: 400 * 784, Bytes: 400 * 784 * 8})
	m.run.WeightHistograms = []record.WeightHistogram{madeUpHistogram("pixels_E", 313_600, 0.3, 0.1, 0.75), madeUpHistogram("E_E", 40_000, 0.5, 0.42, 0.61)}
	phase := func(name string, plastic bool, trials int64, from, to float64, accuracy bool) record.Phase {
		f := record.Phase{Name: name, Trials: trials, Repeats: trials / 9, Plasticity: plastic, MeanSpikes: 14, Accuracy: record.NaN, EndMs: float64(trials) * 500}
		for k := range int64(20) {
			x := float64(k) / 19
			b := record.Block{FirstTrial: k * trials / 20, Trials: trials / 20, Repeats: (19 - k) / 4, MeanSpikes: record.Number(9 + 6*x + math.Sin(9*x)), Accuracy: record.NaN}
			if accuracy {
				b.Accuracy = record.Number(from + (to-from)*(1-math.Exp(-4*x)) + 0.02*math.Sin(40*x))
				f.Accuracy = record.Number(to)
			}
			f.Blocks = append(f.Blocks, b)
		}
		return f
	}
	m.run.Phases = []record.Phase{phase("train", true, 20_000, 0.2, 0.82, true), phase("label", false, 5000, 0, 0, false), phase("test", false, 5000, 0.845, 0.85, true)}
	m.summary.Results = map[string]any{
		"digits": map[string]any{
			"accuracy": 0.8493, "rule": "posterior", "accuracy_by_rule": map[string]any{"vote": 0.8121, "mean": 0.8233, "posterior": 0.8493},
			"items": 5000, "silent": 3, "labelled_neurons": 397, "confusion": madeUpConfusion(),
		},
		"fields": madeUpFields(60),
	}
	return m
}

func madeUpHistogram(name string, n float64, before, low, high float64) record.WeightHistogram {
	h := record.WeightHistogram{Projection: name, Unit: "pA"}
	bell := func(x, at, width float64) float64 { return math.Exp(-(x - at) * (x - at) / (2 * width * width)) }
	for k := range 50 {
		x := (float64(k) + 0.5) / 50
		h.Edges = append(h.Edges, float64(k)/50)
		h.Before = append(h.Before, int64(n/12*bell(x, before, 0.09)))
		h.After = append(h.After, int64(n/12*(0.8*bell(x, low, 0.06)+0.35*bell(x, high, 0.1))))
	}
	h.Edges = append(h.Edges, 1)
	return h
}

func madeUpConfusion() [][]int {
	chance := rand.New(rand.NewPCG(7, 8))
	grid := make([][]int, 10)
	for k := range grid {
		grid[k] = make([]int, 10)
		for range 500 {
			if chance.Float64() < 0.85 {
				grid[k][k]++
			} else {
				grid[k][chance.IntN(10)]++
			}
		}
	}
	return grid
}

// madeUpFields is arcs of different curvature on 28 x 28 pixels.
func madeUpFields(n int) map[string]any {
	chance := rand.New(rand.NewPCG(9, 10))
	var pictures [][]float64
	var labels []string
	for k := range n {
		picture := make([]float64, 28*28)
		cx, cy, r, cut := 11+6*chance.Float64(), 11+6*chance.Float64(), 5+5*chance.Float64(), 2*math.Pi*chance.Float64()
		for y := range 28 {
			for x := range 28 {
				dx, dy := float64(x)-cx, float64(y)-cy
				d := math.Hypot(dx, dy) - r
				picture[y*28+x] = 0.9*math.Exp(-d*d/3)*(1+math.Cos(math.Atan2(dy, dx)-cut))/2 + 0.05*chance.Float64()
			}
		}
		pictures = append(pictures, picture)
		labels = append(labels, fmt.Sprint(k%10))
	}
	return map[string]any{"kind": "images", "rows": 28, "cols": 28, "images": pictures, "labels": labels, "unit": "pA",
		"note": "Weights from the pixels to some of the neurons, with the digit that each fires most for."}
}

// armsRun compares learning with marks.
func armsRun() *madeUp {
	m := base("group", 1, 500)
	m.rates = []float64{20, 10}
	m.volleyHz = 3
	m.setDuration(10_000)
	m.run.WeightHistograms = []record.WeightHistogram{madeUpHistogram("E_I", 500, 0.5, 0.4, 0.8)}
	m.summary.Results = map[string]any{
		"ssdp":           map[string]any{"auc": 0.9983, "precision": 0.98, "recall": 0.96, "threshold": 0.62, "mean_member": 0.79, "mean_other": 0.41},
		"ssdp_shuffled":  map[string]any{"auc": 0.5121, "precision": math.NaN(), "recall": 0.0, "threshold": 0.62, "mean_member": 0.42, "mean_other": 0.42},
		"pairwise_kappa": map[string]any{"auc": 0.9999, "precision": 1.0, "recall": 0.98, "threshold": 0.05, "mean_member": 0.11, "mean_other": 0.0003},
	}
	return m
}
