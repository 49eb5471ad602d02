package spiketrain

import (
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/synchrony"
)

// Kappa is the mean of a group's kappa (see [synchrony.Kappa]) over the windows of
// so many ticks, each of bins bins, that fit (from, until], as a run measures it.
// NaN where it is defined in none.
func Kappa(trains []Train, window snn.Tick, bins int, from, until snn.Tick) float64 {
	p := synchrony.NewPopulation(synchrony.Population{
		Neurons: len(trains), Ticks: int(window), Bins: bins, Measures: []synchrony.Measure{synchrony.KappaMeasure},
	}, 0, 0)
	counter, counts, next := p.NewCounter(len(trains)), make([]int64, p.Len()), make([]int, len(trains))
	byTick := make([][]uint32, window)
	sum, seen := 0.0, 0.0
	for start := from; start+window <= until; start += window {
		for i, t := range trains {
			for next[i] < len(t) && t[next[i]] <= start {
				next[i]++
			}
			for ; next[i] < len(t) && t[next[i]] <= start+window; next[i]++ {
				k := t[next[i]] - start - 1
				byTick[k] = append(byTick[k], uint32(i))
			}
		}
		for k := range byTick {
			counter.Spikes(k+1, byTick[k])
			byTick[k] = byTick[k][:0]
		}
		counter.Close(counts)
		if kappa := p.Kappa(counts); !math.IsNaN(kappa) {
			sum += kappa
			seen++
		}
	}
	return sum / seen
}
