package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/plasticity"
)

// shortTerm is a projection under short-term plasticity in one partition. What a
// spike releases depends on its source's spikes alone, so each source has one
// state; the weights stay. It is no learning: trials do not switch it off.
type shortTerm[T index, W float] struct {
	*synapses[T, W]
	release plasticity.Release
	sources []releaseState
}

type releaseState struct {
	plasticity.ReleaseState
	last snn.Tick
}

func newShortTerm[T index, W float](base *synapses[T, W], dtMs float64) *shortTerm[T, W] {
	b := &shortTerm[T, W]{synapses: base, release: base.p.synapse.NewRelease(base.p.params, dtMs), sources: make([]releaseState, base.p.space.Sources)}
	b.restart(0)
	return b
}

func (b *shortTerm[T, W]) restart(now snn.Tick) {
	for i := range b.sources {
		b.sources[i] = releaseState{b.release.Start(), now}
	}
}

// receive sends the source's spikes of tick t.
func (b *shortTerm[T, W]) receive(t snn.Tick, log *spikeLog) {
	for _, g := range log.of(t, b.p.Source.Index) {
		i := uint32(g - b.p.Source.Range.First)
		s := &b.sources[i]
		factor := b.release.Next(&s.ReleaseState, int64(t-s.last))
		s.last = t
		lo, hi := b.rows[i], b.rows[i+1]
		b.events += int64(hi - lo)
		for k := lo; k < hi; k++ {
			sums := b.slice.sums(b.receptor, t+b.delay(k))
			sums[b.targets[k]] += quanta(float64(factor*float64(b.w[k])), b.inverse)
		}
	}
}

func (b *shortTerm[T, W]) begin(now snn.Tick, _ *Trial, reset bool) {
	if reset {
		b.restart(now)
	}
}

func (b *shortTerm[T, W]) size() blockSize {
	return blockSize{int64(len(b.w)), b.bytes(), "short-term", b.events}
}

func (b *shortTerm[T, W]) weights(yield func(target int, sources []uint32, weights []float64)) {
	b.columns(func(_ uint32, k uint64) float64 { return float64(b.w[k]) }, yield)
}
