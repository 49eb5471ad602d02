package kernel

import (
	"fmt"
	"math"
)

// A receptor's weights lie on a grid of quanta, a power of two of its unit, so
// that what lands on a neuron in a tick is a sum of integers: the same for every
// order, layout and cut. Two bounds choose the grid: gridBits of resolution
// below the largest weight, and an int32 that no tick's sum can overflow.
const (
	gridBits = 20
	sumBits  = 30
)

// grid gathers what may land on one receptor of one population.
type grid struct {
	largest float64 // largest |weight|
	sum     float64 // largest |sum| of one tick, all sources firing at once
	fixed   float64 // quantum that the model demands, or 0
}

func (g *grid) add(weight float64, perTick float64) {
	weight = math.Abs(weight)
	g.largest = max(g.largest, weight)
	g.sum += float64(weight * perTick)
}

// quantum is the size of the grid. An error says which bound a demanded quantum breaks.
func (g *grid) quantum(where string) (float64, error) {
	if g.largest == 0 {
		return 1, nil
	}
	finest := powerOfTwoAbove(g.sum) / (1 << sumBits)
	if g.fixed > 0 {
		if frac, _ := math.Frexp(g.fixed); frac != 0.5 {
			return 0, fmt.Errorf("%s: weight_quantum %g is not a power of two", where, g.fixed)
		}
		if g.fixed < finest {
			return 0, fmt.Errorf("%s: weight_quantum %g is too fine: a tick's input may reach %g, and its sum of quanta would not fit 31 bits; use %g or more", where, g.fixed, g.sum, finest)
		}
		return g.fixed, nil
	}
	return max(powerOfTwoAbove(g.largest)/(1<<gridBits), finest), nil
}

// powerOfTwoAbove is the smallest power of two that is at least x > 0.
func powerOfTwoAbove(x float64) float64 {
	frac, exp := math.Frexp(x)
	if frac == 0.5 {
		exp--
	}
	return math.Ldexp(1, exp)
}

// quanta rounds a weight to its grid, to nearest even. inverse is 1/quantum;
// |weight| must lie inside the grid's bounds.
func quanta(weight, inverse float64) int32 {
	return int32(math.Float64bits(float64(weight*inverse) + 0x1.8p52))
}
