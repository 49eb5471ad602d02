package kernel

import (
	"slices"

	"github.com/volley-snn/volley/snn"
)

// spikeLog keeps the spikes of the whole network for as many past ticks as the
// longest delay looks back. Projections pull from it: what is in flight is
// therefore a list of integers that does not depend on the cut.
type spikeLog struct {
	mask   snn.Tick
	ticks  [][]snn.GID // spikes of tick t at t & mask, ascending
	bounds [][]uint32  // bounds[t&mask][p]: first index of population p; one more at the end
	ends   []snn.GID   // End of each population
}

func newSpikeLog(lookBack int, populations []*Population) *spikeLog {
	n := 1
	for n < lookBack+1 {
		n *= 2
	}
	l := &spikeLog{mask: snn.Tick(n - 1), ticks: make([][]snn.GID, n), bounds: make([][]uint32, n)}
	for _, p := range populations {
		l.ends = append(l.ends, p.Range.End)
	}
	for i := range l.bounds {
		l.bounds[i] = make([]uint32, len(populations)+1)
	}
	return l
}

// append files the batches of one step, given in partition order.
func (l *spikeLog) append(from, to snn.Tick, batches []*Batch) {
	for t := from + 1; t <= to; t++ {
		slot := t & l.mask
		all := l.ticks[slot][:0]
		for _, b := range batches {
			all = append(all, b.At(int(t-from-1))...)
		}
		l.ticks[slot] = all
		lo := 0
		for p, end := range l.ends {
			k, _ := slices.BinarySearch(all[lo:], end)
			lo += k
			l.bounds[slot][p+1] = uint32(lo)
		}
	}
}

// of is the GIDs of population p that spiked at tick t.
func (l *spikeLog) of(t snn.Tick, p int) []snn.GID {
	slot := t & l.mask
	b := l.bounds[slot]
	return l.ticks[slot][b[p]:b[p+1]]
}
