package plasticity

import (
	"math"
	"math/rand/v2"
	"testing"
)

// crossing draws targets with up to more spikes than a record holds, and a spike
// that finds some of them pending.
func crossing(r *rand.Rand, targets int) (c Crossing, history [][]float32) {
	clock := NewClock(20, 0.1)
	c.Records = NewPostRecords(targets)
	c.Sums = make([]int32, targets)
	history = make([][]float32, targets)
	for t := int64(1); t < 1500; t++ {
		down := clock.Down(clock.Mark(t))
		for range r.IntN(3) {
			j := r.IntN(targets)
			c.Records[j].Arrive(down)
			c.Records[j].Up += clock.Up(1, t)
			history[j] = append(history[j], down)
		}
	}
	c.AdditiveRow = AdditiveRow{
		Plus: clock.Up(0.01+r.Float64(), 1000), Since: clock.Down(clock.Mark(int64(1000 + r.IntN(500)))), Minus: clock.Factor(0.5, 1501),
		Max: 100, Inverse: 1 << 10,
	}
	c.Exact = func(w float32, j int) float32 {
		for _, down := range history[j] {
			if down < c.Since {
				w += float32(c.Plus * down)
			}
		}
		return w
	}
	return c, history
}

// The assembly takes narrow rows and the loop wide ones: the bits must be the same.
func TestAssemblyHasTheBitsOfTheLoop(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	exact := 0
	for range 300 {
		targets := 1 + r.IntN(300)
		c, _ := crossing(r, targets)
		n := r.IntN(200)
		narrow, wide := Row[uint16]{make([]float32, n), make([]uint16, n)}, Row[uint32]{make([]float32, n), make([]uint32, n)}
		for k := range n {
			j := r.IntN(targets) // some targets several times
			narrow.Targets[k], wide.Targets[k] = uint16(j), uint32(j)
			narrow.W[k] = float32(r.Float64() * 100)
			if r.IntN(8) == 0 {
				narrow.W[k] = float32(r.IntN(2) * 100)
			}
			if c.Pending(&c.Records[j]) == Arrivals {
				exact++
			}
		}
		copy(wide.W, narrow.W)
		other := c
		other.Sums = make([]int32, targets)
		Cross(&c, narrow, Row[uint16]{})
		Cross(&other, wide, Row[uint32]{})
		for k := range n {
			if narrow.W[k] != wide.W[k] {
				t.Fatalf("weight %d of %d is %v, the loop gives %v", k, n, narrow.W[k], wide.W[k])
			}
		}
		for j := range c.Sums {
			if c.Sums[j] != other.Sums[j] {
				t.Fatalf("target %d gets %d quanta, from the loop %d", j, c.Sums[j], other.Sums[j])
			}
		}
	}
	if exact < 100 {
		t.Errorf("only %d targets had more spikes than a record: little is compared", exact)
	}
}

// Exponentials of a clock against math.Exp, over moves of the base and at late ticks.
func TestClock(t *testing.T) {
	for _, tau := range []float64{0.5, 3, 20, 1000} {
		c := NewClock(tau, 0.1)
		for _, start := range []int64{0, 1 << 20, 1 << 40} {
			c.Move(start)
			down, up := c.Down(c.Mark(start)), c.Up(1, start)
			for gap := int64(1); float64(gap)*0.1/tau < 30; gap += 1 + gap/7 {
				at := start + gap
				if powers := float64(gap) * 0.1 / tau * math.Log2E; c.Due(at) != (powers > span) && math.Abs(powers-span) > 1+math.Log2E*0.1/tau {
					t.Errorf("tau %v: %v powers from the base, due is %v", tau, powers, c.Due(at))
				}
				want := math.Exp(-float64(gap) * 0.1 / tau)
				for name, got := range map[string]float64{
					"down": float64(c.Down(c.Mark(at))) / float64(down), "up": float64(up) / float64(c.Up(1, at)),
					"product": float64(c.Up(1, start) * c.Down(c.Mark(at))), "factor": float64(c.Factor(1, at) * up),
				} {
					if math.Abs(got-want) > 4e-7*want {
						t.Errorf("tau %v, %d ticks from %d: %s gives %v, expected %v", tau, gap, start, name, got, want)
					}
				}
			}
		}
	}
}

// Moving the base changes no bit of a product.
func TestMovingTheBaseRoundsNothing(t *testing.T) {
	a, b := NewClock(7, 0.1), NewClock(7, 0.1)
	for at := int64(1000); at < 1400; at += 13 {
		if at%3 == 0 {
			b.Move(at)
		}
		for gap := int64(1); gap < 300; gap += 17 {
			x := a.Up(0.3, at) * a.Down(a.Mark(at+gap))
			if y := b.Up(0.3, at) * b.Down(b.Mark(at+gap)); x != y {
				t.Fatalf("%d ticks from %d: %v, and %v from another base", gap, at, x, y)
			}
		}
	}
}

// Neighbouring ticks stay apart at the longest time constant that a clock serves.
func TestClockTellsTicksApart(t *testing.T) {
	tau := 0.1 / tooFine
	if !ClockServes(tau, 0.1) || ClockServes(tau*1.01, 0.1) || ClockServes(0.1/tooCoarse/1.01, 0.1) {
		t.Fatal("the bounds of a clock are not where they are said to be")
	}
	c := NewClock(tau, 0.1)
	for at := int64(1); at < 1<<22; at += 1013 {
		if !(c.Down(c.Mark(at+1)) < c.Down(c.Mark(at))) {
			t.Fatalf("ticks %d and %d are one", at, at+1)
		}
	}
}
