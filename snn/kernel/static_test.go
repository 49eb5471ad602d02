package kernel

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
)

// tangle is a random network of populations with one and with two receptors, and
// an input; every static projection has the layout, where it can.
func tangle(r *rand.Rand, layout string) *model.Model {
	m := &model.Model{Dt: 0.1, Duration: 50, Seeds: model.Seeds{Base: r.Uint64N(1000) + 1}}
	for i, name := range []string{"A", "B", "C"} {
		p := model.Population{Name: name, Model: "iaf_psc_exp", Size: 20 + r.IntN(150)}
		if i == 2 {
			p.Model = "iaf_psc_delta"
		}
		m.Populations = append(m.Populations, p)
	}
	m.Inputs = []model.Input{{Name: "in", Model: "poisson", Size: 30, Rate: constant(50)}}
	for k := range 12 {
		p := model.Projection{Name: fmt.Sprint("p", k), Source: []string{"A", "B", "C", "in"}[r.IntN(4)], Target: []string{"A", "B", "C"}[r.IntN(3)], Layout: layout,
			Autapses: r.IntN(2) == 0, Multapses: true, Weight: constant(float64(r.IntN(2)*7 - 3)), Delay: constant(0.5 + float64(r.IntN(10))/10)}
		rule := r.IntN(3)
		if layout == "procedural" {
			rule = 1 + r.IntN(2)
		}
		switch rule {
		case 0:
			p.Rule, p.Indegree = "fixed_indegree", r.IntN(60)
		case 1:
			p.Rule, p.P = "pairwise_bernoulli", r.Float64()
		default:
			p.Rule = "all_to_all"
		}
		if layout == "packed" || layout == "auto" {
			if r.IntN(2) == 0 {
				p.Weight.Dist = random.Distribution{Kind: random.Normal, A: 1, B: 2}
			}
			p.Bits = []int{0, 16, 32}[r.IntN(3)]
		}
		if layout != "bitmap" && layout != "procedural" && r.IntN(2) == 0 {
			p.Delay.Dist = random.Distribution{Kind: random.Uniform, A: 0.2, B: 3}
		}
		m.Projections = append(m.Projections, p)
	}
	return m
}

// arrive is the naive twin of the static blocks: by receptor and GID, what arrives
// at tick t, and the number of synapses that it crosses.
func arrive(n *Network, spiked func(snn.Tick, snn.GID) bool, t snn.Tick) (sums [][]int64, events int64) {
	sums = [][]int64{make([]int64, n.Size()), make([]int64, n.Size())}
	for _, p := range n.Projections {
		ports, _ := p.ports()
		p.rule.Each(p.space, p.key, 0, p.space.Targets, func(target int, sources []uint32) {
			d := p.drawsOf(target, n.DtMs)
			for k, src := range sources {
				w := d.weight(k)
				r := ports[0]
				if len(ports) > 1 && (w < 0) != (p.Target.Receptors[r].Sign < 0) {
					r = ports[1]
				}
				if !spiked(t-d.delay(k), p.Source.Range.First+snn.GID(src)) {
					continue
				}
				shift := 0
				if p.Layout.Layout == "packed" {
					_, shift = p.stored(r)
				}
				step := float64(int64(1) << shift)
				q := p.Target.Quanta[r]
				sums[r][int(p.Target.Range.First)+target] += int64(quanta(w, 1/(q*step))) << shift
				events++
			}
		})
	}
	return sums, events
}

// Every layout, under every cut, brings every neuron what the naive twin finds.
func TestStaticBlocksAgainstTwin(t *testing.T) {
	for _, layout := range []string{"auto", "list", "packed", "bitmap", "procedural"} {
		r := rand.New(rand.NewPCG(3, 4))
		for round := range 4 {
			m := tangle(r, layout)
			n := compile(t, m, ".")
			const now = 40
			fired := map[snn.Tick][]snn.GID{}
			for tick := snn.Tick(1); tick <= now; tick++ {
				for g := range snn.GID(n.Size()) {
					if r.IntN(12) == 0 {
						fired[tick] = append(fired[tick], g)
					}
				}
			}
			spiked := func(tick snn.Tick, g snn.GID) bool {
				_, ok := slices.BinarySearch(fired[tick], g)
				return ok
			}
			want, wantEvents := arrive(n, spiked, now)
			for _, parts := range []int{1, 2, 7} {
				events := int64(0)
				for k := range parts {
					p, err := Build(n, snn.Range{First: snn.GID(k * n.Size() / parts), End: snn.GID((k + 1) * n.Size() / parts)})
					if err != nil {
						t.Fatal(err)
					}
					for tick := snn.Tick(1); tick <= now; tick++ {
						p.log.append(tick-1, tick, []*Batch{{From: tick - 1, Offsets: []uint32{0, uint32(len(fired[tick]))}, GIDs: fired[tick]}})
					}
					for _, b := range p.statics {
						b.pull(now, p.log, p.arrivals)
					}
					events += p.Events()
					for r := range p.arrivals {
						for i := range p.Range.Len() {
							if got := int64(p.arrivals[r][i]); got != want[r][int(p.Range.First)+i] {
								t.Fatalf("%s, round %d, partition %d of %d: receptor %d of neuron %d gets %d, expected %d", layout, round, k, parts, r, int(p.Range.First)+i, got, want[r][int(p.Range.First)+i])
							}
						}
					}
				}
				if events != wantEvents {
					t.Errorf("%s, round %d, %d partitions: %d events, expected %d", layout, round, parts, events, wantEvents)
				}
			}
			if wantEvents < 1000 {
				t.Errorf("%s, round %d: only %d events, so little is compared", layout, round, wantEvents)
			}
		}
	}
}

// One network gives the same spikes in every layout that holds it.
func TestLayoutChangesNothing(t *testing.T) {
	want := ""
	for _, layout := range []string{"auto", "list", "packed", "bitmap", "procedural"} {
		m := brunel(20)
		for i := range m.Projections {
			p := &m.Projections[i]
			p.Layout, p.Rule, p.P = layout, "pairwise_bernoulli", 0.1
		}
		n := compile(t, m, ".")
		for _, parts := range []int{1, 3} {
			got := hash(simulate(t, n, parts))
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("%s in %d partitions gives %s, auto gave %s", layout, parts, got, want)
			}
		}
		for _, p := range n.Projections {
			if layout != "auto" && string(p.Layout.Layout) != layout {
				t.Errorf("%s: %s was chosen over %s", p.Name, p.Layout.Layout, layout)
			}
		}
	}
}

func TestLayoutThatCannotHoldIsRefused(t *testing.T) {
	for layout, change := range map[string]func(*model.Projection){
		"list":   func(p *model.Projection) { p.Weight.Dist = random.Distribution{Kind: random.Uniform, A: 1, B: 2} },
		"bitmap": func(p *model.Projection) { p.Delay.Dist = random.Distribution{Kind: random.Uniform, A: 1, B: 2} },
		// fixed_indegree cannot be made source by source
		"procedural": func(p *model.Projection) {},
	} {
		m := brunel(100)
		m.Projections[0].Layout = layout
		change(&m.Projections[0])
		if _, err := Compile(m, os.DirFS(".")); err == nil {
			t.Errorf("%s was not refused", layout)
		}
	}
}

// With 16 bits, weights move by at most half a step of the coarser grid, which
// is a 32,767th of the largest weight at most.
func TestSixteenBitsCoarsenTheGrid(t *testing.T) {
	m := brunel(20)
	p := &m.Projections[0]
	p.Weight.Dist = random.Distribution{Kind: random.Uniform, A: 20, B: 80}
	p.Bits = 16
	n := compile(t, m, ".")
	q := n.Projections[0].WeightQuantum()
	if largest := 80.; q > 2*largest/32767 || q <= n.Projections[0].Target.Quanta[0] {
		t.Errorf("the quantum is %g pA, expected one between %g and %g", q, n.Projections[0].Target.Quanta[0], 2*largest/32767)
	}
	part, err := Build(n, snn.Range{End: snn.GID(n.Size())})
	if err != nil {
		t.Fatal(err)
	}
	h := part.Sizes()[p.Name]
	if perSynapse := float64(h.Bytes) / float64(h.Synapses); perSynapse > 4.1 {
		t.Errorf("%.3f bytes a synapse, expected 4 and an index", perSynapse)
	}
	if got, want := float64(n.Projections[0].Layout.Bytes), float64(h.Bytes); got < 0.95*want || got > 1.05*want {
		t.Errorf("%g bytes were expected, the block takes %g", got, want)
	}
}

// A partition of more neurons than 16 bits can name takes several blocks.
func TestManyTargets(t *testing.T) {
	m := &model.Model{Dt: 0.1, Duration: 10, Populations: []model.Population{{Name: "A", Model: "iaf_psc_exp", Size: 30}, {Name: "B", Model: "iaf_psc_exp", Size: 150_000}},
		Projections: []model.Projection{{Name: "p", Source: "A", Target: "B", Rule: "fixed_indegree", Indegree: 3, Multapses: true, Weight: constant(2), Delay: constant(1)}}}
	for _, layout := range []string{"list", "bitmap"} {
		m.Projections[0].Layout = layout
		n := compile(t, m, ".")
		p, err := Build(n, snn.Range{First: 10, End: snn.GID(n.Size())})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.statics) != 3 {
			t.Fatalf("%d blocks for 150,000 targets", len(p.statics))
		}
		fired := []snn.GID{3, 4, 17}
		p.log.append(0, 1, []*Batch{{Offsets: []uint32{0, 3}, GIDs: fired}})
		want := make([]int32, 150_000)
		unit := quanta(2, 1/n.Populations[1].Quanta[0])
		rule := connect.FixedIndegree{Indegree: 3, Switches: connect.Switches{Multapses: true}}
		rule.Each(n.Projections[0].space, n.Projections[0].key, 0, 150_000, func(j int, sources []uint32) {
			for _, s := range sources {
				if s == 3 || s == 4 || s == 17 {
					want[j] += unit
				}
			}
		})
		for _, b := range p.statics {
			b.pull(11, p.log, p.arrivals)
		}
		if got := p.arrivals[0][20 : 20+150_000]; !slices.Equal(got, want) {
			t.Errorf("%s: sums differ", layout)
		}
	}
}
