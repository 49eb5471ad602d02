package spiketrain

import "math"

// VoltageChi is Golomb and Rinzel's chi of voltage traces: the standard deviation
// over time of the group's mean voltage, over the root of the mean variance of a
// single trace. 1 where all traces are one and the same, about 1/sqrt(n) where
// they are independent. v: a trace a neuron, of equal length, in mV. NaN where
// there is none, or none varies.
func VoltageChi(v [][]float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	mean, each := make([]float64, len(v[0])), 0.0
	for _, trace := range v {
		for k, x := range trace {
			mean[k] += x / float64(len(v))
		}
		each += variance(trace) / float64(len(v))
	}
	if !(each > 0) {
		return math.NaN()
	}
	return math.Sqrt(variance(mean) / each)
}

func variance(xs []float64) (v float64) {
	mean := 0.0
	for _, x := range xs {
		mean += x
	}
	mean /= float64(len(xs))
	for _, x := range xs {
		v += float64((x - mean) * (x - mean))
	}
	return v / float64(len(xs))
}
