// Package partition decides how a network is cut and where the parts live. It is
// pure: the same inputs give the same plan.
package partition

import "github.com/volley-snn/volley/snn"

// Cut divides the GIDs [0, len) among n contiguous ranges of about equal cost.
// cost[g] is the cost of neuron g in any unit; n is at least 1. Ranges are never
// empty where there are at least n GIDs.
func Cut(cost []float64, n int) []snn.Range {
	total := 0.0
	for _, c := range cost {
		total += c
	}
	ranges := make([]snn.Range, 0, n)
	first, done := 0, 0.0
	for k := 1; k <= n; k++ {
		end, limit := first, total*float64(k)/float64(n)
		most := len(cost) - (n - k) // leave one for each range to come
		for end < most && (k == n || end == first || done+float64(cost[end]/2) < limit) {
			done += cost[end]
			end++
		}
		ranges = append(ranges, snn.Range{First: snn.GID(first), End: snn.GID(end)})
		first = end
	}
	return ranges
}
