package random

import "github.com/volley-snn/volley/snn/vector"

// AddPoisson adds weight times the count of target first+i to sums[i]: the
// [PoissonTable.Draw] of tables[which[i]], or of tables[0] where which is nil.
// Cost: about 2.5 ns a target, and as much for each further part.
func AddPoisson(tables []*PoissonTable, which []uint32, key Key, first int, sums []int32, weight int32) {
	var words [4]uint64
	group := -1
	t := tables[0]
	for k := range sums {
		i := first + k
		if i>>4 != group {
			group = i >> 4
			for j := range words {
				words[j] = key.At(uint64(group<<2 | j))
			}
		}
		if which != nil {
			t = tables[which[k]]
		}
		w := int16(words[i&7>>1] >> shiftOf(i))
		n, doubtful := t.decide(w)
		if doubtful {
			n = t.settle(w, key, i)
		}
		if t.parts > 1 {
			n += t.further(key, i)
		}
		sums[k] += int32(n) * weight
	}
}

// PoissonAdder does what AddPoisson does for one table, 16 targets at a time. It
// is not safe for concurrent use.
type PoissonAdder struct {
	tables []*PoissonTable // one
	kernel vector.Poisson
	doubts []uint32
}

// NewPoissonAdder makes what draws from t.
func NewPoissonAdder(t *PoissonTable) *PoissonAdder {
	a := &PoissonAdder{tables: []*PoissonTable{t}}
	for c, entry := range t.entry {
		a.kernel.Low[c], a.kernel.High[c] = uint8(entry), uint8(entry>>8)
	}
	return a
}

// Add adds weight times the count of target first+i to sums[i]. Cost: 0.35 ns a
// target and part where there is vector code, else AddPoisson's.
func (a *PoissonAdder) Add(key Key, first int, sums []int32, weight int32) {
	head := min(-first&15, len(sums)) // up to where a group starts
	done := head
	for part := range a.tables[0].parts {
		done = head + a.addGroups(partKey(key, part), first+head, sums[head:], weight)
	}
	AddPoisson(a.tables, nil, key, first, sums[:head], weight)
	AddPoisson(a.tables, nil, key, first+done, sums[done:], weight)
}

// addGroups adds one part of the counts of whole groups, and returns how many
// targets that were.
func (a *PoissonAdder) addGroups(key Key, first int, sums []int32, weight int32) (done int) {
	k := &a.kernel
	k.Sums, k.Weight, k.State = sums, weight, uint64(key)+wordOf(first)*golden
	done, a.doubts = k.Add(a.doubts[:0])
	for d := 0; d < len(a.doubts); d += 2 {
		from, mask := int(a.doubts[d]), a.doubts[d+1]
		for i := range 16 {
			if vector.Doubtful(mask, i) {
				sums[from+i] += int32(a.tables[0].draw(key, first+from+i)) * weight
			}
		}
	}
	return done
}
