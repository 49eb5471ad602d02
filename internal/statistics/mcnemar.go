package statistics

import "math"

// McNemar is the exact two-sided chance that, of the samples that one of two
// classifiers told right and the other wrong, so uneven a share falls to one: onlyA
// that a alone got right, onlyB that b did. 1 where they never differ.
func McNemar(onlyA, onlyB int) float64 {
	n, least := onlyA+onlyB, min(onlyA, onlyB)
	if n == 0 {
		return 1
	}
	all, _ := math.Lgamma(float64(n + 1))
	sum := 0.0
	for k := range least + 1 {
		a, _ := math.Lgamma(float64(k + 1))
		b, _ := math.Lgamma(float64(n - k + 1))
		sum += math.Exp(all - a - b - float64(n)*math.Ln2)
	}
	return min(1, 2*sum)
}
