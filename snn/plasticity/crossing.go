package plasticity

import "math"

// Index is how a row names its targets.
type Index interface{ uint16 | uint32 }

// Crossing is a source's spike on its way over the synapses of the source.
type Crossing[T Index] struct {
	PairRow
	W    []float32
	Onto []T // target of each synapse

	// Exact is a weight onto target j with all pending spikes added: for targets
	// that have more than their records hold.
	Exact func(w float32, j int) float32
}

// Cross changes the weights of a crossing and adds what the spike carries to the
// sums of its targets. What crossing next needs is fetched meanwhile.
func Cross[T Index](c, next *Crossing[T], t Targets, sums []int32) {
	for k := 0; k < len(c.W); {
		if did := assembled(c, next, k, t, sums); did > 0 {
			k += did
			continue
		}
		end := min(k+lanes, len(c.W))
		if !assembles[T]() {
			end = len(c.W)
		}
		c.loop(k, end, t, sums)
		k = end
	}
}

// Deliver adds weights as they are to the sums of their targets; inverse is quanta
// in the weight's unit, a power of two.
func Deliver[W float32 | float64, T Index](w []W, onto []T, inverse float64, sums []int32) {
	k := delivered(w, onto, inverse, sums)
	w = w[k:]
	for i, j := range onto[k:] {
		sums[j] += int32(math.Float64bits(float64(float64(w[i])*inverse) + 0x1.8p52))
	}
}

// lanes is how many synapses the assembly takes at once.
const lanes = 8

// loop takes the spike over synapses k to end. The assembly does the same
// operations in the same order.
func (c *Crossing[T]) loop(k, end int, t Targets, sums []int32) {
	since := math.Float32bits(c.Since)
	onto := c.Onto[k:end]
	w := c.W[k:end][:len(onto)]
	for i, j := range onto {
		r, x := &t.Records[j], w[i]
		switch {
		case math.Float32bits(r.Down[Recent-1]) < since:
			x = c.potentiate(x, int(j), t)
		case c.SoftPlus:
			x = c.Post(x, c.pending(r.Down[1]))
			x = c.Post(x, c.pending(r.Down[0]))
		default: // steps up are alike: to stop at the bound once is to stop at each
			x += c.pending(r.Down[1])
			x += c.pending(r.Down[0])
		}
		if x > c.Max {
			x = c.Max
		}
		step := float32(c.Minus * r.Up)
		if c.SoftMinus {
			step = float32(step * x)
		}
		if x -= step; x < 0 {
			x = 0
		}
		w[i] = x
		sums[j] += int32(math.Float64bits(float64(x*c.Inverse) + 0x1.8p52))
	}
}

// pending is what a spike adds: nothing where its exponential is not below Since.
// A branch here would be wrong half of the time; exponentials are positive, and
// as their bits are in the same order, a difference of those tells.
func (r *PairRow) pending(down float32) float32 {
	mask := uint32(int32(math.Float32bits(down)-math.Float32bits(r.Since)) >> 31)
	return math.Float32frombits(math.Float32bits(r.Plus*down) & mask)
}

// potentiate is a weight onto target j, of whose spikes three or more are pending,
// with all of them added.
func (c *Crossing[T]) potentiate(w float32, j int, t Targets) float32 {
	e := &t.Earlier[j]
	if e[Earlier-1] < c.Since {
		return c.Exact(w, j)
	}
	for n := Earlier - 2; n >= 0; n-- {
		w = c.Post(w, c.pending(e[n]))
	}
	for n := Recent - 1; n >= 0; n-- {
		w = c.Post(w, c.pending(t.Records[j].Down[n]))
	}
	return w
}
