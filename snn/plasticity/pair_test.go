package plasticity

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// state draws targets with up to more spikes than a record holds, and the
// constants of crossings that find some of them pending.
func state(r *rand.Rand, targets int) (t Targets, history [][]float32, rows []PairRow) {
	clock := NewClock(20, 0.1)
	t, history = NewTargets(targets), make([][]float32, targets)
	for at := int64(1); at < 1500; at++ {
		down := clock.Down(clock.At(at))
		for range r.IntN(3) {
			j := r.IntN(targets)
			t.Arrive(uint32(j), down)
			t.Records[j].Up += clock.Up(1, clock.At(at))
			history[j] = append(history[j], down)
		}
	}
	for range 1 + r.IntN(6) {
		rows = append(rows, PairRow{
			Plus: clock.Up(0.01+r.Float64(), clock.At(1000)), Since: clock.Down(clock.At(int64(1000 + r.IntN(500)))), Minus: clock.Factor(0.5, clock.At(1501)),
			Max: 100, Inverse: 1 << 10, SoftPlus: r.IntN(2) == 0, SoftMinus: r.IntN(2) == 0,
		})
	}
	return t, history, rows
}

// send sends crossings of rows of n synapses, and returns the weights and sums.
func send[T Index](t Targets, history [][]float32, rows []PairRow, n int, r *rand.Rand, exact *int) (weights []float32, sums []int32) {
	sums = make([]int32, len(t.Records))
	for _, row := range rows {
		c := Crossing[T]{PairRow: row, W: make([]float32, n), Onto: make([]T, n)}
		for k := range n {
			c.Onto[k] = T(r.IntN(len(t.Records))) // some targets several times
			c.W[k] = float32(r.Float64() * 100)
			if r.IntN(8) == 0 {
				c.W[k] = float32(r.IntN(2) * 100)
			}
		}
		c.Exact = func(w float32, j int) float32 {
			*exact++
			for _, down := range history[j] {
				if down < row.Since {
					w = row.Post(w, float32(row.Plus*down))
				}
			}
			return w
		}
		Cross(&c, &c, t, sums)
		weights = append(weights, c.W...)
	}
	return weights, sums
}

// The assembly takes narrow rows and the loop wide ones: the bits must be the same.
func TestAssemblyHasTheBitsOfTheLoop(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	exact, added := 0, int64(0)
	for round := range uint64(200) {
		targets, history, rows := state(r, 1+r.IntN(3000>>r.IntN(8)))
		n := r.IntN(600)
		w, sums := send[uint16](targets, history, rows, n, rand.New(rand.NewPCG(3, round)), &exact)
		wantW, wantSums := send[uint32](targets, history, rows, n, rand.New(rand.NewPCG(3, round)), &exact)
		if !slices.Equal(w, wantW) || !slices.Equal(sums, wantSums) {
			t.Fatalf("round %d: %d synapses onto %d targets: assembly and loop differ", round, n, len(sums))
		}
		for _, sum := range sums {
			added += int64(sum)
		}
	}
	if exact < 1000 || added < 1e9 {
		t.Errorf("only %d targets had more spikes than a record, %d quanta were added: little is compared", exact, added)
	}
}

// So it is where weights only are delivered.
func TestDeliverHasTheBitsOfTheLoop(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	for range 100 {
		n, targets := r.IntN(100), 1+r.IntN(50)
		w, narrow, wide := make([]float32, n), make([]uint16, n), make([]uint32, n)
		for k := range n {
			j := r.IntN(targets)
			w[k], narrow[k], wide[k] = float32(r.NormFloat64()*50), uint16(j), uint32(j)
		}
		sums, want := make([]int32, targets), make([]int32, targets)
		Deliver(w, narrow, 1<<8, sums)
		Deliver(w, wide, 1<<8, want)
		if !slices.Equal(sums, want) {
			t.Fatalf("%d synapses onto %d targets: %v, the loop gives %v", n, targets, sums, want)
		}
	}
}

// Exponentials of a clock against math.Exp, over moves of the base and at late ticks.
func TestClock(t *testing.T) {
	for _, tau := range []float64{0.5, 3, 20, 1000} {
		c := NewClock(tau, 0.1)
		for _, start := range []int64{0, 1 << 20, 1 << 40} {
			c.Move(start)
			down, up := c.Down(c.At(start)), c.Up(1, c.At(start))
			for gap := int64(1); float64(gap)*0.1/tau < 30; gap += 1 + gap/7 {
				at := start + gap
				if powers := float64(gap) * 0.1 / tau * math.Log2E; c.Due(at) != (powers > span) && math.Abs(powers-span) > 1+math.Log2E*0.1/tau {
					t.Errorf("tau %v: %v powers from the base, due is %v", tau, powers, c.Due(at))
				}
				want := math.Exp(-float64(gap) * 0.1 / tau)
				for name, got := range map[string]float64{
					"down": float64(c.Down(c.At(at))) / float64(down), "up": float64(up) / float64(c.Up(1, c.At(at))),
					"product": float64(c.Up(1, c.At(start)) * c.Down(c.At(at))), "factor": float64(c.Factor(1, c.At(at)) * up),
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
			x := a.Up(0.3, a.At(at)) * a.Down(a.At(at+gap))
			if y := b.Up(0.3, b.At(at)) * b.Down(b.At(at+gap)); x != y {
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
		if !(c.Down(c.At(at+1)) < c.Down(c.At(at))) {
			t.Fatalf("ticks %d and %d are one", at, at+1)
		}
	}
}
