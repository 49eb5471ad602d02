package partition

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
)

// network is groups of given sizes, of cost 1 a neuron.
func network(sizes []int, arrows ...Arrow) *Network {
	n := &Network{Arrows: arrows}
	for _, size := range sizes {
		first := snn.GID(len(n.Costs))
		n.Groups = append(n.Groups, Group{Range: snn.Range{First: first, End: first + snn.GID(size)}, RateHz: 10, BytesEach: 100})
		for range size {
			n.Costs = append(n.Costs, 1)
		}
	}
	return n
}

func equalNodes(n int) (all []Node) {
	for k := range n {
		all = append(all, Node{Name: string(rune('a' + k)), Threads: 2})
	}
	return all
}

func TestPlansOfRandomNetworks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		var sizes []int
		for range 1 + r.IntN(6) {
			sizes = append(sizes, 1+r.IntN(200))
		}
		n := network(sizes)
		for range r.IntN(8) {
			n.Arrows = append(n.Arrows, Arrow{r.IntN(len(sizes)), r.IntN(len(sizes))})
		}
		n.Sums = []Sum{{Name: "s", Group: r.IntN(len(sizes)), Steps: 1 + r.IntN(10)}}
		n.Everyone = r.IntN(4) == 0
		for g := range n.Costs {
			n.Costs[g] = 0.5 + r.Float64()
		}
		nodes := equalNodes(1 + r.IntN(9))
		for k := range nodes {
			nodes[k].Threads = 1 + r.IntN(4)
		}
		o := Options{Parts: r.IntN(20), FanIn: 1 + r.IntN(4)}
		p, err := Make(n, nodes, o)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := Make(n, nodes, o); !reflect.DeepEqual(p, again) {
			t.Fatal("the same network was planned in two ways")
		}
		covers(t, n, p)
		delivers(t, n, p)
	}
}

// covers: every GID lies in one part, and the parts of a node in its range.
func covers(t *testing.T, n *Network, p *Plan) {
	t.Helper()
	next := snn.GID(0)
	for k, part := range p.Parts {
		s := p.Shares[part.Node]
		if part.Range.First != next || part.Range.Len() < 1 || k < s.First || k >= s.First+s.Parts || part.Range.Intersect(s.Range) != part.Range {
			t.Fatalf("part %d %v on node %d with %v, after %d", k, part.Range, part.Node, s.Range, next)
		}
		next = part.Range.End
	}
	if int(next) != len(n.Costs) {
		t.Fatalf("%d of %d neurons are in a part", next, len(n.Costs))
	}
}

// delivers: what a neuron of one node may send to one of another is in an audience
// that the other is in, once; and sources and consumers mirror each other.
func delivers(t *testing.T, n *Network, p *Plan) {
	t.Helper()
	for from, a := range p.Shares {
		for to, b := range p.Shares {
			if from == to {
				continue
			}
			heard, member := map[int]bool{}, 0
			for _, audience := range a.Audiences {
				if slices.Contains(audience.Members, to) {
					member++
					for _, g := range audience.Groups {
						heard[g] = true
					}
				}
			}
			consumer, source := slices.Contains(a.Consumers, to), slices.Contains(b.Sources, from)
			if member > 1 || consumer != (member == 1) || source != consumer || n.Everyone && !consumer {
				t.Fatalf("node %d to %d: %d audiences, consumer %v, source %v", from, to, member, consumer, source)
			}
			for _, arrow := range n.Arrows {
				needed := n.Groups[arrow.Source].Range.Intersect(a.Range).Len() > 0 && n.Groups[arrow.Target].Range.Intersect(b.Range).Len() > 0
				if needed && !heard[arrow.Source] {
					t.Fatalf("group %d on node %d is not heard by node %d, which has group %d", arrow.Source, from, to, arrow.Target)
				}
			}
		}
	}
	for _, tree := range p.Sums {
		for _, m := range tree.Members[1:] {
			other := tree.Members[0]
			if !tree.Direct {
				other = tree.Above(m)
				if !slices.Contains(tree.Below(other), m) {
					t.Fatalf("node %d sends to %d, which expects %v", m, other, tree.Below(other))
				}
			}
			if !slices.Contains(p.Shares[m].Sources, other) || !slices.Contains(p.Shares[other].Sources, m) {
				t.Fatalf("nodes %d and %d do not hear each other, and sum up together", m, other)
			}
		}
	}
}

func TestBordersAreBetweenPopulationsWhereThatIsNearlyEven(t *testing.T) {
	n := network([]int{490, 510}, Arrow{0, 0}, Arrow{1, 1})
	p, err := Make(n, equalNodes(2), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Shares[0].Range.End != 490 || len(p.Shares[0].Consumers) > 0 || p.SpikesPerS(n) != 0 {
		t.Errorf("two populations that do not talk were cut at %d, %v spikes/s cross", p.Shares[0].Range.End, p.SpikesPerS(n))
	}
	n = network([]int{300, 700}, Arrow{0, 0}, Arrow{1, 1})
	if p, _ = Make(n, equalNodes(2), Options{}); p.Shares[0].Range.End != 500 {
		t.Errorf("a node got %d of 1,000 neurons for the sake of traffic", p.Shares[0].Range.End)
	}
	if got := p.SpikesPerS(n); got != 10*700 {
		t.Errorf("%v spikes/s cross, want 7,000: 200 of one population to the other's 500 and back", got)
	}
}

func TestNodesShareByThreads(t *testing.T) {
	nodes := []Node{{Name: "a", Threads: 1}, {Name: "b", Threads: 3}}
	p, err := Make(network([]int{400}), nodes, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Shares[0].Range.End != 100 || p.Shares[0].Parts != 1 || p.Shares[1].Parts != 3 {
		t.Errorf("1 and 3 threads got %v in %d parts and %v in %d", p.Shares[0].Range, p.Shares[0].Parts, p.Shares[1].Range, p.Shares[1].Parts)
	}
}

func TestDenseNetworksHaveOneAudience(t *testing.T) {
	n := network([]int{80, 20}, Arrow{0, 0}, Arrow{0, 1}, Arrow{1, 0}, Arrow{1, 1})
	p, err := Make(n, equalNodes(5), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for k, s := range p.Shares {
		if len(s.Audiences) != 1 || len(s.Audiences[0].Members) != 4 {
			t.Errorf("node %d has audiences %v", k, s.Audiences)
		}
	}
}

func TestAShareThatDoesNotFit(t *testing.T) {
	nodes := equalNodes(2)
	nodes[1].MemoryBytes = 1000
	_, err := Make(network([]int{100}), nodes, Options{})
	var small *TooSmall
	if !errors.As(err, &small) || small.Node.Name != "b" || small.BytesNeeded != 5000 || small.BytesInTotal != 10_000 {
		t.Errorf("error %v", err)
	}
}

// By hand: below one of 100 nodes are by eights 8, 64 and 27 on three levels, by
// sixteens 16 and 83 on two, by 128 all on one; a level costs two steps.
func TestFanInFollowsTheWindow(t *testing.T) {
	for _, c := range []struct {
		steps, fanIn, depth int
		direct              bool
	}{{100, 8, 3, false}, {13, 8, 3, false}, {12, 16, 2, false}, {9, 16, 2, false}, {8, 128, 1, false}, {5, 128, 1, false}, {4, 128, 1, false}, {3, 128, 1, false}, {2, 8, 3, true}} {
		n := network([]int{1000})
		n.Sums = []Sum{{Name: "s", Steps: c.steps}}
		p, err := Make(n, equalNodes(100), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s := p.Sums[0]; s.FanIn != c.fanIn || s.Depth() != c.depth || s.Direct != c.direct {
			t.Errorf("a window of %d steps: a fan-in of %d, depth %d, direct %v; expected %+v", c.steps, s.FanIn, s.Depth(), s.Direct, c)
		}
	}
}

func TestSumsOverManyNodesAreTrees(t *testing.T) {
	n := network([]int{1000})
	n.Sums = []Sum{{Name: "wide", Steps: 100}, {Name: "short", Steps: 4}}
	p, err := Make(n, equalNodes(26), Options{FanIn: 4})
	if err != nil {
		t.Fatal(err)
	}
	if d := p.Sums[0].Depth(); d != 3 || p.Sums[0].Direct {
		t.Errorf("26 nodes by fours: depth %d, direct %v", d, p.Sums[0].Direct)
	}
	if !p.Sums[1].Direct {
		t.Error("a sum takes 6 steps, and a window has 4")
	}
	for k := range p.Shares {
		if below := len(p.Sums[0].Below(k)); below > 4 {
			t.Errorf("node %d sums up for %d", k, below)
		}
	}
}
