package statistics

import "math"

// Sample is a set of numbers summed up.
type Sample struct {
	N         int
	Mean, SD  float64 // of the sample, N - 1
	Low, High float64 // 95 % confidence interval of the mean, by Student's t; NaN for one number
}

// Of sums up x.
func Of(x []float64) Sample {
	s := Sample{N: len(x), SD: math.NaN(), Low: math.NaN(), High: math.NaN(), Mean: math.NaN()}
	if len(x) == 0 {
		return s
	}
	sum := 0.0
	for _, y := range x {
		sum += y
	}
	s.Mean = sum / float64(len(x))
	if len(x) < 2 {
		return s
	}
	squares := 0.0
	for _, y := range x {
		squares += (y - s.Mean) * (y - s.Mean)
	}
	s.SD = math.Sqrt(squares / float64(len(x)-1))
	half := StudentQuantile(0.05, float64(len(x)-1)) * s.SD / math.Sqrt(float64(len(x)))
	s.Low, s.High = s.Mean-half, s.Mean+half
	return s
}

// Paired is the differences of pairs.
type Paired struct {
	Sample
	T, P float64 // of the paired t-test, two-sided; NaN for one pair
}

// Differences compares a with b, pair by pair.
func Differences(a, b []float64) Paired {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	p := Paired{Sample: Of(d), T: math.NaN(), P: math.NaN()}
	if p.N > 1 && p.SD > 0 {
		p.T = p.Mean / (p.SD / math.Sqrt(float64(p.N)))
		p.P = StudentP(p.T, float64(p.N-1))
	}
	return p
}
