package synchrony

import "math"

// Fano is the Fano factor of a group's spike count: the variance over the bins of
// a window, divided by K-1, over the mean. 1 on average for independent Poisson
// neurons at a steady rate, N for N Poisson trains that are one and the same. NaN
// for a silent window or a single bin.
func Fano(spikes []int64) float64 {
	sum, squares := 0.0, 0.0
	for _, n := range spikes {
		sum += float64(n)
		squares += float64(float64(n) * float64(n))
	}
	bins := float64(len(spikes))
	if sum == 0 || bins < 2 {
		return math.NaN()
	}
	return (float64(bins*squares) - float64(sum*sum)) / float64((bins-1)*sum)
}
