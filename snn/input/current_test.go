package input

import (
	"math"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/random"
)

// What a current says it holds until a tick, it does hold, and it says so where
// holding is its nature.
func TestCurrentsHoldUntil(t *testing.T) {
	span := Span{StartMs: 1.5, StopMs: 9}
	for _, c := range []struct {
		name    string
		of      CurrentGenerator
		changes int // the most times that it may say it changes in 20 ms
	}{
		{"dc", DCGenerator{Const(3), span}, 3},
		{"dc of each", DCGenerator{Values{Dist: random.Const(1), List: []float64{1, 2, 3}}, Always()}, 1},
		{"step", StepCurrentGenerator{Curve{[]float64{0.5, 2, 2.1, 12}, []float64{1, 2, 3, 4}}, span}, 7},
		{"step, always", StepCurrentGenerator{Curve{[]float64{0.5, 2}, []float64{1, 2}}, Always()}, 3},
		{"ac", ACGenerator{AmplitudePA: Const(2), FrequencyHz: 30, Span: span}, 80},
		{"noise", NoiseGenerator{StdPA: 2, IntervalMs: 0.7, Span: span}, 14},
	} {
		if faults := c.of.Check(0.1, 3); faults != nil {
			t.Fatal(c.name, faults)
		}
		g := c.of.New(Slice{Lo: 0, Hi: 3, DtMs: 0.1, Key: 4})
		at := func(t snn.Tick) []float64 {
			x := make([]float64, 3)
			g.AddCurrent(t, x)
			return x
		}
		changes, until := 0, snn.Tick(0)
		for tick := snn.Tick(1); tick <= 200; tick++ {
			if tick > until {
				changes++
				if until = g.Until(tick); until < tick {
					t.Fatalf("%s: until %d in tick %d", c.name, until, tick)
				}
			}
			if last := min(until, 200); !slices.Equal(at(tick), at(last)) {
				t.Fatalf("%s: in tick %d %v, which should hold until tick %d: %v", c.name, tick, at(tick), last, at(last))
			}
		}
		if changes > c.changes {
			t.Errorf("%s: %d changes, expected %d at most", c.name, changes, c.changes)
		}
	}
	if got := (active{5, 5}).until(6); got < math.MaxInt64/8 {
		t.Errorf("a span that is over holds until %d only", got)
	}
}
