package connect

import (
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

// What a rule makes source by source is what it makes target by target, for any
// range of targets.
func TestRowsAreTheSynapsesOfEach(t *testing.T) {
	compared := 0
	for _, s := range []Space{{1, 1, true}, {20, 13, false}, {200, 200, true}, {40, 3000, false}, {3, 70_000, false}} {
		for _, w := range switches {
			rules := every(s, w)
			rules = append(rules, PairwiseBernoulli{0.01, w}, PairwiseBernoulli{0.0004, w})
			for k, r := range rules {
				by, ok := r.(BySource)
				if !ok {
					continue
				}
				key := random.Seed(uint64(k), random.Connectivity)
				for _, cut := range [][2]int{{0, s.Targets}, {s.Targets / 3, s.Targets}, {s.Targets / 5, s.Targets / 2}} {
					lo, hi := cut[0], cut[1]
					want := make([][]uint32, s.Sources)
					r.Each(s, key, lo, hi, func(target int, sources []uint32) {
						for _, src := range sources {
							want[src] = append(want[src], uint32(target))
						}
					})
					rows := by.Rows(s, key, lo, hi)
					for src := range want {
						got := rows.Append(src, []uint32{7})[1:]
						slices.Sort(got)
						if !slices.Equal(got, want[src]) {
							t.Fatalf("%+v onto %+v, targets %d to %d: source %d has %v, by target %v", r, s, lo, hi, src, got, want[src])
						}
						compared += len(got)
					}
				}
			}
		}
	}
	if compared < 100_000 {
		t.Errorf("only %d synapses were compared", compared)
	}
}
