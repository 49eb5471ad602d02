package batch

// Clip limits a change to [-1, 1], as the published rules do, after the shards of
// a batch have been summed.
func Clip(dw []float32) {
	for k, x := range dw {
		dw[k] = min(max(x, -1), 1)
	}
}

// Sum adds the changes of a batch's shards into the first, in a tree that depends
// on their number alone: neighbours, then pairs of neighbours, and so on.
func Sum(shards [][]float32) []float32 {
	for step := 1; step < len(shards); step *= 2 {
		for k := 0; k+step < len(shards); k += 2 * step {
			to := shards[k]
			for i, x := range shards[k+step] {
				to[i] += x
			}
		}
	}
	return shards[0]
}

// Ranks combines the changes of data-parallel workers: afterwards each has the
// sum, so that their replicas stay alike. With the quirk RanksApart each keeps
// its own, which it has made for a batch of its own samples alone (of = 0 in
// [Rule.Add]).
func Ranks(changes [][]float32, q Quirks) {
	if q.RanksApart {
		return
	}
	sum := Sum(changes)
	for _, c := range changes[1:] {
		copy(c, sum)
	}
}
