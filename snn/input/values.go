package input

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/random"
)

// Values is one number for each neuron of a population: List, one a neuron, or
// where List is nil a draw for each, by its index.
type Values struct {
	Dist random.Distribution
	List []float64
}

// Const is the same number for every neuron.
func Const(x float64) Values { return Values{Dist: random.Const(x)} }

// at is the number of neuron i under the key of the whole population.
func (v Values) at(key random.Key, i int) float64 {
	if v.List != nil {
		return v.List[i]
	}
	return v.Dist.Draw(key.Sub(forValues), uint64(i))
}

// of is the numbers of a slice.
func (v Values) of(s Slice) []float64 {
	x := make([]float64, s.Len())
	for i := range x {
		x[i] = v.at(s.Key, s.Lo+i)
	}
	return x
}

// largest is a bound on the numbers.
func (v Values) largest() float64 {
	if v.List == nil {
		_, high := v.Dist.Range()
		return high
	}
	high := math.Inf(-1)
	for _, x := range v.List {
		high = max(high, x)
	}
	return high
}

// check faults a list of the wrong length, and numbers below low. size < 0
// leaves the length unchecked.
func (v Values) check(name, unit string, size int, low float64) (faults []string) {
	if v.List == nil {
		if err := v.Dist.Check(); err != nil {
			return []string{fmt.Sprintf("%s: %v", name, err)}
		}
		switch bound, _ := v.Dist.Range(); {
		case bound < low && v.Dist.IsConstant():
			faults = append(faults, fmt.Sprintf("%s must be at least %g %s, is %g %s", name, low, unit, bound, unit))
		case bound < low:
			faults = append(faults, fmt.Sprintf("%s must be at least %g %s, and its draws reach down to %g %s; bound them by a min", name, low, unit, bound, unit))
		}
		return faults
	}
	if size >= 0 && len(v.List) != size {
		faults = append(faults, fmt.Sprintf("%s has %d values, and the population has %d neurons: it needs one each", name, len(v.List), size))
	}
	for i, x := range v.List {
		if !(x >= low) || math.IsInf(x, 0) {
			return append(faults, fmt.Sprintf("%s of neuron %d must be a finite number of at least %g %s, is %g", name, i, low, unit, x))
		}
	}
	return faults
}
