package spiketrain

import (
	"math"

	"github.com/volley-snn/volley/snn"
)

// Correlation is the mean over all pairs of trains of the Pearson correlation of
// their spike counts in bins of so many ticks of (from, until]; a last bin that is
// cut short is left out. Trains whose count never varies are left out too; NaN
// where fewer than two are left.
//
// Cost: bins plus spikes, not pairs: with counts z of mean 0 and deviation 1, the
// squared sum over trains holds every pair.
func Correlation(trains []Train, bin, from, until snn.Tick) float64 {
	bins := int((until - from) / bin)
	until = from + snn.Tick(bins)*bin
	sum, base, varying := make([]float64, bins), 0.0, 0.0
	for _, t := range trains {
		t = within(t, from, until)
		squares, count := 0.0, 0.0
		for k, x := range t {
			if k > 0 && (x-from-1)/bin != (t[k-1]-from-1)/bin {
				count = 0
			}
			squares += float64(2*count) + 1 // (count+1)^2 - count^2
			count++
		}
		mean := float64(len(t)) / float64(bins)
		variance := squares/float64(bins) - float64(mean*mean)
		if variance <= 1e-12*mean {
			continue
		}
		varying++
		sd := math.Sqrt(variance)
		base += mean / sd
		for _, x := range t {
			sum[(x-from-1)/bin] += 1 / sd
		}
	}
	if varying < 2 {
		return math.NaN()
	}
	all := 0.0
	for _, z := range sum {
		z -= base
		all += float64(z * z)
	}
	return (all/float64(bins) - varying) / float64(varying*(varying-1))
}
