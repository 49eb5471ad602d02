package train

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/train/recurrent"
)

// Noise spoils the input of a test, the same for every network of a seed.
type Noise struct {
	JitterTicks float64 // standard deviation of each spike's time; a spike that leaves the trial is lost
	Deletion    float64 // chance that a spike is lost
	Events      float64 // chance of a spike out of nothing, for each input and tick
}

// encodeNoisy is encode of spikes that Noise has been at.
func (t *Trainer) encodeNoisy(s *recurrent.Shard, index []int32) {
	n := t.Net
	fired := make([]bool, len(index)*n.Ticks*n.Inputs)
	var spikes []uint32
	for b, i := range index {
		key := encodingKey(t.Seed, t.epoch, t.set.number(i))
		of := fired[b*n.Ticks*n.Inputs:][:n.Ticks*n.Inputs]
		for tick := range n.Ticks {
			spikes = t.spikes(spikes[:0], i, t.plainImage(i), tick)
			t.noise.place(of, spikes, tick, n.Inputs, key.Sub(1))
		}
		events := key.Sub(2)
		for k := range of {
			of[k] = of[k] || t.noise.Events > 0 && events.Uniform(uint64(k)) < t.noise.Events
		}
	}
	for tick := range n.Ticks {
		for b := range index {
			for i, f := range fired[(b*n.Ticks+tick)*n.Inputs:][:n.Inputs] {
				if f {
					s.Input.Index = append(s.Input.Index, uint32(i))
				}
			}
			s.EndInput(tick, b)
		}
	}
}

// place puts a tick's spikes where they end up.
func (o *Noise) place(fired []bool, spikes []uint32, tick, inputs int, key random.Key) {
	for _, i := range spikes {
		word := 2 * uint64(tick*inputs+int(i))
		if key.Uniform(word) < o.Deletion {
			continue
		}
		to := tick
		if o.JitterTicks > 0 {
			to += int(math.Round(o.JitterTicks * pinned.NormQuantile(key.Uniform(word+1))))
		}
		if at := to*inputs + int(i); to >= 0 && at < len(fired) {
			fired[at] = true
		}
	}
}
