package connect

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

// network is the sources of each target, and what a cut at the given places makes of it.
func network(t testing.TB, r Rule, s Space, seed uint64, cuts ...int) [][]uint32 {
	t.Helper()
	all := make([][]uint32, 0, s.Targets)
	lo := 0
	for _, hi := range append(cuts, s.Targets) {
		next := lo
		r.Each(s, random.Seed(seed, random.Connectivity), lo, hi, func(target int, sources []uint32) {
			if target != next {
				t.Fatalf("%T: target %d came where %d was due", r, target, next)
			}
			if !slices.IsSorted(sources) {
				t.Fatalf("%T: the sources of %d do not ascend: %v", r, target, sources)
			}
			all = append(all, slices.Clone(sources))
			next++
		})
		if next != hi {
			t.Fatalf("%T: targets %d to %d did not come", r, next, hi-1)
		}
		lo = hi
	}
	return all
}

// even cuts n targets into parts.
func even(n, parts int) []int {
	var cuts []int
	for k := 1; k < parts; k++ {
		cuts = append(cuts, k*n/parts)
	}
	return cuts
}

var switches = []Switches{{true, true}, {true, false}, {false, true}, {false, false}}

// every rule, for a space and switches.
func every(s Space, w Switches) []Rule {
	rules := []Rule{AllToAll{w}, PairwiseBernoulli{0.3, w}, PairwiseBernoulli{1, w}, PairwiseBernoulli{0, w}}
	if s.Sources == s.Targets {
		rules = append(rules, OneToOne{w})
	}
	for _, k := range []int{0, 1, 2, 3, 7, s.Sources / 2, s.Sources - 1, s.Sources} {
		rules = append(rules, FixedIndegree{k, w})
	}
	for _, k := range []int{0, 1, 2, 3, 7, s.Targets / 2, s.Targets - 1, s.Targets} {
		rules = append(rules, FixedOutdegree{k, w}, FixedTotalNumber{k * s.Sources, w})
	}
	rules = append(rules, FixedTotalNumber{3, w})
	return slices.DeleteFunc(rules, func(r Rule) bool { return r.Check(s) != nil })
}

// checkExact fails where a network breaks what its rule says.
func checkExact(t testing.TB, r Rule, w Switches, s Space, in [][]uint32) {
	t.Helper()
	out, total := make([]int, s.Sources), 0
	for target, sources := range in {
		total += len(sources)
		if len(sources) > r.InDegreeBound(s) {
			t.Fatalf("%+v onto %+v: %d sources of %d, the bound is %d", r, s, len(sources), target, r.InDegreeBound(s))
		}
		for k, src := range sources {
			out[src]++
			if !w.Multapses && k > 0 && sources[k-1] == src {
				t.Fatalf("%+v onto %+v: two synapses from %d to %d", r, s, src, target)
			}
			if !w.Autapses && s.Same && int(src) == target {
				t.Fatalf("%+v onto %+v: %d projects to itself", r, s, src)
			}
		}
		if r, ok := r.(FixedIndegree); ok && len(sources) != r.Indegree {
			t.Fatalf("%+v onto %+v: %d sources of %d", r, s, len(sources), target)
		}
	}
	switch r := r.(type) {
	case FixedOutdegree:
		for src, n := range out {
			if n != r.Outdegree {
				t.Fatalf("%+v onto %+v: %d targets of %d", r, s, n, src)
			}
		}
	case FixedTotalNumber:
		if total != r.N {
			t.Fatalf("%+v onto %+v: %d synapses", r, s, total)
		}
	case AllToAll, OneToOne:
		if float64(total) != r.Expected(s, 0, s.Targets) {
			t.Fatalf("%+v onto %+v: %d synapses", r, s, total)
		}
	case PairwiseBernoulli:
		if (r.P == 0 || r.P == 1) && float64(total) != r.Expected(s, 0, s.Targets) {
			t.Fatalf("%+v onto %+v: %d synapses", r, s, total)
		}
	}
}

// Every rule on small spaces: exact degrees, switches obeyed, and the same network
// whole, in 2, 3, 7 parts and target by target.
func TestEveryRuleUnderEveryCut(t *testing.T) {
	compared := 0
	for _, s := range []Space{{1, 1, true}, {2, 2, true}, {5, 5, true}, {1, 9, false}, {9, 1, false}, {20, 13, false}, {200, 200, true}, {70, 300, false}, {150, 1000, false}} {
		for _, w := range switches {
			for k, r := range every(s, w) {
				whole := network(t, r, s, uint64(k))
				checkExact(t, r, w, s, whole)
				for _, parts := range []int{2, 3, 7, s.Targets} {
					if parts > s.Targets {
						continue
					}
					cut := network(t, r, s, uint64(k), even(s.Targets, parts)...)
					if !slices.EqualFunc(whole, cut, slices.Equal) {
						t.Fatalf("%+v onto %+v: %d parts make another network", r, s, parts)
					}
					compared++
				}
			}
		}
	}
	if compared < 1000 {
		t.Errorf("only %d comparisons", compared)
	}
}

func FuzzTinySpaces(f *testing.F) {
	f.Add(uint8(3), uint8(4), uint8(2), uint8(1), uint64(1), false)
	f.Add(uint8(6), uint8(6), uint8(6), uint8(2), uint64(2), true)
	f.Add(uint8(1), uint8(1), uint8(1), uint8(3), uint64(3), true)
	f.Fuzz(func(t *testing.T, sources, targets, degree, kind uint8, seed uint64, same bool) {
		s := Space{int(sources)%90 + 1, int(targets)%90 + 1, same}
		if same {
			s.Targets = s.Sources
		}
		w := switches[kind%4]
		var r Rule
		switch k := int(degree); kind / 4 % 5 {
		case 0:
			r = FixedIndegree{k, w}
		case 1:
			r = FixedOutdegree{k, w}
		case 2:
			r = FixedTotalNumber{k * 7, w}
		case 3:
			r = PairwiseBernoulli{float64(k) / 255, w}
		case 4:
			r = AllToAll{w}
		}
		if r.Check(s) != nil {
			return
		}
		whole := network(t, r, s, seed)
		checkExact(t, r, w, s, whole)
		if cut := network(t, r, s, seed, even(s.Targets, min(3, s.Targets))...); !slices.EqualFunc(whole, cut, slices.Equal) {
			t.Fatalf("%+v onto %+v: three parts make another network", r, s)
		}
	})
}

func TestImpossible(t *testing.T) {
	for _, c := range []struct {
		r    Rule
		s    Space
		want string
	}{
		{FixedIndegree{4, Switches{true, false}}, Space{3, 9, false}, "indegree 4 is more than the 3 sources that a target may have"},
		{FixedIndegree{1, Switches{false, true}}, Space{1, 1, true}, "indegree 1 is more than the 0 sources that a target may have"},
		{FixedIndegree{-1, Switches{}}, Space{3, 9, false}, "indegree must be >= 0, is -1"},
		{FixedOutdegree{4, Switches{true, false}}, Space{9, 3, false}, "outdegree 4 is more than the 3 targets that a source may have"},
		{FixedOutdegree{3, Switches{false, false}}, Space{3, 3, true}, "outdegree 3 is more than the 2 targets that a source may have"},
		{FixedOutdegree{1, Switches{false, true}}, Space{1, 1, true}, "outdegree 1 is more than the 0 targets that a source may have"},
		{FixedOutdegree{-1, Switches{}}, Space{3, 9, false}, "outdegree must be >= 0, is -1"},
		{FixedTotalNumber{13, Switches{true, false}}, Space{3, 4, false}, "total number N = 13 is more than the 12 pairs that there are"},
		{FixedTotalNumber{7, Switches{false, false}}, Space{3, 3, true}, "total number N = 7 is more than the 6 pairs that there are"},
		{FixedTotalNumber{1, Switches{false, true}}, Space{1, 1, true}, "total number N = 1 is more than the 0 pairs that there are"},
		{FixedTotalNumber{-1, Switches{}}, Space{3, 3, true}, "total number N must be >= 0, is -1"},
		{PairwiseBernoulli{1.5, Switches{}}, Space{3, 3, true}, "p must be 0 to 1, is 1.5"},
		{PairwiseBernoulli{math.NaN(), Switches{}}, Space{3, 3, true}, "p must be 0 to 1, is NaN"},
		{OneToOne{Switches{true, true}}, Space{3, 4, false}, "one_to_one needs as many sources as targets, there are 3 and 4"},
		{OneToOne{Switches{false, true}}, Space{3, 3, true}, "one_to_one of a population onto itself is autapses, which allow_autapses: false forbids"},
	} {
		if got := fmt.Sprint(c.r.Check(c.s)); got != "["+c.want+"]" {
			t.Errorf("%+v onto %+v: got %s, expected %s", c.r, c.s, got, c.want)
		}
	}
}

// chiSquare of counts that should all be alike, in standard deviations.
func chiSquare(counts []int, expected float64, freedom float64) float64 {
	chi2 := 0.0
	for _, c := range counts {
		chi2 += (float64(c) - expected) * (float64(c) - expected) / expected
	}
	return (chi2 - freedom) / math.Sqrt(2*freedom)
}

// Small networks of every rule are drawn with the right chance: each of all that
// there are, for rules without multapses; each pair, with.
func TestSmallNetworksAreUniform(t *testing.T) {
	const draws = 60_000
	s := Space{3, 3, true}
	for _, c := range []struct {
		r        Rule
		networks int
	}{
		{FixedIndegree{2, Switches{true, false}}, 27},
		{FixedIndegree{1, Switches{false, false}}, 8},
		{FixedOutdegree{1, Switches{true, false}}, 27},
		{FixedOutdegree{2, Switches{true, false}}, 27},
		{FixedOutdegree{1, Switches{false, false}}, 8},
		{FixedOutdegree{1, Switches{false, true}}, 8},
		{FixedOutdegree{1, Switches{true, true}}, 27},
		{FixedTotalNumber{4, Switches{true, false}}, 126},
		{FixedTotalNumber{3, Switches{false, false}}, 20},
		{FixedTotalNumber{1, Switches{false, true}}, 6},
		{PairwiseBernoulli{0.5, Switches{false, true}}, 64},
	} {
		seen := map[string]int{}
		for seed := range uint64(draws) {
			seen[fmt.Sprint(network(t, c.r, s, seed))]++
		}
		var counts []int
		for _, n := range seen {
			counts = append(counts, n)
		}
		if off := chiSquare(counts, float64(draws)/float64(c.networks), float64(c.networks-1)); len(counts) != c.networks || off > 5 {
			t.Errorf("%+v: %d networks of %d, chi-square %.1f deviations off", c.r, len(counts), c.networks, off)
		}
	}
}

// On larger spaces: pairs alike, and degrees with the variance of their law.
func TestLargeNetworksAreUniform(t *testing.T) {
	for _, c := range []struct {
		r        Rule
		s        Space
		variance float64 // of an in-degree
	}{
		{FixedOutdegree{60, Switches{true, true}}, Space{300, 900, false}, 300 * 60. / 900 * (1 - 1./900)},
		{FixedOutdegree{60, Switches{true, false}}, Space{300, 900, false}, 300 * (60. / 900) * (1 - 60./900)},
		{FixedOutdegree{400, Switches{true, false}}, Space{300, 900, false}, 300 * (400. / 900) * (1 - 400./900)},
		{FixedOutdegree{700, Switches{true, false}}, Space{300, 900, false}, 300 * (700. / 900) * (1 - 700./900)},
		{FixedOutdegree{40, Switches{false, false}}, Space{400, 400, true}, 399 * (40. / 399) * (1 - 40./399)},
		{FixedOutdegree{40, Switches{false, true}}, Space{400, 400, true}, 399 * 40. / 399 * (1 - 1./399)},
		{FixedTotalNumber{18_000, Switches{true, true}}, Space{300, 900, false}, 18_000. / 900 * (1 - 1./900)},
		{FixedTotalNumber{18_000, Switches{true, false}}, Space{300, 900, false}, 18_000. / 900 * (1 - 1./900) * (1 - 18_000./270_000)},
		{PairwiseBernoulli{0.1, Switches{true, true}}, Space{300, 900, false}, 300 * 0.1 * 0.9},
	} {
		const seeds, cells = 12, 12
		var blocks [cells * cells]int
		mean, square, n := c.r.Expected(c.s, 0, c.s.Targets)/float64(c.s.Targets), 0.0, 0
		for seed := range uint64(seeds) {
			for target, sources := range network(t, c.r, c.s, seed+100) {
				square += (float64(len(sources)) - mean) * (float64(len(sources)) - mean)
				n++
				for _, src := range sources {
					blocks[int(src)*cells/c.s.Sources*cells+target*cells/c.s.Targets]++
				}
			}
		}
		if got := square / float64(n); math.Abs(got/c.variance-1) > 6*math.Sqrt(2/float64(n)) {
			t.Errorf("%+v onto %+v: in-degrees have variance %.3f, expected %.3f", c.r, c.s, got, c.variance)
		}
		// Counts of blocks are at most as spread as independent ones: the statistic
		// is bounded from above, and by half from below.
		expected := mean * float64(c.s.Targets) * seeds / cells / cells
		if c.s.Same {
			continue // the diagonal's blocks hold fewer pairs
		}
		off := chiSquare(blocks[:], expected, cells*cells-1)
		if off > 5 {
			t.Errorf("%+v onto %+v: blocks of pairs are unequal: %.1f deviations", c.r, c.s, off)
		}
	}
}

// How often two sources share a target tells whether sources choose independently.
func TestSourcesChooseIndependently(t *testing.T) {
	const seeds = 30
	for _, c := range []struct {
		w      Switches
		degree int
	}{{Switches{true, true}, 30}, {Switches{true, false}, 30}, {Switches{true, false}, 250}} {
		s := Space{100, 400, false}
		var near, far []float64 // pairs of neighbours; of sources half the population apart
		for seed := range uint64(seeds) {
			has := make([][]int, s.Sources)
			for src := range has {
				has[src] = make([]int, s.Targets)
			}
			for target, sources := range network(t, FixedOutdegree{c.degree, c.w}, s, seed) {
				for _, src := range sources {
					has[src][target]++
				}
			}
			shared := func(a, b int) float64 {
				n := 0
				for k := range s.Targets {
					n += has[a][k] * has[b][k]
				}
				return float64(n)
			}
			for a := range s.Sources {
				near = append(near, shared(a, (a+1)%s.Sources))
				far = append(far, shared(a, (a+50)%s.Sources))
			}
		}
		want := float64(c.degree) * float64(c.degree) / float64(s.Targets)
		for name, counts := range map[string][]float64{"near": near, "far": far} {
			sum := 0.0
			for _, x := range counts {
				sum += x
			}
			mean := sum / float64(len(counts))
			if math.Abs(mean-want) > 5*math.Sqrt(want/float64(len(counts))) {
				t.Errorf("outdegree %d, %+v: %s sources share %.3f targets, expected %.3f", c.degree, c.w, name, mean, want)
			}
		}
	}
}

// BenchmarkParts builds each network whole and in 8 parts, each alone, cut beside the
// rules' own spans, and reports the fastest of each and how many times one all parts
// together cost.
func BenchmarkParts(b *testing.B) {
	const parts = 8
	s := Space{8000, 8009, false}
	for _, c := range []struct {
		name string
		r    Rule
	}{
		{"fixed_indegree", FixedIndegree{400, Switches{true, true}}},
		{"fixed_outdegree", FixedOutdegree{400, Switches{true, true}}},
		{"fixed_outdegree_30", FixedOutdegree{30, Switches{true, true}}},
		{"fixed_outdegree_no_multapses", FixedOutdegree{400, Switches{true, false}}},
		{"fixed_outdegree_100_no_multapses", FixedOutdegree{100, Switches{true, false}}},
		{"fixed_outdegree_30_no_multapses", FixedOutdegree{30, Switches{true, false}}},
		{"fixed_total_number", FixedTotalNumber{400 * 8000, Switches{true, true}}},
		{"fixed_total_number_no_multapses", FixedTotalNumber{400 * 8000, Switches{true, false}}},
		{"pairwise_bernoulli", PairwiseBernoulli{0.05, Switches{true, true}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			fastest := [2]float64{math.Inf(1), math.Inf(1)}
			for b.Loop() {
				for which, parts := range []int{1, parts} {
					cuts := []int{0}
					for k := 1; k < parts; k++ {
						cuts = append(cuts, k*s.Targets/parts+37)
					}
					cuts = append(cuts, s.Targets)
					key, synapses, start := random.Seed(1, random.Connectivity), 0, b.Elapsed()
					for k := range parts {
						c.r.Each(s, key, cuts[k], cuts[k+1], func(_ int, sources []uint32) { synapses += len(sources) })
					}
					fastest[which] = min(fastest[which], float64((b.Elapsed()-start).Nanoseconds())/float64(synapses))
				}
			}
			b.ReportMetric(fastest[0], "ns/synapse_whole")
			b.ReportMetric(fastest[1], "ns/synapse_in_8_parts")
			b.ReportMetric(fastest[1]/fastest[0], "times")
		})
	}
}
