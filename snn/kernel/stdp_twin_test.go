package kernel

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
)

// edge is a synapse of a test network.
type edge struct {
	source, target int
	weight         float64
	delay          snn.Tick
}

// randomEdges draws a network with several synapses of a pair, self-connections
// and, where maxDelay > 5, delays of their own.
func randomEdges(seed uint64, neurons, count int, maxDelay snn.Tick) []edge {
	s := random.Seed(seed, random.Surrogate).Stream()
	var all []edge
	for range count {
		e := edge{int(s.Intn(uint64(neurons))), int(s.Intn(uint64(neurons))), 20 + 60*s.Float64(), 5}
		if maxDelay > 5 {
			e.delay = snn.Tick(2 + s.Intn(uint64(maxDelay-1)))
		}
		all = append(all, e)
		if s.Float64() < 0.2 {
			e.weight += 5
			all = append(all, e)
		}
	}
	return all
}

func edgeFile(edges []edge) fstest.MapFS {
	var b strings.Builder
	b.WriteString("source,target,weight,delay_ms\n")
	for _, e := range edges {
		fmt.Fprintf(&b, "%d,%d,%v,%v\n", e.source, e.target, e.weight, float64(e.delay)/10)
	}
	return fstest.MapFS{"edges.csv": {Data: []byte(b.String())}}
}

// recurrent is a population that a Poisson drive makes fire, plastic onto itself.
func recurrent(t testing.TB, edges []edge, neurons int, synapse, precision string, given map[string]float64) *Network {
	params := map[string]model.Value{"C_m": constant(250), "tau_m": constant(10), "tau_syn_ex": constant(2), "t_ref": constant(2), "E_L": constant(0), "V_reset": constant(0), "V_th": constant(10)}
	learned := map[string]model.Value{}
	for name, x := range given {
		learned[name] = constant(x)
	}
	m := &model.Model{Dt: 0.1, Duration: 2000, Seeds: model.Seeds{Base: 3},
		Populations: []model.Population{{Name: "net", Model: "iaf_psc_exp", Size: neurons, Params: params, Initial: map[string]model.Value{"V_m": constant(0)}}},
		Stimuli:     []model.Stimulus{{Name: "drive", Model: "poisson_generator", Target: "net", Rate: constant(2000), Weight: constant(100), Stop: math.Inf(1)}},
		Projections: []model.Projection{{Name: "all", Source: "net", Target: "net", Rule: "explicit", File: "edges.csv", Autapses: true, Multapses: true, Synapse: synapse, Params: learned, Precision: precision}},
	}
	n, err := Compile(m, edgeFile(edges))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// outcome is what a run came to: its spikes and the weights of its first projection.
type outcome struct {
	spikes  []spike
	weights []float64
}

// runTrials steps a network cut into parts through trials, or to its end where
// there are none, and takes the last spikes in.
func runTrials(t testing.TB, n *Network, parts int, trials []Trial, looks func(trial int, weights []float64)) outcome {
	t.Helper()
	var ps []*Partition
	for k := range parts {
		p, err := Build(n, snn.Range{First: snn.GID(k * n.Size() / parts), End: snn.GID((k + 1) * n.Size() / parts)})
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	var out outcome
	var batches []*Batch
	var sums []Aggregate
	step := func(to snn.Tick, starts *Trial) {
		now := ps[0].Now()
		var next []*Batch
		var shares []Share
		for _, p := range ps {
			o := p.Step(Input{To: to, Spikes: batches, Aggregates: sums, Trial: starts})
			next, shares = append(next, o.Spikes), append(shares, o.Shares...)
		}
		for k := range int(to - now) {
			for _, b := range next {
				for _, g := range b.At(k) {
					out.spikes = append(out.spikes, spike{now + 1 + snn.Tick(k), g})
				}
			}
		}
		batches, sums = next, Sum(shares)
	}
	read := func() []float64 {
		var w []float64
		for _, p := range ps {
			p.Weights(n.Projections[0], func(_ int, _ []uint32, own []float64) { w = append(w, own...) })
		}
		return w
	}
	if trials == nil {
		trials = []Trial{{End: n.End}}
		trials[0].Plasticity, trials[0].Homeostasis, trials[0].Rate = true, true, 1
	}
	for i := range trials {
		starts := &trials[i]
		for ps[0].Now() < trials[i].End {
			step(n.Boundary(ps[0].Now(), &trials[i]), starts)
			starts = nil
		}
		if looks != nil {
			step(ps[0].Now(), nil)
			looks(i, read())
		}
	}
	step(ps[0].Now(), nil)
	out.weights = read()
	return out
}

// twin is pair STDP by its definition: traces are sums over all earlier spikes.
type twin struct {
	synapse         string
	p               map[string]float64
	pre, post       []snn.Tick // post: arrivals
	factorAt        func(snn.Tick) float64
	tauPre, tauPost float64
	fresh           bool // traces start at 0, and not as if a presynaptic spike had come at time 0
}

func (w *twin) kernel(d snn.Tick, tau float64) float64 { return math.Exp(-float64(d) * 0.1 / tau) }

// sum is the trace of spikes at tick t: those in [from, t).
func (w *twin) sum(spikes []snn.Tick, from, t snn.Tick, tau float64) (s float64) {
	for _, q := range spikes {
		if q >= from && q < t {
			s += w.kernel(t-q, tau)
		}
	}
	return s
}

// last is the last of spikes before t, or 0.
func last(spikes []snn.Tick, t snn.Tick) (at snn.Tick) {
	for _, q := range spikes {
		if q < t {
			at = q
		}
	}
	return at
}

func (w *twin) power(x, mu float64) float64 {
	if mu == 0 {
		return 1
	}
	return math.Pow(x, mu)
}

// run is the weight after all events up to tick end.
func (w *twin) run(weight float64, end snn.Tick) float64 {
	type event struct {
		t   snn.Tick
		pre bool
	}
	var events []event
	for _, t := range w.post {
		events = append(events, event{t, false})
	}
	for _, t := range w.pre {
		events = append(events, event{t, true})
	}
	sort.SliceStable(events, func(a, b int) bool { return events[a].t < events[b].t })
	for _, e := range events {
		if e.t > end {
			continue
		}
		if f := w.factorAt(e.t); f == 0 {
			continue
		} else if e.pre {
			weight = w.onPre(weight, e.t, f)
		} else {
			weight = w.onPost(weight, e.t, f)
		}
	}
	return weight
}

func (w *twin) onPost(x float64, t snn.Tick, f float64) float64 {
	p, wMax := w.p, w.p["Wmax"]
	all := w.sum(w.pre, 0, t, w.tauPre)
	lastPre, lastPost := last(w.pre, t), last(w.post, t)
	nearest := w.kernel(t-lastPre, w.tauPre)
	if w.fresh && lastPre == 0 {
		nearest = 0
	}
	switch w.synapse {
	case "stdp_pl_synapse_hom":
		return x + f*p["lambda"]*math.Pow(x, p["mu"])*all
	case "stdp_triplet_synapse":
		return math.Min(x+f*all*(p["Aplus"]+p["Aplus_triplet"]*w.sum(w.post, 0, t, p["tau_minus_triplet"])), wMax)
	case "vogels_sprekeler_synapse":
		return math.Min(x+f*p["eta"]*all, wMax)
	case "diehl_cook_synapse":
		if p["additive"] == 0 {
			if all = 0; lastPre > 0 {
				all = nearest
			}
		}
		u := x / wMax
		if all < p["x_tar"] {
			u += f * p["eta"] * (all - p["x_tar"]) * math.Pow(u, p["mu"])
		} else {
			u += f * p["eta"] * (all - p["x_tar"]) * math.Pow(1-u, p["mu"])
		}
		return math.Min(math.Max(u, 0), 1) * wMax
	case "stdp_nn_symm_synapse":
		all = nearest
	case "stdp_nn_pre_centered_synapse":
		all = w.sum(w.pre, lastPost, t, w.tauPre)
		if lastPost == 0 {
			all = w.sum(w.pre, 0, t, w.tauPre)
		}
		if all == 0 {
			return x
		}
	case "stdp_nn_restr_synapse":
		if lastPost > lastPre {
			return x
		}
		all = nearest
	}
	return math.Min(x+f*wMax*p["lambda"]*w.power(1-x/wMax, p["mu_plus"])*all, wMax)
}

func (w *twin) onPre(x float64, t snn.Tick, f float64) float64 {
	p, wMax := w.p, w.p["Wmax"]
	all := w.sum(w.post, 0, t, w.tauPost)
	lastPre, lastPost := last(w.pre, t), last(w.post, t)
	nearest := 0.0
	if lastPost > 0 {
		nearest = w.kernel(t-lastPost, w.tauPost)
	}
	switch w.synapse {
	case "stdp_pl_synapse_hom":
		return math.Max(x-f*p["lambda"]*p["alpha"]*x*all, 0)
	case "stdp_triplet_synapse":
		return math.Max(x-f*all*(p["Aminus"]+p["Aminus_triplet"]*w.sum(w.pre, 0, t, p["tau_plus_triplet"])), 0)
	case "vogels_sprekeler_synapse":
		return math.Max(math.Min(x+f*p["eta"]*all, wMax)-f*p["alpha"]*p["eta"], 0)
	case "diehl_cook_synapse":
		return x
	case "stdp_nn_symm_synapse", "stdp_nn_pre_centered_synapse":
		all = nearest
	case "stdp_nn_restr_synapse":
		if met := last(w.post, t+1); met <= lastPre {
			return x
		}
		all = nearest
	}
	return math.Max(x-f*wMax*p["alpha"]*p["lambda"]*w.power(x/wMax, p["mu_minus"])*all, 0)
}

// twinWeights is the weights of all edges by the definition, in the kernel's order.
// after is the tick up to which spikes do not count, since traces were set back.
func twinWeights(n *Network, edges []edge, start []float64, spikes []spike, after, end snn.Tick, fresh bool, factorAt func(snn.Tick) float64) []float64 {
	p := n.Projections[0]
	trains := map[int][]snn.Tick{}
	for _, s := range spikes {
		if s.tick > after && s.tick <= end {
			trains[int(s.gid)] = append(trains[int(s.gid)], s.tick)
		}
	}
	var out []float64
	for k, e := range sorted(edges) {
		w := twin{synapse: p.Model.Synapse, p: p.params, pre: trains[e.source], factorAt: factorAt, tauPre: p.params["tau_plus"], tauPost: p.params["tau_minus"], fresh: fresh}
		if w.synapse == "vogels_sprekeler_synapse" {
			w.tauPre = p.params["tau"]
		}
		for _, t := range trains[e.target] {
			w.post = append(w.post, t+e.delay)
		}
		x := e.weight
		if start != nil {
			x = start[k]
		}
		out = append(out, w.run(x, end))
	}
	return out
}

func sorted(edges []edge) []edge {
	s := append([]edge(nil), edges...)
	sort.SliceStable(s, func(a, b int) bool {
		if s[a].target != s[b].target {
			return s[a].target < s[b].target
		}
		return s[a].source < s[b].source
	})
	return s
}

func worstOf(t *testing.T, got, want []float64) (worst float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d weights, expected %d", len(got), len(want))
	}
	for k := range got {
		worst = max(worst, math.Abs(got[k]-want[k])/max(math.Abs(want[k]), 1))
	}
	return worst
}

// rulesUnderTest are the learning models with parameters that move weights.
var rulesUnderTest = map[string]map[string]float64{
	"stdp_synapse": {"lambda": 0.02, "alpha": 1.1, "mu_plus": 0.4, "mu_minus": 1, "Wmax": 100}, "stdp_pl_synapse_hom": {"lambda": 0.1, "alpha": 0.1},
	"stdp_nn_symm_synapse": {"lambda": 0.02}, "stdp_nn_pre_centered_synapse": {"lambda": 0.02}, "stdp_nn_restr_synapse": {"lambda": 0.02},
	"stdp_triplet_synapse":     {"Aplus": 0.5, "Aplus_triplet": 0.6, "Aminus": 0.7, "Aminus_triplet": 0.2, "tau_minus": 33.7},
	"vogels_sprekeler_synapse": {"eta": 0.3, "alpha": 0.4, "Wmax": 100},
	"diehl_cook_synapse":       {"eta": 0.02, "Wmax": 100},
}
