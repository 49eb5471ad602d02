package train

import "github.com/volley-snn/volley/snn/train/lane"

// Sum is the sum of the gradients of some shards, as the tree makes it on its way to
// the sum of all.
type Sum struct{ First, Shards int }

// Sums are the fewest sums that whoever has the gradients of shards from to to can
// make, so that what is left to add is the tree's: of all shards it is one.
func (t *Trainer) Sums(from, to int) (all []Sum) {
	for k := from; k < to; {
		width := 1
		for k%(2*width) == 0 && k+width < t.Shards && min(k+2*width, t.Shards) <= to {
			width *= 2
		}
		n := min(width, t.Shards-k)
		all = append(all, Sum{k, n})
		k += n
	}
	return all
}

// Gradient is where the sum of the gradients of so many shards from one on lies, len
// Net.Layout.Len(): Backward and Reduce leave it there, and who has it from elsewhere
// puts it there, before Reduce.
func (t *Trainer) Gradient(first, shards int) []float32 {
	if t.grads[first] == nil {
		t.grads[first] = t.Net.Layout.New()
	}
	for k := range shards {
		t.sums[first+k] = shards
	}
	return t.grads[first]
}

// ReduceSome is Reduce of the shards from to to alone, as far as Sums says.
func (t *Trainer) ReduceSome(from, to, part, parts int) { t.reduce(from, to, part, parts) }

// reduce adds the gradients of shards from to to in part number part of so many. What
// is a sum already is not added again.
func (t *Trainer) reduce(from, to, part, parts int) {
	n := t.Net.Layout.Len()
	low, high := part*n/parts, (part+1)*n/parts
	for step := 1; step < t.Shards; step *= 2 {
		for k := 0; k+step < t.Shards; k += 2 * step {
			if k < from || min(k+2*step, t.Shards) > to || t.sums[k] > step {
				continue
			}
			lane.Add(t.grads[k][low:high], t.grads[k+step][low:high])
		}
	}
}
