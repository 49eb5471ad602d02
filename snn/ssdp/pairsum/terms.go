package pairsum

import "math"

// Terms is what a call adds up.
type Terms struct {
	Post, Pre *Active   // of the same samples
	States    int       // 1 to MaxStates
	Table     []float64 // len States*States, row-major by post state
	Factor    []float64 // len samples: what scales the table in a sample
	U         []float64 // len Post.Neurons, or nil for 0
	V         []float64 // len Pre.Neurons, or nil for 0
	RankTwo   *RankTwo  // nil for 0
}

// RankTwo is the matrix a[j] x[i] + y[j] q[i], subtracted in float32.
type RankTwo struct {
	A, Y []float32 // len Post.Neurons
	X, Q []float32 // len Pre.Neurons
}

// Pairs is the number of sums of two active neurons: what a call costs at most.
func (t *Terms) Pairs() int {
	n := 0
	for b := range t.Post.Samples() {
		n += len(t.Post.Of(b)) * len(t.Pre.Of(b))
	}
	return n
}

const (
	valueBits  = 28   // of a value of the table, off its least
	sumBits    = 35   // of u and v
	leastPower = -126 // of the quantum: the least normal float32
)

// quantum is the power of two in which values are counted: the least that keeps
// each factor x table within valueBits from the least to the greatest, 0 among
// them, and u and v within sumBits.
func (t *Terms) quantum() float64 {
	least, most := span(t.Table)
	low, high := span(t.Factor)
	top := max(high*most, low*least, 0)
	bottom := min(high*least, low*most, 0)
	power := leastPower
	if s := top - bottom; s > 0 {
		_, e := math.Frexp(s)
		power = max(power, e-valueBits)
		if q := math.Ldexp(1, power); nearest(top/q)-nearest(bottom/q) >= 1<<valueBits {
			power++
		}
	}
	for _, x := range [][]float64{t.U, t.V} {
		least, most := span(x)
		if s := max(most, -least); s > 0 {
			_, e := math.Frexp(s)
			power = max(power, e-sumBits)
		}
	}
	return math.Ldexp(1, power)
}

// span is the least and the greatest of x.
func span(x []float64) (least, most float64) {
	if len(x) == 0 {
		return 0, 0
	}
	least, most = x[0], x[0]
	for _, y := range x {
		least, most = min(least, y), max(most, y)
	}
	return least, most
}

// nearest is the integer nearest to x.
func nearest(x float64) int64 { return int64(math.Floor(float64(x) + 0.5)) }
