package spiketrain

import "math"

// CV is the coefficient of variation of a train's interspike intervals: their
// standard deviation, divided by n, over their mean. 0 for a clock, 1 for a
// Poisson process, whose rate, where it drifts, raises it. NaN for fewer than two
// intervals, or where all are 0.
func CV(train Train) float64 {
	n := float64(len(train) - 1)
	if n < 2 {
		return math.NaN()
	}
	squares := 0.0
	for k := range train[1:] {
		isi := float64(train[k+1] - train[k])
		squares += float64(isi * isi)
	}
	mean := float64(train[len(train)-1]-train[0]) / n
	if mean == 0 {
		return math.NaN()
	}
	return math.Sqrt(max(squares/n-float64(mean*mean), 0)) / mean
}

// LV is the local variation of a train's interspike intervals,
//
//	3/(n-1) sum_k ((I_k - I_k+1) / (I_k + I_k+1))^2
//
// which compares neighbours, and so hardly sees a rate that drifts: 0 for a
// clock, 1 for a Poisson process, 3/(2a+1) for gamma intervals of shape a. NaN
// for fewer than two intervals. Source: Shinomoto, Shima and Tanji 2003, Neural
// Computation 15, 2823.
func LV(train Train) float64 {
	if len(train) < 3 {
		return math.NaN()
	}
	sum := 0.0
	for k := range train[2:] {
		a, b := float64(train[k+1]-train[k]), float64(train[k+2]-train[k+1])
		if a+b > 0 {
			x := (a - b) / (a + b)
			sum += float64(x * x)
		}
	}
	return 3 * sum / float64(len(train)-2)
}

// MeanOf is the mean of a measure over the trains for which it is defined.
func MeanOf(measure func(Train) float64, trains []Train) float64 {
	sum, n := 0.0, 0.0
	for _, t := range trains {
		if x := measure(t); !math.IsNaN(x) {
			sum += x
			n++
		}
	}
	return sum / n
}
