package ode

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
)

// Fehlberg takes embedded Runge-Kutta steps of order 4 and 5 (Fehlberg 1969) of
// a system of N variables, and goes on with the result of order 5. The step size
// is the caller's: it is part of the state of what is integrated.
//
// The size is controlled as the GNU Scientific Library's manual describes its
// standard control (Ordinary Differential Equations, Adaptive Step-size Control):
// with r the largest ratio of estimated to tolerated error, a step with r > 1.1 is
// undone and tried again at 0.9 r^(-1/5) of its size, and after a step with
// r < 0.5 the size grows by 0.9 r^(-1/6); either by a factor of 5 at most.
type Fehlberg struct {
	N int

	k           [6]Vector // slopes
	y0, at, end Vector    // before the step, at a stage, slope after the step
}

// Fehlberg's coefficients: those of the stages, of the result, and of the
// difference between the results of order 5 and 4.
const (
	a21                     = 1. / 4
	a31, a32                = 3. / 32, 9. / 32
	a41, a42, a43           = 1932. / 2197, -7200. / 2197, 7296. / 2197
	a51, a52, a53, a54      = 439. / 216, -8., 3680. / 513, -845. / 4104
	a61, a62, a63, a64, a65 = -8. / 27, 2., -3544. / 2565, 1859. / 4104, -11. / 40

	b1, b3, b4, b5, b6 = 16. / 135, 6656. / 12825, 28561. / 56430, -9. / 50, 2. / 55
	e1, e3, e4, e5, e6 = 1. / 360, -128. / 4275, -2197. / 75240, 1. / 50, 2. / 55
)

// Step takes y from t to the time that it returns: t + *h, or end where that is
// nearer. It leaves in *h the size for the next step. A step that cannot shrink
// further, since t + h would be t, is taken whatever its error.
func (f *Fehlberg) Step(s System, tol Tolerance, t, end float64, h *float64, y *Vector) float64 {
	f.y0 = *y
	s.Slope(y, &f.k[0])
	size := *h
	for {
		last := size > end-t
		next := t + size
		if last {
			size, next = end-t, end
		}
		f.stages(s, size, y)
		was := size
		ratio := f.ratio(s, tol, size, y)
		switch {
		case ratio > 1.1:
			size = float64(size * shrink(ratio))
			if size < was && next+size != next {
				*y = f.y0
				continue
			}
			size = was
		case ratio < 0.5:
			size = float64(size * grow(ratio))
		}
		*h = size
		return next
	}
}

// shrink is the factor for the size of a step whose error was ratio times too
// large; where it is at its bound, the power is spared.
func shrink(ratio float64) float64 {
	if ratio > 1846 { // (0.9 / 0.2)^5
		return 0.2
	}
	return max(0.9/pinned.Pow(ratio, 1./5), 0.2)
}

// grow is the factor after a step whose error was small.
func grow(ratio float64) float64 {
	if ratio < 3.4e-5 { // (0.9 / 5)^6
		return 5
	}
	return min(max(0.9/pinned.Pow(ratio, 1./6), 1), 5)
}

// stages evaluates the six slopes of a step of size h, and moves y by it.
func (f *Fehlberg) stages(s System, h float64, y *Vector) {
	k, at, y0 := &f.k, &f.at, &f.y0
	for i := range f.N {
		at[i] = y0[i] + float64(a21*h*k[0][i])
	}
	s.Slope(at, &k[1])
	for i := range f.N {
		at[i] = y0[i] + float64(h*(float64(a31*k[0][i])+float64(a32*k[1][i])))
	}
	s.Slope(at, &k[2])
	for i := range f.N {
		at[i] = y0[i] + float64(h*(float64(a41*k[0][i])+float64(a42*k[1][i])+float64(a43*k[2][i])))
	}
	s.Slope(at, &k[3])
	for i := range f.N {
		at[i] = y0[i] + float64(h*(float64(a51*k[0][i])+float64(a52*k[1][i])+float64(a53*k[2][i])+float64(a54*k[3][i])))
	}
	s.Slope(at, &k[4])
	for i := range f.N {
		at[i] = y0[i] + float64(h*(float64(a61*k[0][i])+float64(a62*k[1][i])+float64(a63*k[2][i])+float64(a64*k[3][i])+float64(a65*k[4][i])))
	}
	s.Slope(at, &k[5])
	for i := range f.N {
		y[i] = y0[i] + float64(h*(float64(b1*k[0][i])+float64(b3*k[2][i])+float64(b4*k[3][i])+float64(b5*k[4][i])+float64(b6*k[5][i])))
	}
}

// ratio is the largest ratio of the error of the last step, of size h to y, to
// what is tolerated.
func (f *Fehlberg) ratio(s System, tol Tolerance, h float64, y *Vector) float64 {
	if tol.Slope > 0 {
		s.Slope(y, &f.end)
	}
	k, largest := &f.k, 0x1p-1022
	for i := range f.N {
		err := float64(h * (float64(e1*k[0][i]) + float64(e3*k[2][i]) + float64(e4*k[3][i]) + float64(e5*k[4][i]) + float64(e6*k[5][i])))
		allowed := tol.Abs + float64(tol.Rel*(float64(tol.State*math.Abs(y[i]))+float64(tol.Slope*math.Abs(h*f.end[i]))))
		switch r := math.Abs(err) / allowed; {
		case math.IsNaN(r): // a stage left all numbers: the step was far too long
			return math.Inf(1)
		case r > largest:
			largest = r
		}
	}
	return largest
}
