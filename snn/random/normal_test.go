package random

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/pinned"
)

func TestNormalFollowsTheQuantile(t *testing.T) {
	worst := 0.0
	check := func(w uint64) {
		x := normal(w)
		if d := math.Abs(x - pinned.NormQuantile(unit(w))); !(d <= worst) {
			worst = d
		}
		if y := normal(^w); y != -x {
			t.Fatalf("normal(%#x) = %v, but %v at 1 - u", w, x, y)
		}
	}
	key := Seed(1, Weights)
	for n := range uint64(300_000) {
		check(key.At(n))
	}
	for e := range 52 { // every octave, its ends and between
		low := uint64(1) << 12 << e
		for _, w := range []uint64{0, low - 1<<12, low, low + 1<<12, low + low/33, low + low/3, 2*low - 1} {
			check(w)
		}
	}
	if worst > 1e-9 {
		t.Errorf("off by up to %g, expected 1e-9", worst)
	}
}

func TestFillIsDraw(t *testing.T) {
	for _, d := range []Distribution{
		{}, Const(3), {Kind: Uniform, A: -1, B: 3}, {Kind: Normal, A: 2, B: 0.5}, {Kind: Lognormal, A: 0.5, B: 0.4}, {Kind: Exponential, A: 4},
		{Kind: Normal, A: 1.5, B: 0.75, Bounded: true, Min: 0.1, Max: 2, Bounds: Redraw}, {Kind: Normal, A: 1.5, B: 0.75, Bounded: true, Min: 0.1, Max: 2, Bounds: Clip},
	} {
		for _, size := range []int{0, 1, 3, 4, 7, 8, 20_001} {
			out := make([]float64, size+1)
			d.Fill(7, out[:size])
			for n, x := range out[:size] {
				if want := d.Draw(7, uint64(n)); x != want {
					t.Fatalf("%+v: number %d of %d is %v, Draw gives %v", d, n, size, x, want)
				}
			}
			if out[size] != 0 {
				t.Fatalf("%+v: %d numbers were asked for, and one more was written", d, size)
			}
		}
	}
}
