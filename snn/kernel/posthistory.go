package kernel

import (
	"slices"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/plasticity"
)

// postSpike is a spike of a target: its tick, the target's trace after it, and
// its slow trace just before it.
type postSpike struct {
	tick        snn.Tick
	trace, slow float64
}

// postRecord is the end of a target's history in half a cache line: what a synapse
// needs onto whose target no spike, or one, has come since it was looked at.
type postRecord struct {
	last, before snn.Tick // the last two spikes
	trace, slow  float64  // of the last
}

var noSpikes = postRecord{last: snn.Never, before: snn.Never}

// postHistory is the spikes of a slice's neurons that synapses onto them may still
// need. It is read from the log of spikes, and trimmed by the oldest tick that is
// needed, never by count.
type postHistory struct {
	slice   *slice
	nearest bool // a spike sets the trace to 1, and does not add 1
	decay   *plasticity.Decay
	slow    *plasticity.Decay // nil where there is no slow trace
	since   snn.Tick          // spikes up to here do not count: the history was cleared then
	latest  snn.Tick          // last spike of any neuron
	ends    []postRecord      // of each neuron
	spikes  [][]postSpike     // of each neuron, oldest first
	slowNow []float64         // slow trace after the last spike of each
}

func newPostHistory(s *slice, t plasticity.Traces, dtMs float64) *postHistory {
	h := &postHistory{slice: s, latest: snn.Never, nearest: t.Post == plasticity.Nearest, decay: plasticity.NewDecay(t.MinusMs, dtMs), spikes: make([][]postSpike, s.len()), ends: make([]postRecord, s.len())}
	for j := range h.ends {
		h.ends[j] = noSpikes
	}
	if t.SlowMinusMs > 0 {
		h.slow = plasticity.NewDecay(t.SlowMinusMs, dtMs)
		h.slowNow = make([]float64, s.len())
	}
	return h
}

// take files the slice's spikes of tick t, which the log must still hold.
func (h *postHistory) take(t snn.Tick, log *spikeLog) {
	if t <= h.since {
		return
	}
	for _, g := range ownSpikes(log, t, h.slice) {
		h.add(int(g-h.slice.first), t)
	}
}

// ownSpikes is the GIDs of a slice that spiked at tick t.
func ownSpikes(log *spikeLog, t snn.Tick, s *slice) []snn.GID {
	return within(log.of(t, s.population.Index), s.gids())
}

// within is those of ascending GIDs that lie in a range.
func within(all []snn.GID, r snn.Range) []snn.GID {
	lo, _ := slices.BinarySearch(all, r.First)
	hi, _ := slices.BinarySearch(all[lo:], r.End)
	return all[lo : lo+hi]
}

func (h *postHistory) add(j int, t snn.Tick) {
	h.latest = t
	p := postSpike{tick: t, trace: 1}
	if n := len(h.spikes[j]); n > 0 {
		last := &h.spikes[j][n-1]
		gap := int64(t - last.tick)
		if !h.nearest {
			p.trace += float64(last.trace * h.decay.Over(gap))
		}
		if h.slow != nil {
			p.slow = float64(h.slowNow[j] * h.slow.Over(gap))
		}
	}
	if h.slow != nil {
		h.slowNow[j] = p.slow + 1
	}
	h.spikes[j] = append(h.spikes[j], p)
	h.ends[j] = postRecord{last: t, before: h.ends[j].last, trace: p.trace, slow: p.slow}
}

// between is the spikes of neuron j in (lo, hi], oldest first, and the last one
// before hi, or nil: what a synapse meets whose spikes arrive a delay later.
func (h *postHistory) between(j int, lo, hi snn.Tick) (pending []postSpike, before *postSpike) {
	all := h.spikes[j]
	end := len(all)
	for end > 0 && all[end-1].tick > hi {
		end--
	}
	start := end
	for start > 0 && all[start-1].tick > lo {
		start--
	}
	last := end
	for last > 0 && all[last-1].tick == hi {
		last--
	}
	if last > 0 {
		before = &all[last-1]
	}
	return all[start:end], before
}

// trim drops the spikes up to tick t but for the last of each neuron, whose
// traces go on.
func (h *postHistory) trim(t snn.Tick) {
	for j, all := range h.spikes {
		keep := 0
		for keep+1 < len(all) && all[keep+1].tick <= t {
			keep++
		}
		if keep > 0 {
			h.spikes[j] = append(all[:0], all[keep:]...)
		}
	}
}

// clear forgets all spikes up to tick t.
func (h *postHistory) clear(t snn.Tick) {
	h.since = t
	for j := range h.spikes {
		h.spikes[j], h.ends[j] = h.spikes[j][:0], noSpikes
	}
	clear(h.slowNow)
}
