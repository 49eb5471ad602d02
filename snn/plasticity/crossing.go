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
		for end := min(k+lanes, len(c.W)); k < end; k++ {
			c.cross(k, t, sums)
		}
	}
}

// lanes is how many synapses the assembly takes at once.
const lanes = 8

// cross takes the spike over synapse k. The assembly does the same operations in
// the same order.
func (c *Crossing[T]) cross(k int, t Targets, sums []int32) {
	j := int(c.Onto[k])
	w, all := t.potentiate(&c.PairRow, c.W[k], j)
	if !all {
		w = c.Exact(c.W[k], j)
	}
	w = c.pre(w, t.Records[j].Up)
	c.W[k] = w
	sums[j] += c.quanta(w)
}

// potentiate is the weight after the pending spikes of target j; false where there
// may be more than its record holds.
func (t Targets) potentiate(r *PairRow, w float32, j int) (_ float32, all bool) {
	down := &t.Records[j].Down
	if down[Recent-1] < r.Since {
		e := &t.Earlier[j]
		if e[Earlier-1] < r.Since {
			return w, false
		}
		for n := Earlier - 2; n >= 0; n-- {
			w = r.Post(w, r.pending(e[n]))
		}
	}
	for n := Recent - 1; n >= 0; n-- {
		w = r.Post(w, r.pending(down[n]))
	}
	return w, true
}

// pending is what a spike adds: nothing where its exponential is not below Since.
// A branch here would be wrong half of the time; exponentials are positive, and
// as their bits are in the same order, a difference of those tells.
func (r *PairRow) pending(down float32) float32 {
	mask := uint32(int32(math.Float32bits(down)-math.Float32bits(r.Since)) >> 31)
	return math.Float32frombits(math.Float32bits(r.Plus*down) & mask)
}
