package gradient

import (
	"cmp"
	"slices"

	"github.com/volley-snn/volley/messages"
)

// Member is a node that takes part in a training.
type Member struct {
	Place   uint32 // nobody else in the training has had it
	Name    string
	Threads int
}

// shares divides shards among members, so that whoever takes longest takes as short as
// can be where all shards take alike. Who has none is left out.
func shares(members []Member, shards int) (all []messages.TrainingShare) {
	members = slices.SortedFunc(slices.Values(members), func(a, b Member) int {
		return cmp.Or(cmp.Compare(b.Threads, a.Threads), cmp.Compare(a.Place, b.Place))
	})
	rounds := func(shards, threads int) int { return (shards + max(threads, 1) - 1) / max(threads, 1) }
	have := make([]int, len(members))
	for range shards {
		best := 0
		for k := range members {
			if a, b := rounds(have[k]+1, members[k].Threads), rounds(have[best]+1, members[best].Threads); a < b || a == b && have[k] < have[best] {
				best = k
			}
		}
		have[best]++
	}
	at := uint32(0)
	for k, n := range have {
		if n > 0 {
			all = append(all, messages.TrainingShare{Place: members[k].Place, First: at, End: at + uint32(n)})
			at += uint32(n)
		}
	}
	return all
}
