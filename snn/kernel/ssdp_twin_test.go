package kernel

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/ssdp"
	"github.com/volley-snn/volley/snn/ssdp/row"
)

// twinModel is a Poisson population onto a few neurons under SSDP, at a rate and
// with a rule.
func twinModel(hz float64, rule model.SSDP, precision string) *model.Model {
	m := learner()
	m.Duration = 6000
	m.Inputs[0] = model.Input{Name: "in", Model: "poisson", Size: 60, Rate: constant(hz)}
	p := &m.Projections[0]
	p.Rule, p.Multapses, p.Autapses, p.Indegree = "fixed_indegree", true, true, 50
	p.Weight = model.Value{Dist: random.Distribution{Kind: random.Uniform, A: 0.2, B: 0.9}}
	p.Precision, p.SSDP = precision, &rule
	m.Populations[0].Params["V_th"] = constant(max(2, hz/2))
	return m
}

// raster is every spike of a run, by tick.
func raster(t *testing.T, n *Network) (spikes [][]snn.GID, p *Partition) {
	t.Helper()
	p, err := Build(n, snn.Range{End: snn.GID(n.Size())})
	if err != nil {
		t.Fatal(err)
	}
	var batches []*Batch
	var sums []Aggregate
	spikes = make([][]snn.GID, n.End+1)
	for now := snn.Tick(0); now < n.End; {
		out := p.Step(Input{To: n.Boundary(now, nil), Spikes: batches, Aggregates: sums})
		for k := range out.Spikes.Ticks() {
			spikes[int(now)+1+k] = append([]snn.GID(nil), out.Spikes.At(k)...)
		}
		batches, sums, now = []*Batch{out.Spikes}, Sum(out.Shares), p.Now()
	}
	p.Step(Input{To: n.End, Spikes: batches, Aggregates: sums})
	return spikes, p
}

// naive learns from a raster, one synapse and one window at a time.
type naive struct {
	rule        *ssdp.Rule
	pre, post   *ssdp.Participation
	expectation *ssdp.Expectation
	nearest     bool
	trains      *ssdp.Trains
}

// firsts is the first tick of each of a range of neurons in a window that starts
// at start, spikes arriving a delay late; and all of their spikes.
func firsts(spikes [][]snn.GID, r snn.Range, start, width, delay snn.Tick) (first []int32, active, sources []uint32, ticks []int32) {
	first = make([]int32, r.Len())
	for i := range first {
		first[i] = -1
	}
	for at := snn.Tick(1); at <= width; at++ {
		if emitted := start + at - delay; emitted > 0 {
			for _, g := range spikes[emitted] {
				if r.Contains(g) {
					i := uint32(g - r.First)
					if first[i] < 0 {
						first[i], active = int32(at), append(active, i)
					}
					sources, ticks = append(sources, i), append(ticks, int32(at))
				}
			}
		}
	}
	return first, active, sources, ticks
}

func (n *naive) window(u [][]float64, sources [][]uint32, x, y []int32, active []uint32, rate float64) {
	r, gbar := n.rule, n.expectation.Value()
	for j := range u {
		for k, i := range sources[j] {
			var plus, minus float64
			switch s, t := x[i], y[j]; {
			case s >= 0 && t >= 0:
				apart := int(s - t)
				if n.nearest {
					apart = ssdp.Nearest(n.trains.Of(i), t)
				}
				plus, minus = r.Both(apart, gbar, n.pre.Of(int(i)), n.post.Of(j))
			case s >= 0:
				minus = r.One(int(s), gbar, n.post.Of(j))
			case t >= 0:
				minus = r.One(int(t), gbar, n.pre.Of(int(i)))
			}
			u[j][k] = r.Step(u[j][k], plus, minus, rate)
		}
	}
}

func (n *naive) expect(x, y []int32, active []uint32) {
	before, after := make([]int64, n.expectation.Bins()), make([]int64, n.expectation.Bins())
	for _, t := range y {
		if t >= 0 {
			after[n.expectation.Bin(int(t))]++
		}
	}
	for _, t := range x {
		if t >= 0 {
			before[n.expectation.Bin(int(t))]++
		}
	}
	if n.nearest {
		n.expectation.AddNearest(n.trains, active, after)
	} else {
		n.expectation.Add(before, after)
	}
	n.pre.Add(x)
	n.post.Add(y)
}

// naiveWeights is what the naive twin makes of a network's raster, target by target.
func naiveWeights(n *Network, spikes [][]snn.GID, weights [][]float64, from [][]uint32) [][]float64 {
	p := n.Projections[0]
	params, _ := ssdpParams(p, n.DtMs)
	rule := ssdp.New(params)
	m := p.Model.SSDP
	twin := &naive{rule: rule, pre: ssdp.NewParticipation(p.Source.Size(), params.Horizon), post: ssdp.NewParticipation(p.Target.Size(), params.Horizon),
		expectation: ssdp.NewExpectation(rule), nearest: m.Pairing == "nearest", trains: ssdp.NewTrains(p.Source.Size())}
	u := make([][]float64, len(weights))
	for j := range weights {
		for _, w := range weights[j] {
			u[j] = append(u[j], (w-m.WMin)/(m.WMax-m.WMin))
		}
	}
	width := snn.Tick(params.WindowTicks)
	windows := int(n.End / width)
	for w := range windows - 1 { // the update of the last window is not due yet
		start := snn.Tick(w) * width
		x, active, all, ticks := firsts(spikes, p.Source.Range, start, width, p.minDelay)
		y, _, _, _ := firsts(spikes, p.Target.Range, start, width, 0)
		twin.trains.Set(active, all, ticks)
		if w >= warmUp {
			twin.window(u, from, x, y, active, params.Eta)
		}
		twin.expect(x, y, active)
	}
	for j := range u {
		for k := range u[j] {
			u[j][k] = m.WMin + u[j][k]*(m.WMax-m.WMin)
		}
	}
	return u
}

// byTarget is the weights of a partition's projection and the sources they are from.
func byTarget(p *Partition, projection *Projection) (weights [][]float64, sources [][]uint32) {
	p.Weights(projection, func(_ int, s []uint32, w []float64) {
		weights = append(weights, append([]float64(nil), w...))
		sources = append(sources, append([]uint32(nil), s...))
	})
	return weights, sources
}

// The kernel, which lets silent rows lag and keeps no columns, learns what a loop
// over all synapses and windows learns, at busy and at sparse rates.
func TestSSDPTwin(t *testing.T) {
	base := model.SSDP{Window: 20, Sigma: 3, Eta: 0.2, Beta: 1.2, APlus: 1, ABase: 0.3, Bounds: "soft", WMax: 1, Horizon: 100, Pairing: "first", OneSilent: "chance"}
	for _, c := range []struct {
		name   string
		hz     float64
		change func(s *model.SSDP)
	}{
		{"chance", 20, func(*model.SSDP) {}},
		{"chance, sparse", 1, func(*model.SSDP) {}},
		{"chance, very sparse", 0.2, func(s *model.SSDP) { s.Eta = 1 }},
		{"hard", 20, func(s *model.SSDP) { s.Bounds, s.Eta = "hard", 0.05 }},
		{"hard, sparse", 1, func(s *model.SSDP) { s.Bounds = "hard" }},
		{"nearest", 60, func(s *model.SSDP) { s.Pairing = "nearest" }},
		{"depress", 3, func(s *model.SSDP) { s.OneSilent, s.Eta = "depress", 0.05 }},
		{"sentinel", 20, func(s *model.SSDP) { s.OneSilent = "sentinel" }},
		{"none", 20, func(s *model.SSDP) { s.OneSilent = "none" }},
		{"emission, narrow, from below zero", 30, func(s *model.SSDP) { s.Align, s.Sigma, s.WMin, s.WMax = "emission", 0.3, -0.5, 1.5 }},
		{"any coincidence", 20, func(s *model.SSDP) { s.Sigma = math.Inf(1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			rule := base
			c.change(&rule)
			n := compile(t, twinModel(c.hz, rule, "float64"), ".")
			whole := snn.Range{End: snn.GID(n.Size())}
			fresh, err := Build(n, whole)
			if err != nil {
				t.Fatal(err)
			}
			start, from := byTarget(fresh, n.Projections[0])
			spikes, p := raster(t, n)
			got, _ := byTarget(p, n.Projections[0])
			delay := n.Projections[0].minDelay
			if rule.Align == "emission" {
				n.Projections[0].minDelay = 0
			}
			want := naiveWeights(n, spikes, start, from)
			n.Projections[0].minDelay = delay
			moved, worst := 0.0, 0.0
			for j := range want {
				for k := range want[j] {
					moved += math.Abs(want[j][k] - start[j][k])
					worst = max(worst, math.Abs(want[j][k]-got[j][k]))
				}
			}
			if worst > 1e-9 || moved < 0.5 {
				t.Errorf("weights are up to %.3g apart, after moving %.3g in all", worst, moved)
			}
		})
	}
}

// Weights of 32 and of 16 bits drift from float64 ones by less than their own
// resolution would add up to: rounding has no direction. Each of the 1,000 changes of a
// 16-bit weight is rounded by chance, with a variance of at most a quarter.
func TestNarrowWeightsDoNotDrift(t *testing.T) {
	rule := model.SSDP{Window: 20, Sigma: 3, Eta: 0.01, Beta: 1, APlus: 1, Bounds: "soft", WMax: 1, Horizon: 100, Pairing: "first", OneSilent: "chance"}
	weights := func(precision string, bits int) []float64 {
		m := twinModel(20, rule, precision)
		m.Projections[0].Bits = bits
		m.Duration = 20_000
		// the spikes must be the same, whatever the last digits of the weights
		m.Populations[0].Params["V_th"] = constant(1e6)
		m.Populations[0].Params["I_e"] = constant(1e9)
		m.Populations[0].Params["t_ref"] = constant(30)
		n := compile(t, m, ".")
		_, p := raster(t, n)
		return allWeights(p, n.Projections[0])
	}
	exact := weights("float64", 32)
	for _, c := range []struct {
		name        string
		got         []float64
		worst, mean float64 // of the differences
	}{
		{"float32", weights("float32", 32), 1e-5, 1e-6},
		{"16 bits", weights("float32", 16), 6 * math.Sqrt(1000*0.25) / row.Levels, 4 * math.Sqrt(1000*0.25/float64(len(exact))) / row.Levels},
	} {
		sum, worst := 0.0, 0.0
		for k, w := range c.got {
			sum += w - exact[k]
			worst = max(worst, math.Abs(w-exact[k]))
		}
		if mean := sum / float64(len(exact)); math.Abs(mean) > c.mean || worst > c.worst || worst == 0 {
			t.Errorf("%s: %d weights are off by %.3g on average and by up to %.3g, expected at most %.3g and %.3g", c.name, len(exact), mean, worst, c.mean, c.worst)
		}
	}
}
