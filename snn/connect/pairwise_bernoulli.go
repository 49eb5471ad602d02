package connect

import (
	"fmt"
	"math"
	"slices"

	"github.com/volley-snn/volley/snn/random"
)

// PairwiseBernoulli connects each pair with chance P, independently.
//
// Targets are taken in blocks whose size depends on P alone, and each source has a
// stream for each block, which draws the gaps between its targets there. So its
// synapses can be made source by source as well as target by target, and a part
// makes no more than the blocks that it reaches into.
type PairwiseBernoulli struct {
	P float64
	Switches
}

// Check refuses what is not a probability.
func (r PairwiseBernoulli) Check(Space) []error {
	if !(r.P >= 0 && r.P <= 1) {
		return []error{fmt.Errorf("p must be 0 to 1, is %g", r.P)}
	}
	return nil
}

// Expected is P times the pairs.
func (r PairwiseBernoulli) Expected(s Space, lo, hi int) float64 {
	return float64(hi-lo) * float64(r.choices(s)) * r.P
}

// InDegreeBound is eight standard deviations above the mean.
func (r PairwiseBernoulli) InDegreeBound(s Space) int {
	mean := float64(float64(s.Sources) * r.P)
	return min(s.Sources, int(mean+float64(8*math.Sqrt(float64(mean*(1-r.P)))))+16)
}

// block is the number of targets that a stream is for: few, so that a part makes
// little beyond its own, but enough for about 30 synapses.
func (r PairwiseBernoulli) block() int {
	size := 256
	for float64(size)*r.P < 30 && size < 1<<16 {
		size *= 2
	}
	return size
}

// Rows makes the synapses onto the targets [lo, hi) source by source.
func (r PairwiseBernoulli) Rows(s Space, key random.Key, lo, hi int) Rows {
	rows := &bernoulliRows{space: s, excludes: r.excludes(s), size: r.block(), key: key, lo: lo, hi: hi}
	if r.P > 0 {
		rows.gaps = random.NewGaps(r.P)
	}
	return rows
}

type bernoulliRows struct {
	space    Space
	excludes bool
	gaps     *random.Gaps // nil where there is nothing
	size     int          // of a block
	key      random.Key
	lo, hi   int
}

// Append appends the source's targets, ascending.
func (r *bernoulliRows) Append(source int, targets []uint32) []uint32 {
	if r.gaps == nil {
		return targets
	}
	from := len(targets)
	for first := r.lo / r.size * r.size; first < r.hi; first += r.size {
		n := min(r.size, r.hi-first) // what comes beyond is not drawn
		before := len(targets)
		targets = r.gaps.Row(r.key.Sub(span(first, source)), uint32(n), uint32(first), targets)
		if first < r.lo {
			targets = targets[:before+r.fromLo(targets[before:])]
		}
	}
	if r.excludes && source >= r.lo && source < r.hi {
		if k, found := slices.BinarySearch(targets[from:], uint32(source)); found {
			targets = slices.Delete(targets, from+k, from+k+1)
		}
	}
	return targets
}

// fromLo moves the targets from lo on to the front, and returns their number.
func (r *bernoulliRows) fromLo(targets []uint32) int {
	n := 0
	for _, t := range targets {
		if int(t) >= r.lo {
			targets[n] = t
			n++
		}
	}
	return n
}

// Each makes a block of targets source by source, and sorts it by target. Memory:
// 8 bytes a synapse of a block.
func (r PairwiseBernoulli) Each(s Space, key random.Key, lo, hi int, yield func(int, []uint32)) {
	size := r.block()
	var turn turner
	for first := lo; first < hi; {
		end := min((first/size+1)*size, hi)
		turn.start(end - first)
		rows := r.Rows(s, key, first, end)
		for source := range s.Sources {
			turn.add(rows, source, first)
		}
		turn.each(first, yield)
		first = end
	}
}

// turner turns rows of targets into lists of sources.
type turner struct {
	starts  []uint32 // of each target in sources, one ahead
	targets []uint32 // of all rows
	ends    []uint32 // of each row in targets
	sources []uint32
}

func (t *turner) start(targets int) {
	t.starts = slices.Grow(t.starts[:0], targets+2)[:targets+2]
	clear(t.starts)
	t.targets, t.ends = t.targets[:0], t.ends[:0]
}

// add takes the row of the next source; targets count from first.
func (t *turner) add(rows Rows, source, first int) {
	from := len(t.targets)
	t.targets = rows.Append(source, t.targets)
	for _, j := range t.targets[from:] {
		t.starts[int(j)-first+2]++
	}
	t.ends = append(t.ends, uint32(len(t.targets)))
}

func (t *turner) each(first int, yield func(int, []uint32)) {
	for j := 2; j < len(t.starts); j++ {
		t.starts[j] += t.starts[j-1]
	}
	t.sources = slices.Grow(t.sources[:0], len(t.targets))[:len(t.targets)]
	from := uint32(0)
	for source, end := range t.ends {
		for _, j := range t.targets[from:end] {
			at := &t.starts[int(j)-first+1]
			t.sources[*at] = uint32(source)
			*at++
		}
		from = end
	}
	for j := range len(t.starts) - 2 {
		yield(first+j, t.sources[t.starts[j]:t.starts[j+1]])
	}
}
