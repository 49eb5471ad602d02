package statistics

import (
	"math"
	"slices"
)

// Holm corrects the chances of several comparisons (Holm 1979). NaN stays NaN and
// does not count.
func Holm(p []float64) []float64 {
	order := []int{}
	for i, x := range p {
		if !math.IsNaN(x) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	out := slices.Clone(p)
	most := 0.0
	for rank, i := range order {
		most = max(most, min(1, float64(len(order)-rank)*p[i]))
		out[i] = most
	}
	return out
}
