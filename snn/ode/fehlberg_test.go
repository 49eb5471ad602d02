package ode

import (
	"math"
	"testing"
)

// oscillator is y” = -y: after t, (cos t, -sin t) from (1, 0).
type oscillator struct{ slopes int }

func (o *oscillator) Slope(y, dydt *Vector) {
	o.slopes++
	dydt[0], dydt[1] = y[1], -y[0]
}

// integrate goes to end, and returns the state, the steps taken and the last size.
func integrate(s System, n int, tol Tolerance, end, h float64, y Vector) (Vector, int, float64) {
	f := Fehlberg{N: n}
	steps := 0
	for t := 0.0; t < end; steps++ {
		t = f.Step(s, tol, t, end, &h, &y)
	}
	return y, steps, h
}

func TestOscillator(t *testing.T) {
	for _, tol := range []Tolerance{Absolute(1e-6), Absolute(1e-9), BySlope(1e-8)} {
		y, steps, _ := integrate(&oscillator{}, 2, tol, 10, 0.1, Vector{1, 0})
		off := math.Hypot(y[0]-math.Cos(10), y[1]+math.Sin(10))
		if off > 10*tol.Abs*float64(steps) || steps > 300 {
			t.Errorf("tolerance %g: %g off after %d steps", tol.Abs, off, steps)
		}
	}
}

// The result must be of order 5, and the error estimate of the difference that the
// two orders make: halving the step takes 32 and 32 off them.
func TestOrders(t *testing.T) {
	one := func(h float64) (off, estimate float64) {
		f := Fehlberg{N: 2, y0: Vector{1, 0}}
		s := &oscillator{}
		y := f.y0
		s.Slope(&y, &f.k[0])
		f.stages(s, h, &y)
		return math.Hypot(y[0]-math.Cos(h), y[1]+math.Sin(h)), f.ratio(s, Absolute(1), h, &y)
	}
	off1, estimate1 := one(0.2)
	off2, estimate2 := one(0.1)
	if order := math.Log2(off1 / off2); order < 5.8 || order > 6.8 {
		t.Errorf("the local error is of order %.2f, want about 6", order)
	}
	if order := math.Log2(estimate1 / estimate2); order < 4.8 || order > 5.8 {
		t.Errorf("the estimate is of order %.2f, want about 5", order)
	}
}

// stiff relaxes in a microsecond.
type stiff struct{}

func (stiff) Slope(y, dydt *Vector) { dydt[0] = -1e3 * (y[0] - 1) }

func TestStepsShrinkAndGrow(t *testing.T) {
	y, steps, h := integrate(stiff{}, 1, Absolute(1e-6), 1, 1, Vector{})
	if math.Abs(y[0]-1) > 1e-6 {
		t.Errorf("ends at %v, want 1", y[0])
	}
	if steps < 10 || steps > 1000 || h > 0.01 {
		t.Errorf("%d steps, the last of %g", steps, h)
	}
	if _, _, h := integrate(&oscillator{}, 2, Absolute(1e-3), 1, 1e-6, Vector{1, 0}); h < 0.1 {
		t.Errorf("the step stays at %g", h)
	}
}

// blowUp is y' = y^2: infinite at t = 1.
type blowUp struct{}

func (blowUp) Slope(y, dydt *Vector) { dydt[0] = y[0] * y[0] }

func TestASingularityEnds(t *testing.T) {
	f := Fehlberg{N: 1}
	y, h, now := Vector{1}, 0.1, 0.0
	for range 2000 {
		next := f.Step(blowUp{}, Absolute(1e-6), now, 2, &h, &y)
		if next <= now {
			t.Fatalf("no progress at %v", now)
		}
		if now = next; now >= 2 {
			return
		}
	}
	if now < 0.999 || now > 1.001 {
		t.Errorf("after 2000 steps at %v, where the singularity is at 1", now)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	f, s, h := &Fehlberg{N: 2}, &oscillator{}, 0.1
	y := &Vector{1, 0}
	if n := testing.AllocsPerRun(100, func() { f.Step(s, BySlope(1e-6), 0, 0.1, &h, y) }); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}

func BenchmarkStep(b *testing.B) {
	f, s, h := &Fehlberg{N: 2}, &oscillator{}, 0.1
	y := &Vector{1, 0}
	for b.Loop() {
		f.Step(s, Absolute(1e-3), 0, 0.1, &h, y)
	}
}
