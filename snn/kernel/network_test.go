package kernel

import (
	"fmt"
	"hash/fnv"
	"os"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
)

func constant(x float64) model.Value { return model.Value{Dist: random.Const(x)} }

// spike is one spike of a run.
type spike struct {
	tick snn.Tick
	gid  snn.GID
}

// simulate runs a network cut into parts and returns its spikes in order.
func simulate(t testing.TB, n *Network, parts int) []spike {
	t.Helper()
	var ps []*Partition
	for k := range parts {
		r := snn.Range{First: snn.GID(k * n.Size() / parts), End: snn.GID((k + 1) * n.Size() / parts)}
		p, err := Build(n, r)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	var all []spike
	var batches []*Batch
	for now := snn.Tick(0); now < n.End; {
		to := min(now+n.Interval, n.End)
		var next []*Batch
		for _, p := range ps {
			next = append(next, p.Step(Input{To: to, Spikes: batches}).Spikes)
		}
		for k := range int(to - now) {
			for _, b := range next {
				for _, g := range b.At(k) {
					all = append(all, spike{now + 1 + snn.Tick(k), g})
				}
			}
		}
		batches, now = next, to
	}
	return all
}

func compile(t testing.TB, m *model.Model, dir string) *Network {
	t.Helper()
	n, err := Compile(m, os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const oracles = "../../../shared/oracles"

func net200() *model.Model {
	p := map[string]model.Value{"I_e": {File: "net200_neurons.csv", Column: "I_e_pA"}}
	for name, x := range map[string]float64{"C_m": 250, "tau_m": 10, "tau_syn_ex": 0.5, "tau_syn_in": 0.5, "t_ref": 2, "E_L": -65, "V_reset": -65, "V_th": -50} {
		p[name] = constant(x)
	}
	return &model.Model{
		Dt: 0.1, Duration: 500,
		Populations: []model.Population{{Name: "net", Model: "iaf_psc_exp", Size: 200, Params: p,
			Initial: map[string]model.Value{"V_m": {File: "net200_neurons.csv", Column: "V_m0_mV"}}}},
		Projections: []model.Projection{{Name: "all", Source: "net", Target: "net", Rule: "explicit", File: "net200_edges.csv", Autapses: true, Multapses: true}},
	}
}

// NEST's spikes of a network of 200, every one, under every cut.
func TestNet200GivesNESTsSpikes(t *testing.T) {
	if _, err := os.Stat(oracles); err != nil {
		t.Skipf("NEST's traces are not here, so nothing is compared: %v", err)
	}
	want, err := dataset.ReadTable(os.DirFS(oracles), "net200_spikes.csv", dataset.Column{Names: []string{"t"}, Unit: "ms"}, dataset.Column{Names: []string{"id"}})
	if err != nil {
		t.Fatal(err)
	}
	times, ids := want.Values[0], want.Values[1]
	for _, parts := range []int{1, 2, 3, 7, 200} {
		got := simulate(t, compile(t, net200(), oracles), parts)
		if len(got) != len(times) {
			t.Fatalf("%d partitions: %d spikes, NEST has %d", parts, len(got), len(times))
		}
		for k, s := range got {
			if float64(s.tick) != times[k]*10 && ticks(times[k], 0.1) != s.tick || s.gid != snn.GID(ids[k]) {
				t.Fatalf("%d partitions: spike %d is of %d at tick %d, NEST's of %v at %v ms", parts, k, s.gid, s.tick, ids[k], times[k])
			}
		}
	}
}

// brunel is a small balanced random network with everything that is drawn.
func brunel(scale int) *model.Model {
	params := map[string]model.Value{}
	for name, x := range map[string]float64{"C_m": 250, "tau_m": 20, "tau_syn_ex": 0.5, "tau_syn_in": 0.5, "t_ref": 2, "E_L": 0, "V_reset": 0, "V_th": 20} {
		params[name] = constant(x)
	}
	initial := map[string]model.Value{"V_m": constant(0)}
	const j = 54.96
	m := &model.Model{Dt: 0.1, Duration: 100, Seeds: model.Seeds{Base: 1},
		Populations: []model.Population{{Name: "E", Model: "iaf_psc_exp", Size: 10000 / scale, Params: params, Initial: initial}, {Name: "I", Model: "iaf_psc_exp", Size: 2500 / scale, Params: params, Initial: initial}},
	}
	for _, target := range []string{"E", "I"} {
		m.Stimuli = append(m.Stimuli, model.Stimulus{Name: "drive" + target, Model: "poisson_generator", Target: target, Rate: constant(18195), Weight: constant(j), Stop: 1e300})
		for _, source := range []struct {
			name   string
			degree int
			weight float64
		}{{"E", 1000 / scale, j}, {"I", 250 / scale, -5 * j}} {
			m.Projections = append(m.Projections, model.Projection{Name: source.name + "_" + target, Source: source.name, Target: target, Rule: "fixed_indegree", Indegree: source.degree,
				Weight: constant(source.weight), Delay: constant(1.5), Autapses: true, Multapses: true})
		}
	}
	return m
}

func hash(spikes []spike) string {
	h := fnv.New64a()
	for _, s := range spikes {
		fmt.Fprint(h, s.tick, s.gid)
	}
	return fmt.Sprintf("%d spikes %x", len(spikes), h.Sum64())
}

func TestCutChangesNothing(t *testing.T) {
	homogeneous := brunel(20)
	drawn := brunel(20)
	for i := range drawn.Projections {
		p := &drawn.Projections[i]
		w := p.Weight.Dist.A
		p.Weight.Dist = random.Distribution{Kind: random.Normal, A: w, B: 0.5 * max(w, -w)} // some change sign
		p.Delay.Dist = random.Distribution{Kind: random.Uniform, A: 0.3, B: 4}
		p.Rule, p.P = "pairwise_bernoulli", 0.1
	}
	single := brunel(20)
	single.Populations[0].Precision, single.Populations[1].Precision = "float32", "float32"
	for name, m := range map[string]*model.Model{"homogeneous": homogeneous, "drawn": drawn, "float32": single} {
		n := compile(t, m, ".")
		want := simulate(t, n, 1)
		if len(want) < 100 {
			t.Fatalf("%s: only %d spikes, so little is compared", name, len(want))
		}
		for _, parts := range []int{2, 3, 7} {
			if got := simulate(t, n, parts); hash(got) != hash(want) {
				t.Errorf("%s: %d partitions give %s, one gives %s", name, parts, hash(got), hash(want))
			}
		}
	}
}

func BenchmarkBrunel100ms(b *testing.B) {
	n := compile(b, brunel(1), ".")
	p, err := Build(n, snn.Range{End: snn.GID(n.Size())})
	if err != nil {
		b.Fatal(err)
	}
	spikes := 0
	var batches []*Batch
	for b.Loop() {
		for end := p.Now() + 1000; p.Now() < end; {
			out := p.Step(Input{To: min(p.Now()+n.Interval, end), Spikes: batches})
			batches = []*Batch{out.Spikes}
			spikes += len(out.Spikes.GIDs)
		}
	}
	b.ReportMetric(float64(spikes)/float64(b.N)/12500/0.1, "Hz")
}

// learner is a Poisson population that projects to a few neurons under SSDP.
func learner() *model.Model {
	params := map[string]model.Value{"C_m": constant(250), "tau_m": constant(20), "t_ref": constant(2), "E_L": constant(0), "V_reset": constant(0), "V_th": constant(10)}
	return &model.Model{Dt: 0.1, Duration: 15000, Seeds: model.Seeds{Base: 1},
		Populations: []model.Population{{Name: "out", Model: "iaf_psc_delta", Size: 9, Params: params, Initial: map[string]model.Value{"V_m": constant(0)},
			AdaptiveThreshold: &model.AdaptiveThreshold{Eta: 0.1, TargetSpikes: 2, Every: 100, Min: -5, Max: 100}}},
		Inputs: []model.Input{{Name: "in", Model: "volleys", Size: 60, Rate: constant(20), Members: 15, VolleyRate: 8, Participation: 0.9, Jitter: 1}},
		Projections: []model.Projection{{Name: "in_out", Source: "in", Target: "out", Rule: "all_to_all", Synapse: "ssdp_synapse", Delay: constant(1),
			Weight: model.Value{Dist: random.Distribution{Kind: random.Uniform, A: 0.3, B: 0.7}},
			SSDP:   &model.SSDP{Window: 20, Sigma: 2, Eta: 0.05, Beta: 1.2, APlus: 1, ABase: 0.3, OneSilent: "chance", Bounds: "soft", WMax: 1, Horizon: 100}}},
	}
}

// learn runs a network cut into parts, and returns its spikes and final weights
// by target, then source.
func learn(t *testing.T, n *Network, parts int) (string, []float64) {
	t.Helper()
	var ps []*Partition
	for k := range parts {
		p, err := Build(n, snn.Range{First: snn.GID(k * n.Size() / parts), End: snn.GID((k + 1) * n.Size() / parts)})
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	var spikes []spike
	var batches []*Batch
	var sums []Aggregate
	for now := snn.Tick(0); now < n.End; {
		to := n.Boundary(now, nil)
		var next []*Batch
		var shares []Share
		for _, p := range ps {
			out := p.Step(Input{To: to, Spikes: batches, Aggregates: sums})
			next = append(next, out.Spikes)
			shares = append(shares, out.Shares...)
		}
		for k := range int(to - now) {
			for _, b := range next {
				for _, g := range b.At(k) {
					spikes = append(spikes, spike{now + 1 + snn.Tick(k), g})
				}
			}
		}
		sums = Sum(shares)
		batches, now = next, to
	}
	var weights []float64
	for _, p := range ps {
		p.Weights(n.Projections[0], func(_ int, _ []uint32, w []float64) { weights = append(weights, w...) })
	}
	return hash(spikes), weights
}

func TestCutChangesNoWeight(t *testing.T) {
	n := compile(t, learner(), ".")
	spikes, weights := learn(t, n, 1)
	moved := 0.0
	for _, w := range weights {
		moved += max(w-0.7, 0.3-w, 0)
	}
	if moved < 1 {
		t.Fatalf("weights hardly moved (%v): nothing is compared", moved)
	}
	for _, parts := range []int{2, 3, 7, 30} {
		s, w := learn(t, n, parts)
		if s != spikes {
			t.Errorf("%d partitions: %s, one gives %s", parts, s, spikes)
		}
		for k := range weights {
			if w[k] != weights[k] {
				t.Fatalf("%d partitions: weight %d is %v, one partition gives %v", parts, k, w[k], weights[k])
			}
		}
	}
}

// The step loop without delivery: drive, update, what is emitted and logged.
func BenchmarkBrunelWithoutSynapses(b *testing.B) {
	m := brunel(1)
	m.Projections = nil
	for i := range m.Stimuli {
		m.Stimuli[i].Rate = constant(13500) // about 30 Hz
	}
	n := compile(b, m, ".")
	n.Interval = 15
	p, err := Build(n, snn.Range{End: snn.GID(n.Size())})
	if err != nil {
		b.Fatal(err)
	}
	spikes := 0
	var batches []*Batch
	for b.Loop() {
		out := p.Step(Input{To: p.Now() + n.Interval, Spikes: batches})
		batches = []*Batch{out.Spikes}
		spikes += len(out.Spikes.GIDs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/12500/15, "ns/neuron")
	b.ReportMetric(float64(spikes)/float64(b.N)/12500/0.0015, "Hz")
}
