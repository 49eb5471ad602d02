package delivery

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/pinned"
)

// Traits are what a layout is chosen by.
type Traits struct {
	Sources, Targets int
	Synapses         float64 // expected
	Delays           int     // how many delays there may be
	OneWeight        bool
	Multapses        bool // pairs may have several synapses
	BySource         bool // the rule can make its synapses source by source
	WeightBits       int  // of each weight, where they differ: 16, 24 or 32
}

// Choice is a layout, why it was chosen, and the memory that it is expected to take.
type Choice struct {
	Layout Layout
	Reason string
	Bytes  int64
}

// Above leastMemory, a share of connected pairs, a bit a pair takes less memory
// than a list; above leastTime it takes less time, where five sources or more spike
// in a tick and all rows stay in cache.
const (
	leastMemory = 1. / 16
	leastTime   = 1. / 32
	cacheBytes  = 32 << 20
)

// Choose is the layout of a projection: the one that is asked for, or with Auto
// the best. An error says why the one asked for cannot hold it.
func Choose(asked Layout, t Traits) (Choice, error) {
	density := 0.0
	if pairs := float64(t.Sources) * float64(t.Targets); pairs > 0 {
		density = t.Synapses / pairs
	}
	of := func(l Layout, format string, args ...any) (Choice, error) {
		return Choice{l, fmt.Sprintf(format, args...), Bytes(l, t)}, nil
	}
	if asked != Auto && asked != "" {
		if why := t.excludes(asked); why != "" {
			return Choice{}, fmt.Errorf("layout: %s %s", asked, why)
		}
		return of(asked, "the model asks for it")
	}
	delays := "one delay"
	if t.Delays > 1 {
		delays = fmt.Sprintf("up to %d delays", t.Delays)
	}
	switch {
	case !t.OneWeight:
		return of(Packed, "weights of their own, %s", delays)
	case t.Delays > 1:
		return of(List, "one weight, %s", delays)
	case density >= leastMemory:
		return of(Bitmap, "one weight, one delay, and %.3g %% of the pairs connected: a bit a pair takes the least memory", 100*density)
	case density >= leastTime && Bytes(Bitmap, t) <= cacheBytes:
		return of(Bitmap, "one weight, one delay, and %.3g %% of the pairs connected, few enough to stay in cache: a bit a pair takes the least time", 100*density)
	}
	return of(List, "one weight, one delay, and %.3g %% of the pairs connected", 100*density)
}

// excludes says why a layout cannot hold the synapses.
func (t Traits) excludes(l Layout) string {
	switch {
	case l == Packed || l == List && t.OneWeight:
		return ""
	case !t.OneWeight:
		return "needs one weight for all synapses; these differ: use packed"
	case t.Delays > 1:
		return "needs one delay for all synapses; these differ: use list or packed"
	case l == Procedural && !t.BySource:
		return "needs a rule that makes synapses source by source: pairwise_bernoulli, all_to_all or one_to_one; this one draws a target's sources together: use list"
	}
	return ""
}

// Bytes is the memory that a layout is expected to take: synapses and indices.
func Bytes(l Layout, t Traits) int64 {
	rows := float64(4 * float64(t.Sources+1))
	if t.Delays > 1 && l != Bitmap {
		rows += float64(2 * float64(t.Sources) * float64(t.Delays))
	}
	switch l {
	case List:
		return int64(rows + float64(2*t.Synapses))
	case Packed:
		return int64(rows + float64(float64(2+t.WeightBits/8)*t.Synapses))
	case Procedural:
		return 0
	case Bitmap:
		stride := math.Ceil(float64(t.Targets)/chunkTargets) * chunkBytes
		return int64(rows + float64(float64(t.Sources+1)*stride) + t.repeats())
	}
	return int64(rows)
}

// repeats is the memory of what a bitmap cannot hold: synapses beyond the first of
// their pair, where pairs are drawn with repetition.
func (t Traits) repeats() float64 {
	pairs := float64(float64(t.Sources) * float64(t.Targets))
	if !t.Multapses || pairs == 0 {
		return 0
	}
	first := float64(-pairs * pinned.Expm1(-t.Synapses/pairs))
	return float64(4*float64(t.Sources+1)) + float64(2*max(t.Synapses-first, 0))
}
