package random

import (
	"math"
	"testing"
)

func TestRoundedIsDrawAndRound(t *testing.T) {
	for _, d := range []Distribution{
		Const(3), {Kind: Uniform, A: 0.2, B: 3}, {Kind: Normal, A: 1.5, B: 0.75}, {Kind: Lognormal, A: 0.5, B: 0.4}, {Kind: Exponential, A: 1.1},
		{Kind: Normal, A: 1.5, B: 0.75, Bounded: true, Min: 0.1, Max: 100, Bounds: Redraw}, {Kind: Normal, A: 1.5, B: 0.75, Bounded: true, Min: 0.1, Max: 2, Bounds: Clip},
		{Kind: Exponential, A: 1, Bounded: true, Min: 0.5, Max: 2, Bounds: Redraw}, {Kind: Uniform, A: 0, B: 10, Bounded: true, Min: 4, Max: 6, Bounds: Redraw}, {Kind: Uniform, A: 0, B: 10, Bounded: true, Min: 0.5, Max: 1.5, Bounds: Redraw},
	} {
		round := func(x float64) int64 { return int64(min(max(math.Round(x/0.1), 1), 60)) }
		r := NewRounded(d, round)
		seen := map[int64]bool{}
		out := make([]uint16, 100_000)
		r.Fill(3, 1, out)
		for n := range uint64(100_000) {
			want := round(d.Draw(3, n))
			if got := r.Draw(3, n); got != want {
				t.Fatalf("%+v: number %d is %d, expected %d", d, n, got, want)
			}
			if got := int64(out[n]) + 1; got != want {
				t.Fatalf("%+v: Fill's number %d is %d, expected %d", d, n, got, want)
			}
			seen[want] = true
		}
		if len(seen) < 9 && !d.IsConstant() {
			t.Errorf("%+v: only the steps %v were drawn", d, seen)
		}
	}
}
