package kernel

import (
	"math"
	"slices"

	"github.com/volley-snn/volley/snn"
)

// Where weights change with postsynaptic spikes only, and few targets spike, as in
// a network whose neurons compete, what is done for all synapses at the end of a
// trial need look only at those onto few targets.

// few reports whether so few targets are meant that it pays to search the rows for
// them.
func (b *wiring[T]) few(targets []uint32) bool {
	const search = 32 // synapses that are looked at in the time of a search
	return uint64(len(targets)*search*b.p.space.Sources) < uint64(len(b.targets))
}

// eachOnto calls use for every synapse of source i onto given targets.
func (b *wiring[T]) eachOnto(i int, targets []uint32, use func(k uint64)) {
	row := b.targets[b.rows[i]:b.rows[i+1]]
	for _, j := range targets {
		k, _ := slices.BinarySearch(row, T(j))
		for ; k < len(row) && uint32(row[k]) == j; k++ {
			use(b.rows[i] + uint64(k))
		}
	}
}

// arrivedSince is the targets of which a spike may have arrived after tick t.
func (b *driven[T, W]) arrivedSince(t snn.Tick) []uint32 {
	b.active = b.active[:0]
	for j := range b.history.ends {
		if b.arrivesAfter(j, t) {
			b.active = append(b.active, uint32(j))
		}
	}
	return b.active
}

// arrivesAfter reports whether a spike of target j may have arrived after tick t.
func (b *driven[T, W]) arrivesAfter(j int, t snn.Tick) bool {
	return b.history.ends[j].last > t-b.p.maxDelay
}

// settle brings the rows that are not settled beyond tick after up to tick t.
func (b *driven[T, W]) settle(t, after snn.Tick) {
	oldest := snn.Tick(math.MaxInt64)
	for i := range b.sources {
		oldest = min(oldest, b.sources[i].settled)
	}
	active := b.arrivedSince(oldest)
	few := b.few(active)
	for i := range b.sources {
		s := &b.sources[i]
		if s.settled > after || s.settled >= t {
			continue
		}
		one := func(k uint64) {
			if b.history.ends[b.targets[k]].last <= s.settled-b.delay(k) {
				return
			}
			w, own, _ := b.arrivals(s, k, b.delay(k), t)
			b.w[k] = w
			if b.own != nil {
				b.own[k] = own
			}
		}
		switch {
		case len(active) == 0:
		case few:
			b.eachOnto(i, active, one)
		default:
			for k := b.rows[i]; k < b.rows[i+1]; k++ {
				one(k)
			}
		}
		s.settled = t
	}
}

// unscaled is the targets whose weights may have changed since they were scaled
// last, or of which a bound then kept the sum from what it should be; all is
// whether they are all.
func (b *driven[T, W]) unscaled() (targets []uint32, all bool) {
	if !b.traces.PostOnly || b.scaled == snn.Never {
		return nil, true
	}
	b.active = b.active[:0]
	for j := range b.history.ends {
		if b.bounded[j] || b.arrivesAfter(j, b.scaled) {
			b.active = append(b.active, uint32(j))
		}
	}
	return b.active, false
}

// sumOnto leaves out targets that scaling again would leave as they are.
func (b *driven[T, W]) sumOnto(sums []float64) {
	targets, all := b.unscaled()
	if !all && b.few(targets) {
		for i := range b.sources {
			b.eachOnto(i, targets, func(k uint64) { sums[b.targets[k]] += float64(b.w[k]) })
		}
		return
	}
	b.synapses.sumOnto(sums)
	if !all {
		kept := make([]float64, len(sums))
		for _, j := range targets {
			kept[j] = sums[j]
		}
		copy(sums, kept)
	}
}

func (b *driven[T, W]) scaleBy(factors []float64) {
	targets, all := b.unscaled()
	b.scaled = b.heard
	one := func(k uint64) {
		j := b.targets[k]
		if x := float64(b.w[k]) * factors[j]; x < b.lo || x > b.hi {
			b.bounded[j] = true
		}
		b.scaleOne(k, factors[j])
	}
	clear(b.bounded)
	if all || !b.few(targets) {
		for k := range b.w {
			one(uint64(k))
		}
		return
	}
	for i := range b.sources {
		b.eachOnto(i, targets, one)
	}
}
