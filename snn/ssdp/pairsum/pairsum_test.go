package pairsum

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

// problem is a random sum, with the states it was made of.
type problem struct {
	samples, pre, post, states int
	preStates, postStates      []int32
	terms                      Terms
}

type shape struct {
	samples, pre, post, states int
	active                     float64
	gated, separable, rankTwo  bool
}

func (s shape) String() string {
	return fmt.Sprintf("B%d_in%d_out%d_S%d_%g%%_gated=%v", s.samples, s.pre, s.post, s.states, 100*s.active, s.gated)
}

// make draws a sum. By odd seeds most of the neurons that are active are in state 0, as
// in layers where most fire first in the first tick.
func (s shape) make(t testing.TB, seed uint64) *problem {
	often := 0.9 * float64(seed%2)
	draw := random.Seed(seed, random.Surrogate).Stream()
	layer := func(n int) ([]int32, *Active) {
		states, list := make([]int32, s.samples*n), &Active{}
		list.Reset(n)
		for b := range s.samples {
			row := states[b*n : (b+1)*n]
			for i := range row {
				row[i] = int32(s.states)
				if draw.Float64() < s.active {
					row[i] = int32(draw.Intn(uint64(s.states)))
					if draw.Float64() < often {
						row[i] = 0
					}
				}
			}
			if !list.Append(row, int32(s.states)) {
				t.Fatal("states outside")
			}
		}
		return states, list
	}
	uniform := func(n int, scale float64) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = scale * (draw.Float64() - 0.5)
		}
		return out
	}
	single := func(n int) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = float32(draw.Float64()) / 16
		}
		return out
	}
	p := &problem{samples: s.samples, pre: s.pre, post: s.post, states: s.states}
	var pre, post *Active
	p.preStates, pre = layer(s.pre)
	p.postStates, post = layer(s.post)
	p.terms = Terms{Post: post, Pre: pre, States: s.states, Table: uniform(s.states*s.states, 3), Factor: make([]float64, s.samples)}
	for b := range p.terms.Factor {
		p.terms.Factor[b] = 1 / float64(s.samples)
		if s.gated {
			p.terms.Factor[b] *= 2 * draw.Float64()
		}
	}
	if s.separable {
		p.terms.U, p.terms.V = uniform(s.post, 0.3), uniform(s.pre, 0.3)
	}
	if s.rankTwo {
		p.terms.RankTwo = &RankTwo{A: single(s.post), Y: single(s.post), X: single(s.pre), Q: single(s.pre)}
	}
	return p
}

// naive is the sum in float64, pair by pair.
func (p *problem) naive() []float64 {
	t := &p.terms
	dw := make([]float64, p.post*p.pre)
	for b := range p.samples {
		for j := range p.post {
			s := int(p.postStates[b*p.post+j])
			if s == p.states {
				continue
			}
			for i := range p.pre {
				if r := int(p.preStates[b*p.pre+i]); r < p.states {
					dw[j*p.pre+i] += t.Factor[b] * t.Table[s*p.states+r]
				}
			}
		}
	}
	for j := range p.post {
		for i := range p.pre {
			if t.U != nil {
				dw[j*p.pre+i] += t.U[j] + t.V[i]
			}
			if r := t.RankTwo; r != nil {
				dw[j*p.pre+i] -= float64(r.A[j])*float64(r.X[i]) + float64(r.Y[j])*float64(r.Q[i])
			}
		}
	}
	return dw
}

var shapes = []shape{
	{1, 1, 1, 1, 1, false, false, false},
	{1, 7, 5, 4, 0.5, false, true, false},
	{5, 31, 9, 4, 0.6, true, true, false},
	{8, 32, 3, 10, 0.3, true, false, true},
	{9, 33, 17, 15, 0.9, false, false, true},
	{17, 64, 10, 16, 0.2, true, true, true},
	{256, 40, 6, 12, 1, true, true, false},
	{257, 70, 11, 3, 1, false, true, true},
	{700, 45, 5, 10, 0.4, true, true, true},
	{40, 100, 50, 10, 0.02, true, true, false},
	{12, 65, 8, 64, 0.7, true, true, false},
	{6, 50, 20, 17, 0, false, true, false},
	{3, 96, 4, 15, 1, false, false, false},
	{20, 90, 300, 5, 0.3, true, true, true},
	{256, 40, 70, 1, 1, false, true, true},
	{600, 90, 65, 10, 0.7, false, true, true},
	{4, 5000, 30, 8, 0.1, true, false, true},
}

func (p *problem) add(force path) []float32 {
	w := &Adder{force: force}
	dw := make([]float32, p.post*p.pre)
	w.Add(dw, &p.terms)
	return dw
}

func TestSumAgainstFloat64(t *testing.T) {
	for k := range 2 * len(shapes) {
		s := shapes[k/2]
		p := s.make(t, uint64(k))
		got, want := p.add(cheapest), p.naive()
		most := 0.0
		for _, x := range want {
			most = max(most, math.Abs(x))
		}
		for i, x := range want {
			if d := math.Abs(float64(got[i]) - x); d > 3e-7*most {
				t.Fatalf("%v: weight %d is %g, expected %g (largest %g)", s, i, got[i], x, most)
			}
		}
	}
}

// The order of samples, and the way the sum is made, change no bit.
func TestPathsGiveTheSameBits(t *testing.T) {
	for k := range 2 * len(shapes) {
		s := shapes[k/2]
		p := s.make(t, uint64(k))
		want := p.add(portable)
		for _, way := range []path{cheapest, sparse, dense, counted} {
			for i, x := range p.add(way) {
				if math.Float32bits(x) != math.Float32bits(want[i]) {
					t.Fatalf("%v, path %d: weight %d is %g, portable %g", s, way, i, x, want[i])
				}
			}
		}
	}
}

func TestAnAdderForgets(t *testing.T) {
	w, again := &Adder{}, &Adder{}
	for k, s := range shapes {
		p := s.make(t, uint64(k))
		got, want := make([]float32, p.post*p.pre), make([]float32, p.post*p.pre)
		w.Add(got, &p.terms)
		again.Add(want, &p.terms)
		*again = Adder{}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%v: weight %d is %g with a used adder, %g with a new one", s, i, got[i], want[i])
			}
		}
	}
}

func TestListsOfVectorsAndOfGo(t *testing.T) {
	draw := random.Seed(7, random.Surrogate).Stream()
	for n := range 70 {
		for _, silent := range []int32{1, 4, 100, math.MaxUint16} {
			states := make([]int32, n)
			for i := range states {
				states[i] = silent
				if draw.Float64() < 0.4 {
					states[i] = int32(draw.Intn(uint64(silent)))
				}
			}
			one, two := make([]uint32, n+listSlack), make([]uint32, n+listSlack)
			k, ok := compress(one, states, silent, vectors)
			if k2, ok2 := compress(two, states, silent, false); k != k2 || ok != ok2 || !ok || !slices.Equal(one[:k], two[:k]) {
				t.Fatalf("%v: vectors list %v, Go %v", states, one[:k], two[:k2])
			}
		}
	}
}

func TestAppendRefusesStatesOutside(t *testing.T) {
	for n := range 40 {
		for at := range n {
			for _, bad := range []int32{-1, 5, math.MaxInt32, math.MinInt32} {
				states := make([]int32, n)
				states[at] = bad
				a := &Active{}
				a.Reset(n)
				if a.Append(states, 4) {
					t.Fatalf("%d states: %d at %d was taken", n, bad, at)
				}
			}
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	ways := map[path]string{portable: "go", sparse: "sparse", dense: "dense", counted: "counted"}
	for _, s := range []shape{
		{128, 512, 512, 4, 0.1, false, false, false}, {128, 512, 512, 4, 0.3, false, false, false},
		{256, 1024, 1024, 10, 0.02, false, false, false}, {256, 1024, 1024, 10, 0.1, false, false, false}, {256, 1024, 1024, 10, 0.3, false, false, false},
		{256, 1024, 1024, 10, 0.1, true, true, false},
		{64, 2048, 2048, 10, 0.1, false, false, false}, {64, 2048, 2048, 10, 0.3, false, false, false},
	} {
		for seed, states := range []string{"spread", "mostly one state"} {
			p := s.make(b, uint64(seed))
			dw := make([]float32, p.post*p.pre)
			for _, way := range []path{portable, sparse, dense, counted} {
				b.Run(fmt.Sprintf("%v/%s/%s", s, states, ways[way]), func(b *testing.B) {
					w := &Adder{force: way}
					least(b, func() { w.Add(dw, &p.terms) })
				})
			}
		}
	}
}

// FuzzPaths compares the ways, and float64, on sums of any shape.
func FuzzPaths(f *testing.F) {
	f.Add(uint64(1), uint16(9), uint16(40), uint16(20), uint8(5), uint8(100), uint8(7))
	f.Add(uint64(2), uint16(300), uint16(70), uint16(3), uint8(15), uint8(255), uint8(1))
	f.Add(uint64(3), uint16(2), uint16(1), uint16(200), uint8(40), uint8(20), uint8(2))
	f.Fuzz(func(t *testing.T, seed uint64, samples, pre, post uint16, states, active, terms uint8) {
		s := shape{
			1 + int(samples%600), 1 + int(pre%150), 1 + int(post%150), 1 + int(states%MaxStates), float64(active) / 255,
			terms&1 > 0, terms&2 > 0, terms&4 > 0,
		}
		if s.samples*(s.pre+s.post) > 40_000 || s.samples*s.pre*s.post > 4_000_000 {
			t.Skip("too large for the naive sum")
		}
		p := s.make(t, seed)
		want, exact := p.add(portable), p.naive()
		most := 0.0
		for _, x := range exact {
			most = max(most, math.Abs(x))
		}
		for _, way := range []path{cheapest, sparse, dense, counted} {
			for i, x := range p.add(way) {
				if math.Float32bits(x) != math.Float32bits(want[i]) {
					t.Fatalf("%v, path %d: weight %d is %g, portable %g", s, way, i, x, want[i])
				}
			}
		}
		for i, x := range exact {
			// The largest sum may be small beside what it is made of, which is about 1.
			if math.Abs(float64(want[i])-x) > 3e-7*most+1e-7 {
				t.Fatalf("%v: weight %d is %g, expected %g", s, i, want[i], x)
			}
		}
	})
}
