package delivery

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/random"
)

// size is a network to measure: as many synapses as n times k.
type size struct {
	name   string
	n, k   int
	spikes int // a tick, at 29.4 Hz
}

var sizes = []size{{"12500x1250", 12500, 1250, 37}, {"100000x1000", 100000, 1000, 294}}

func (s size) blocks(tb testing.TB, k kind, multapses bool) ([]Block, int64) {
	var blocks []Block
	bytes := int64(0)
	for base := 0; base < s.n; base += MaxTargets {
		p := Part{Rule: connect.FixedIndegree{Indegree: s.k, Switches: connect.Switches{Autapses: true, Multapses: multapses}},
			Space: connect.Space{Sources: s.n, Targets: s.n, Same: true}, Key: 5, Lo: base, Hi: min(base+MaxTargets, s.n)}
		if k.layout == Procedural {
			p.Rule = connect.PairwiseBernoulli{P: float64(s.k) / float64(s.n), Switches: connect.Switches{Autapses: true}}
		}
		if k.weights > 0 || k.delays > 1 {
			p.Draw = cheapDraw(k)
		}
		b, err := Build(Config{Layout: k.layout, Sources: s.n, Delays: k.delays, Weight: 3, WeightBits: k.bits, Base: base, Parts: []Part{p}, Memory: pages})
		if err != nil {
			tb.Fatal(err)
		}
		blocks, bytes = append(blocks, b), bytes+b.Size().Bytes
	}
	return blocks, bytes
}

// cheapDraw gives any weights and delays without much work.
func cheapDraw(k kind) func(int, []uint32) ([]uint32, []int32, []uint16) {
	weights, delays := make([]int32, 1<<20), make([]uint16, 1<<20)
	for i := range weights {
		w := random.Key(9).At(uint64(i))
		weights[i], delays[i] = int32(w%30000), uint16(w>>32)%uint16(k.delays)
	}
	return func(target int, sources []uint32) ([]uint32, []int32, []uint16) {
		at := target * 7 % (1 << 19)
		return sources, weights[at : at+len(sources)], delays[at : at+len(sources)]
	}
}

// BenchmarkDeliverDelays is half of the cortical microcircuit: a spike is looked up
// once for each of its delays, and crosses 43 synapses.
func BenchmarkDeliverDelays(b *testing.B) {
	s := size{"38585x1944", 38585, 1944, 25}
	for _, bits := range []int{16, 24, 32} {
		b.Run(fmt.Sprintf("%d-bits", bits), func(b *testing.B) { benchDeliver(b, s, kind{Packed, 45, 1, bits, false}, false) })
	}
}

func BenchmarkDeliver(b *testing.B) {
	for _, s := range sizes {
		for _, k := range []kind{{List, 1, 0, 0, false}, {List, 30, 0, 0, false}, {Packed, 1, 1, 16, false}, {Packed, 1, 1, 24, false}, {Packed, 1, 1, 32, false}, {Packed, 30, 1, 16, false}, {Packed, 30, 1, 24, false}, {Bitmap, 1, 0, 0, false}, {Procedural, 1, 0, 0, false}} {
			if k.layout == Bitmap && s.n > 50000 {
				continue
			}
			for _, multapses := range []bool{false, true} {
				if multapses && k.layout != Bitmap {
					continue
				}
				name := fmt.Sprintf("%s/%s/%d-delays/%d-bits", s.name, k.layout, k.delays, k.bits)
				if multapses {
					name += "/multapses"
				}
				b.Run(name, func(b *testing.B) { benchDeliver(b, s, k, multapses) })
			}
		}
	}
}

func benchDeliver(b *testing.B, s size, k kind, multapses bool) {
	blocks, bytes := s.blocks(b, k, multapses)
	sums := make([]int32, s.n+2*MaxTargets)
	ticks := make([][]snn.GID, 1024)
	for t := range ticks {
		for i := range s.spikes {
			ticks[t] = append(ticks[t], snn.GID((uint64(i)<<32+random.Key(t).At(uint64(i))>>32)*uint64(s.n)/uint64(s.spikes)>>32))
		}
	}
	spikes := make([][]snn.GID, k.delays)
	events, t := int64(0), 0
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := cpuNs()
	for b.Loop() {
		for d := range spikes {
			spikes[d] = ticks[(t-d)&1023]
		}
		t++
		for _, block := range blocks {
			events += block.Deliver(spikes, sums)
		}
	}
	b.ReportMetric(float64(cpuNs()-start)/float64(events), "ns/event")
	b.ReportMetric(float64(bytes)/float64(s.n*s.k), "B/synapse")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkBuild(b *testing.B) {
	for _, s := range sizes {
		for _, k := range []kind{{List, 1, 0, 0, false}, {List, 30, 0, 0, false}, {Packed, 1, 1, 24, false}, {Packed, 30, 1, 16, false}, {Packed, 30, 1, 24, false}, {Bitmap, 1, 0, 0, false}} {
			if k.layout == Bitmap && s.n > 50000 {
				continue
			}
			b.Run(fmt.Sprintf("%s/%s/%d-delays/%d-bits", s.name, k.layout, k.delays, k.bits), func(b *testing.B) {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				start := cpuNs()
				for b.Loop() {
					s.blocks(b, k, true)
				}
				b.ReportMetric(float64(cpuNs()-start)/float64(b.N*s.n*s.k), "ns/synapse")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
