package synchrony

import "math"

// Kappa is the share of coincidences beyond chance: of the pairs of neurons that
// may fire in the same bin, how many do more than chance would give.
//
//	kappa = (sum_k n_k (n_k - 1) - E) / ((N - 1) sum_k n_k - E)
//	E     = ((sum_k n_k)^2 - sum_i c_i^2) / K
//
// neurons is N; fired[k] is n_k, the neurons that fired in bin k of K; squares is
// sum_i c_i^2, c_i the bins in which neuron i fired.
//
// E is what each neuron's own c_i gives if its bins are dealt at random, so kappa
// is 0 on average for independent neurons at any mixture of rates, as long as
// these do not change within the window; 1 for identical trains. A rate that all
// share and that changes within the window raises it too: beside it a report
// shows the kappa of jittered spikes. NaN where nothing fired, or there is one
// neuron, or all fired in every bin.
func Kappa(neurons int, fired []int64, squares int64) float64 {
	sum, pairs := 0.0, 0.0
	for _, n := range fired {
		sum += float64(n)
		pairs += float64(float64(n) * float64(n-1))
	}
	chance := (float64(sum*sum) - float64(squares)) / float64(len(fired))
	most := float64(float64(neurons-1)*sum) - chance
	if most <= 0 {
		return math.NaN()
	}
	return (pairs - chance) / most
}
