package statistics

import (
	"math"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %g, expected %g", what, got, want)
	}
}

// Values that tables of Student's distribution have, and closed forms: with one
// degree of freedom it is Cauchy's, with two algebraic.
func TestStudent(t *testing.T) {
	near(t, "95 % of 9", StudentQuantile(0.05, 9), 2.262157, 1e-6)
	near(t, "99 % of 4", StudentQuantile(0.01, 4), 4.604095, 1e-6)
	near(t, "95 % of 1e6", StudentQuantile(0.05, 1e6), 1.959966, 1e-5)
	for _, x := range []float64{0, 0.3, 1, 2.5, 40} {
		near(t, "Cauchy", StudentP(x, 1), 1-2/math.Pi*math.Atan(x), 1e-12)
		near(t, "two degrees", StudentP(-x, 2), 1-x/math.Sqrt(2+x*x), 1e-12)
	}
}

func TestSampleAndDifferences(t *testing.T) {
	s := Of([]float64{1, 2, 3, 4})
	near(t, "mean", s.Mean, 2.5, 0)
	near(t, "deviation", s.SD, math.Sqrt(5./3), 1e-15)
	near(t, "upper bound", s.High, 2.5+3.182446*math.Sqrt(5./12), 1e-5)
	if one := Of([]float64{7}); one.Mean != 7 || !math.IsNaN(one.Low) {
		t.Errorf("of one number: %+v", one)
	}
	p := Differences([]float64{2, 4, 7}, []float64{1, 2, 4})
	near(t, "t", p.T, 2/(1/math.Sqrt(3)), 1e-12)
	near(t, "p", p.P, StudentP(2*math.Sqrt(3), 2), 1e-12)
}

func TestHolm(t *testing.T) {
	got := Holm([]float64{0.01, math.NaN(), 0.04, 0.03, 0.9})
	for i, want := range []float64{0.04, math.NaN(), 0.09, 0.09, 0.9} {
		if math.IsNaN(want) != math.IsNaN(got[i]) || math.Abs(got[i]-want) > 1e-12 {
			t.Errorf("%d: %g, expected %g", i, got[i], want)
		}
	}
}

func TestMcNemar(t *testing.T) {
	near(t, "5 of 6", McNemar(5, 1), 2*7./64, 1e-12)
	near(t, "no difference", McNemar(0, 0), 1, 0)
	near(t, "even", McNemar(10, 10), 1, 0)
	near(t, "symmetric", McNemar(30, 55), McNemar(55, 30), 0)
}
