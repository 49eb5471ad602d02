package ssdp

import "math"

// Gate scales a window's update by 1 + K (x - mean)/sd, clipped to [0, 2], where
// x is a synchrony measure of the window, and mean and deviation run over
// Windows windows. The zero Gate is always 1.
type Gate struct {
	K       float64
	Windows int

	seen           int
	mean, variance float64
}

// Open takes a window's measure and returns its factor. While fewer than two
// windows have been seen, or all were alike, it is 1.
func (g *Gate) Open(x float64) float64 {
	if g.Windows == 0 || math.IsNaN(x) {
		return 1
	}
	factor := 1.0
	if sd := math.Sqrt(g.variance); g.seen >= 2 && sd > 0 {
		factor = min(max(1+float64(g.K*(x-g.mean))/sd, 0), 2)
	}
	g.seen++
	share := 1 / float64(min(g.seen, g.Windows))
	d := x - g.mean
	g.mean += float64(share * d)
	g.variance = float64((1 - share) * (g.variance + float64(share*d*d)))
	return factor
}
