package bench

import (
	"fmt"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/delivery"
	"github.com/volley-snn/volley/snn/random"
)

// Delivery is what a layout of static synapses costs in a network of Neurons
// with InDegree random sources each, where every neuron spikes at 29.4 Hz.
type Delivery struct {
	Layout     delivery.Layout `json:"layout"`
	Neurons    int             `json:"neurons"`
	InDegree   int             `json:"indegree"`
	Delays     int             `json:"delays"`
	WeightBits int             `json:"weight_bits"` // 0: one weight for all

	NsPerEvent        Spread  `json:"ns_per_event"`
	BytesPerSynapse   float64 `json:"bytes_per_synapse"`
	BuildNsPerSynapse float64 `json:"build_ns_per_synapse"` // built once
}

// Name says which layout, delays and weights.
func (d Delivery) Name() string {
	weights := "one weight"
	if d.WeightBits > 0 {
		weights = fmt.Sprintf("weights of %d bits", d.WeightBits)
	}
	delays := "one delay"
	if d.Delays > 1 {
		delays = fmt.Sprintf("%d delays", d.Delays)
	}
	return fmt.Sprintf("%s, %s, %s", d.Layout, weights, delays)
}

// Deliveries are the measurements of one size, not yet made: in the first a
// tick's rows stay in cache, in the second, which takes 600 MB, they do not.
func Deliveries(large bool) []Delivery {
	of := func(l delivery.Layout, delays, bits int) Delivery {
		return Delivery{Layout: l, Neurons: 12_500, InDegree: 1_250, Delays: delays, WeightBits: bits}
	}
	all := []Delivery{of(delivery.Bitmap, 1, 0), of(delivery.List, 1, 0), of(delivery.List, 30, 0), of(delivery.Packed, 1, 16), of(delivery.Packed, 30, 16), of(delivery.Packed, 30, 24)}
	if large {
		all = all[1:] // a bitmap would be 1.3 GB
		for i := range all {
			all[i].Neurons, all[i].InDegree = 100_000, 1_000
		}
	}
	return all
}

// Measure builds the synapses and sends spikes over them.
func (d *Delivery) Measure(repeats int) error {
	blocks, err := d.build()
	if err != nil {
		return err
	}
	sums := make([]int32, d.Neurons+2*delivery.MaxTargets)
	ticks := d.spikes()
	spikes := make([][]snn.GID, d.Delays)
	t := 0
	d.NsPerEvent = perUnit(repeats, func() (events int64) {
		for range 20 {
			for k := range spikes {
				spikes[k] = ticks[(t-k)&(len(ticks)-1)]
			}
			t++
			for _, b := range blocks {
				events += b.Deliver(spikes, sums)
			}
		}
		return events
	})
	return nil
}

func (d *Delivery) build() ([]delivery.Block, error) {
	synapses := float64(d.Neurons * d.InDegree)
	var blocks []delivery.Block
	bytes := int64(0)
	clock := engine.StartClock()
	for base := 0; base < d.Neurons; base += delivery.MaxTargets {
		part := delivery.Part{
			Rule:  connect.FixedIndegree{Indegree: d.InDegree, Switches: connect.Switches{Autapses: true, Multapses: true}},
			Space: connect.Space{Sources: d.Neurons, Targets: d.Neurons, Same: true},
			Key:   random.Seed(1, random.Connectivity), Lo: base, Hi: min(base+delivery.MaxTargets, d.Neurons), Draw: d.draw(),
		}
		b, err := delivery.Build(delivery.Config{
			Layout: d.Layout, Sources: d.Neurons, Delays: d.Delays, Weight: 3, WeightBits: d.WeightBits,
			Base: base, Parts: []delivery.Part{part}, Memory: engine.LargePages,
		})
		if err != nil {
			return nil, err
		}
		blocks, bytes = append(blocks, b), bytes+b.Size().Bytes
	}
	d.BuildNsPerSynapse = seconds(clock.Elapsed()) * 1e9 / synapses
	d.BytesPerSynapse = float64(bytes) / synapses
	return blocks, nil
}

// draw gives weights and delays, uniform in their range, as a projection's
// distributions would, but cheaper.
func (d *Delivery) draw() func(target int, sources []uint32) ([]uint32, []int32, []uint16) {
	if d.WeightBits == 0 && d.Delays == 1 {
		return nil
	}
	var weights []int32
	delays := make([]uint16, d.InDegree)
	if d.WeightBits > 0 {
		weights = make([]int32, d.InDegree)
	}
	const largest = 1 << 15 // fits every width
	return func(target int, sources []uint32) ([]uint32, []int32, []uint16) {
		key := random.Seed(1, random.Weights).Sub(uint64(target))
		for k := range delays {
			w := key.At(uint64(k))
			delays[k] = uint16(w >> 32 * uint64(d.Delays) >> 32)
			if weights != nil {
				weights[k] = int32(w % largest)
			}
		}
		return sources, weights, delays
	}
}

// spikes is who spikes in each of 64 ticks of 0.1 ms.
func (d *Delivery) spikes() [][]snn.GID {
	perTick := int(float64(d.Neurons)*29.4e-4 + 0.5)
	ticks := make([][]snn.GID, 64)
	for t := range ticks {
		key := random.Seed(1, random.Spikes).Sub(uint64(t))
		for i := range perTick {
			// One in each of perTick equal spans, so that they ascend.
			at := (float64(i) + key.Uniform(uint64(i))) * float64(d.Neurons) / float64(perTick)
			ticks[t] = append(ticks[t], snn.GID(at))
		}
	}
	return ticks
}
