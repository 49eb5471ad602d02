package input

import (
	"slices"

	"github.com/volley-snn/volley/snn"
)

// SpikeTrainInjector is a population whose spikes are no function of the model: they
// are given from outside, tick by tick, while the run goes on. NEST's
// spike_train_injector is one whose trains are set between two calls of Simulate.
type SpikeTrainInjector struct{ N int }

// Size is N.
func (r SpikeTrainInjector) Size() int { return r.N }

// Check returns what is wrong with the recipe.
func (r SpikeTrainInjector) Check(dtMs float64) []string { return checkSize(r.N, dtMs) }

// New makes the source of a slice, an *Injector.
func (r SpikeTrainInjector) New(s Slice) Source { return &Injector{lo: s.Lo, hi: s.Hi} }

// Injector is the source of a SpikeTrainInjector. It is silent in ticks of which it
// has been given nothing.
type Injector struct {
	noTrials
	lo, hi int

	from    snn.Tick // given is (from, from+len(offsets)-1]
	offsets []uint32
	gids    []snn.GID
	first   snn.GID
}

// Give says who spikes in the ticks (from, from+len(offsets)-1], and forgets the rest:
// those of tick from+1+k are gids[offsets[k]:offsets[k+1]], ascending; first is the
// GID of the population's neuron 0. Others than the slice's are passed over. The
// arrays belong to the caller, who leaves them as they are until the next call.
func (j *Injector) Give(from snn.Tick, offsets []uint32, gids []snn.GID, first snn.GID) {
	j.from, j.offsets, j.gids, j.first = from, offsets, gids, first
}

// Spikes implements Source. Several spikes of a neuron in one tick are one.
func (j *Injector) Spikes(t snn.Tick, dst []uint32) []uint32 {
	k := t - j.from - 1
	if k < 0 || int(k)+1 >= len(j.offsets) {
		return dst
	}
	lo, hi, start := j.first+snn.GID(j.lo), j.first+snn.GID(j.hi), len(dst)
	given := j.gids[j.offsets[k]:j.offsets[k+1]]
	at, _ := slices.BinarySearch(given, lo)
	for _, g := range given[at:] {
		if g >= hi {
			break
		}
		if n := uint32(g - lo); len(dst) == start || dst[len(dst)-1] != n {
			dst = append(dst, n)
		}
	}
	return dst
}
