// Package results turns what a run ended with into what it found.
package results

import (
	"math"
	"slices"
)

// Detection says how well scores tell the members of a planted group.
type Detection struct {
	AUC       float64 // chance that a member scores above another; 0.5 is guessing
	Threshold float64
	Precision float64 // members among those at the threshold or above; NaN where there is none
	Recall    float64 // of the members, how many are at the threshold or above
}

// Detect compares scores, one a source, with the members' indices.
func Detect(scores []float64, members []int, threshold float64) Detection {
	is := make([]bool, len(scores))
	for _, m := range members {
		is[m] = true
	}
	d := Detection{AUC: auc(scores, is), Threshold: threshold}
	called, right := 0, 0
	for i, s := range scores {
		if s >= threshold {
			called++
			if is[i] {
				right++
			}
		}
	}
	d.Precision = float64(right) / float64(called)
	d.Recall = float64(right) / float64(len(members))
	return d
}

// auc is the area under the ROC curve, by ranks; ties count half.
func auc(scores []float64, is []bool) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case scores[a] < scores[b]:
			return -1
		case scores[a] > scores[b]:
			return 1
		}
		return 0
	})
	below, wins, members := 0.0, 0.0, 0.0
	for k := 0; k < len(order); {
		var in, out float64
		same := scores[order[k]]
		for ; k < len(order) && scores[order[k]] == same; k++ {
			if is[order[k]] {
				in++
			} else {
				out++
			}
		}
		wins += in * (below + out/2)
		below += out
		members += in
	}
	if members == 0 || below == 0 {
		return math.NaN()
	}
	return wins / (members * below)
}
