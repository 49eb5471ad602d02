package row

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

// targets is how many targets the tests' rows have to choose from.
const targets = 200

// pass is a random row of n synapses with random steps, some of them large.
func pass[T Index, S Stored, W Real](r *rand.Rand, n, steps int, soft, spike bool) *Pass[T, S, W] {
	p := &Pass[T, S, W]{History: make([]uint32, targets), Low: -300.25, Span: 70000.7, Soft: soft, First: r.Uint32N(1 << 20)}
	for j := range p.History {
		p.History[j] = r.Uint32()
	}
	for range n {
		u := r.Float64()
		if r.IntN(4) == 0 {
			u = math.Round(u)
		}
		p.Shares, p.Onto = append(p.Shares, Of[S, W](u)), append(p.Onto, T(r.IntN(targets)))
	}
	slices.Sort(p.Onto)
	size := func() W { return W(r.Float64() * math.Pow(10, -6*r.Float64())) }
	for range steps {
		s := Step[W]{Minus: size(), Age: r.Uint32N(32), Draw: random.Key(r.Uint64()).Lanes()}
		if r.IntN(3) > 0 {
			s.Add = [2]W{size(), size()}
			for range 20 {
				s.Plus = append(s.Plus, size())
			}
			for range targets {
				t := Target[W]{size() * W(r.IntN(2)), int32(r.IntN(20))}
				if r.IntN(2) == 0 {
					t = Fired(t.Minus, t.Tick)
				}
				s.Post = append(s.Post, t)
			}
		}
		p.Steps = append(p.Steps, s)
	}
	if spike {
		p.Sums = make([]int32, targets)
	}
	return p
}

// clone is a pass over a copy of the row, with targets of 32 bits: no assembly takes it.
func clone[S Stored, W Real](p *Pass[uint16, S, W]) *Pass[uint32, S, W] {
	q := &Pass[uint32, S, W]{Shares: slices.Clone(p.Shares), Steps: p.Steps, History: p.History, Sums: slices.Clone(p.Sums), Low: p.Low, Span: p.Span, First: p.First, Soft: p.Soft}
	for _, j := range p.Onto {
		q.Onto = append(q.Onto, uint32(j))
	}
	return q
}

// The assembly gives the bits of the loop.
func TestAssemblyIsTheLoop(t *testing.T) {
	if !Assembles[uint16, float32]() {
		t.Skip("SKIPPED: this processor does not run the assembly")
	}
	t.Run("32 bits", same[float32])
	t.Run("16 bits", same[uint16])
}

func same[S Stored](t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	moved := 0
	for range 400 {
		p := pass[uint16, S, float32](r, r.IntN(60), r.IntN(5), r.IntN(2) == 0, r.IntN(4) > 0)
		before, q := slices.Clone(p.Shares), clone(p)
		p.Run()
		q.Run()
		for k := range before {
			if p.Shares[k] != before[k] {
				moved++
			}
		}
		if !slices.Equal(p.Shares, q.Shares) || !slices.Equal(p.Sums, q.Sums) {
			t.Fatalf("a row of %d synapses and %d steps, soft %v: %v and %v, expected %v and %v", len(q.Onto), len(p.Steps), p.Soft, p.Shares, p.Sums, q.Shares, q.Sums)
		}
	}
	if moved < 1000 {
		t.Errorf("only %d shares moved: little is compared", moved)
	}
}

// To take steps one pass at a time changes nothing: a row may be settled at any time.
func TestSettlingEarlierChangesNothing(t *testing.T) {
	t.Run("32 bits", early[float32])
	t.Run("16 bits", early[uint16])
}

func early[S Stored](t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		p := pass[uint16, S, float32](r, 37, 4, true, true)
		one := *p
		one.Shares, one.Sums = slices.Clone(p.Shares), nil
		for k := range p.Steps {
			one.Steps = p.Steps[k : k+1]
			one.Run()
		}
		p.Run()
		if !slices.Equal(p.Shares, one.Shares) {
			t.Fatalf("got %v, step by step %v", p.Shares, one.Shares)
		}
	}
}

// Shares of 16 bits drift as those of float64 do, by steps of a thousandth of their
// resolution too: the mean of n shares to four times the spread of n roundings.
func TestRoundingHasNoDrift(t *testing.T) {
	for _, size := range []float64{3, 0.3, 0.001} { // levels a step
		const n, windows = 20_000, 400
		narrow := &Pass[uint16, uint16, float32]{Soft: true, History: []uint32{1}}
		wide := &Pass[uint16, float64, float64]{Soft: true, History: []uint32{1}}
		r := rand.New(rand.NewPCG(5, 6))
		for range n {
			x := uint16(20_000 + r.IntN(20_000))
			narrow.Shares, narrow.Onto = append(narrow.Shares, x), append(narrow.Onto, uint16(len(narrow.Onto)))
			wide.Shares = append(wide.Shares, float64(x)/Levels)
		}
		narrow.History = make([]uint32, n)
		for j := range narrow.History {
			narrow.History[j] = 1
		}
		wide.History, wide.Onto = narrow.History, narrow.Onto
		start := mean(narrow.Shares)
		for w := range windows {
			s := Step[float32]{Minus: float32(size / Levels), Draw: random.Seed(1, random.Rounding).Sub(uint64(w)).Lanes()}
			narrow.Steps = []Step[float32]{s}
			wide.Steps = []Step[float64]{{Minus: float64(s.Minus)}}
			narrow.Run()
			wide.Run()
		}
		got, want := mean(narrow.Shares), mean(wide.Shares)*Levels
		tolerance := 4 * math.Sqrt(windows*min(0.25, size)/n)
		if math.Abs(got-want) > tolerance || math.Abs(want-start) < 10*tolerance {
			t.Errorf("steps of %g levels: the mean fell by %.4f levels, expected %.4f +- %.4f", size, start-got, start-want, tolerance)
		}
	}
}

func mean[S Stored](all []S) float64 {
	sum := 0.0
	for _, x := range all {
		sum += float64(x)
	}
	return sum / float64(len(all))
}
