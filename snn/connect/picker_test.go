package connect

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

func TestEachUnsortedGivesTheSameSynapses(t *testing.T) {
	for _, s := range []Space{{1, 1, true}, {20, 13, false}, {200, 200, true}, {70, 300, false}} {
		for _, w := range switches {
			for k, r := range every(s, w) {
				want := network(t, r, s, uint64(k))[s.Targets/3:]
				EachUnsorted(r, s, random.Seed(uint64(k), random.Connectivity), s.Targets/3, s.Targets, func(target int, sources []uint32) {
					got := slices.Clone(sources)
					slices.Sort(got)
					if !slices.Equal(got, want[0]) {
						t.Fatalf("%+v onto %+v: target %d has %v unsorted, and %v sorted", r, s, target, got, want[0])
					}
					want = want[1:]
				})
				if len(want) > 0 {
					t.Fatalf("%+v onto %+v: %d targets did not come", r, s, len(want))
				}
			}
		}
	}
}

// The picker against drawing and sorting by hand.
func TestPickAgainstTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		among := 1 + r.IntN(400)
		c := choice{n: 1 + r.IntN(min(among, 1+r.IntN(60))), among: among, self: r.IntN(among), sorted: true, exclude: r.IntN(2) == 0, multapses: r.IntN(2) == 0}
		if r.IntN(5) == 0 {
			c.among, among = 20000, 20000
		}
		choices := among
		if c.exclude {
			choices--
		}
		if choices < 1 || !c.multapses && c.n > choices/2 {
			continue
		}
		stream := random.Key(r.Uint64()).Stream()
		twin := stream
		var want []uint32
		for len(want) < c.n {
			batch := make([]uint32, c.n-len(want))
			twin.Below(uint32(choices), batch)
			for _, i := range batch {
				if c.exclude && i >= uint32(c.self) {
					i++
				}
				if c.multapses || !slices.Contains(want, i) {
					want = append(want, i)
				}
			}
		}
		slices.Sort(want)
		p := newPicker(among)
		for range 2 { // a second use finds the picker clean
			again := stream
			if got := p.pick(&again, c); !slices.Equal(got, want) {
				t.Fatalf("%+v: picked %v, expected %v", c, got, want)
			}
		}
	}
}

func BenchmarkFixedIndegree(b *testing.B) {
	for _, size := range []struct {
		name            string
		sources, degree int
	}{{"10000x1000", 10000, 1000}, {"100000x1000", 100000, 1000}} {
		for _, multapses := range []bool{true, false} {
			r := FixedIndegree{Indegree: size.degree, Switches: Switches{Autapses: true, Multapses: multapses}}
			s := Space{size.sources, 100, false}
			name := size.name + "/multapses"
			if !multapses {
				name = size.name + "/distinct"
			}
			for sorted, each := range map[string]func(Space, random.Key, int, int, func(int, []uint32)){"sorted": r.Each, "unsorted": r.EachUnsorted} {
				b.Run(name+"/"+sorted, func(b *testing.B) {
					for b.Loop() {
						each(s, 1, 0, 100, func(int, []uint32) {})
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*100*size.degree), "ns/synapse")
				})
			}
		}
	}
}
