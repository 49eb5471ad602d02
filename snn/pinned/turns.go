package pinned

import "math"

// SinTurns is sin(2 pi x). Whole turns are taken off without rounding, so a late
// time is as good as an early one; the Taylor polynomial on an eighth of a turn
// either way is exact to about one unit in the last place.
func SinTurns(x float64) float64 { return turned(x, 0) }

// CosTurns is cos(2 pi x), as exact as SinTurns.
func CosTurns(x float64) float64 { return turned(x, 1) }

// turned is the sine of x turns and so many quarters.
func turned(x float64, quarters int) float64 {
	x -= math.Floor(x)
	quarter := math.Floor(float64(x*4) + 0.5)
	r := float64((x - float64(quarter/4)) * (2 * math.Pi))
	r2 := float64(r * r)
	var y float64
	switch (int(quarter) + quarters) & 3 {
	case 0:
		y = sinNear(r, r2)
	case 1:
		y = cosNear(r2)
	case 2:
		y = -sinNear(r, r2)
	case 3:
		y = -cosNear(r2)
	}
	return y
}

func sinNear(r, r2 float64) float64 {
	y := -1 / 1307674368000.0
	y = math.FMA(y, r2, 1/6227020800.0)
	y = math.FMA(y, r2, -1/39916800.0)
	y = math.FMA(y, r2, 1/362880.0)
	y = math.FMA(y, r2, -1/5040.0)
	y = math.FMA(y, r2, 1/120.0)
	y = math.FMA(y, r2, -1/6.0)
	return math.FMA(float64(y*r2), r, r)
}

func cosNear(r2 float64) float64 {
	y := 1 / 20922789888000.0
	y = math.FMA(y, r2, -1/87178291200.0)
	y = math.FMA(y, r2, 1/479001600.0)
	y = math.FMA(y, r2, -1/3628800.0)
	y = math.FMA(y, r2, 1/40320.0)
	y = math.FMA(y, r2, -1/720.0)
	y = math.FMA(y, r2, 1/24.0)
	y = math.FMA(y, r2, -0.5)
	return math.FMA(y, r2, 1)
}
