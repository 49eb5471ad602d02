package delivery

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/random"
)

// synapse is one synapse of the naive twin.
type synapse struct {
	source, target int // target counts in the sums
	weight         int32
	delay          int
}

// network is a random block in every form: what Build takes, and a plain list.
type network struct {
	config   Config
	synapses []synapse
}

// draw makes weights and delays from a key, as the kernel does: by target and
// position among its sources.
func draw(key random.Key, weights, delays int, step int32, drops bool) func(int, []uint32) ([]uint32, []int32, []uint16) {
	return func(target int, sources []uint32) (kept []uint32, w []int32, d []uint16) {
		k := key.Sub(uint64(target))
		for i, s := range sources {
			word := k.At(uint64(i))
			if drops && word%3 == 0 {
				continue
			}
			kept = append(kept, s)
			if weights > 0 {
				w = append(w, (int32(word>>8%uint64(weights))-int32(weights)/2)*step)
			}
			if delays > 1 {
				d = append(d, uint16(word>>40)%uint16(delays))
			}
		}
		return kept, w, d
	}
}

// kind is what a layout can hold.
type kind struct {
	layout        Layout
	delays        int
	weights, bits int // number of different weights, and bits that they take
	drops         bool
}

func kinds() []kind {
	return []kind{
		{List, 1, 0, 0, false}, {List, 7, 0, 0, false}, {List, 300, 0, 0, true},
		{Packed, 1, 60000, 16, false}, {Packed, 9, 60000, 16, true}, {Packed, 1, 1 << 24, 24, true}, {Packed, 40, 1 << 24, 24, false},
		{Packed, 1, 1 << 30, 32, false}, {Packed, 300, 1 << 30, 32, true},
		{Bitmap, 1, 0, 0, false}, {Procedural, 1, 0, 0, false},
	}
}

// random makes a network of one to three parts with gaps between them.
func (k kind) random(r *rand.Rand) network {
	n := network{config: Config{Layout: k.layout, Sources: 1 + r.IntN(400), First: snn.GID(r.IntN(1000)), Delays: k.delays, WeightBits: k.bits, Base: r.IntN(50)}}
	c := &n.config
	step := int32(1)
	if k.bits == 16 {
		c.WeightShift = r.IntN(8)
		step <<= c.WeightShift
	}
	if k.weights == 0 {
		c.Weight = int32(r.IntN(1<<21) - 1<<20)
	}
	offset := 0
	for range 1 + r.IntN(3) {
		p := Part{Space: connect.Space{Sources: c.Sources, Targets: 1 + r.IntN(700)}, Key: random.Key(r.Uint64())}
		p.Rule = []connect.Rule{
			connect.FixedIndegree{Indegree: r.IntN(60), Switches: connect.Switches{Multapses: true}},
			connect.PairwiseBernoulli{P: r.Float64()},
			connect.AllToAll{},
		}[r.IntN(3)]
		if k.layout == Procedural {
			p.Rule = []connect.Rule{connect.PairwiseBernoulli{P: r.Float64() * r.Float64()}, connect.AllToAll{}}[r.IntN(2)]
		}
		p.Lo = r.IntN(p.Space.Targets)
		p.Hi = p.Lo + 1 + r.IntN(p.Space.Targets-p.Lo)
		p.Offset = offset + r.IntN(20)
		offset = p.Offset + p.Hi - p.Lo
		if k.weights > 0 || k.delays > 1 {
			p.Draw, p.Drops = draw(p.Key+1, k.weights, k.delays, step, k.drops), k.drops
		}
		c.Parts = append(c.Parts, p)
		p.Rule.Each(p.Space, p.Key, p.Lo, p.Hi, func(t int, sources []uint32) {
			weights, delays := []int32(nil), []uint16(nil)
			if p.Draw != nil {
				sources, weights, delays = p.Draw(t, sources)
			}
			for i, s := range sources {
				syn := synapse{source: int(s), target: c.Base + p.Offset + t - p.Lo, weight: c.Weight}
				if weights != nil {
					syn.weight = weights[i]
				}
				if delays != nil {
					syn.delay = int(delays[i])
				}
				n.synapses = append(n.synapses, syn)
			}
		})
	}
	return n
}

// spikes draws who spiked how long ago.
func (n *network) spikes(r *rand.Rand) [][]snn.GID {
	ago := make([][]snn.GID, r.IntN(n.config.Delays+1))
	share := r.Float64() * r.Float64()
	for d := range ago {
		for s := range n.config.Sources {
			if r.Float64() < share {
				ago[d] = append(ago[d], n.config.First+snn.GID(s))
			}
		}
	}
	return ago
}

// deliver is the naive twin: every synapse looks whether its source spiked.
func (n *network) deliver(spikes [][]snn.GID, sums []int32) (events int64) {
	for _, s := range n.synapses {
		if s.delay < len(spikes) && slices.Contains(spikes[s.delay], n.config.First+snn.GID(s.source)) {
			sums[s.target] += s.weight
			events++
		}
	}
	return events
}

func TestLayoutsAgainstTwin(t *testing.T) {
	for _, k := range kinds() {
		t.Run(fmt.Sprintf("%s/%d delays/%d bits", k.layout, k.delays, k.bits), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, uint64(k.delays+k.bits)))
			crossed := int64(0)
			for round := range 12 {
				n := k.random(r)
				n.config.Scalar = round%2 == 0
				made := 0
				n.config.Progress = func(synapses int) { made += synapses }
				b, err := Build(n.config)
				if err != nil {
					t.Fatal(err)
				}
				size := b.Size()
				total := int64(0)
				for _, s := range size.Synapses {
					total += s
				}
				if total != int64(len(n.synapses)) || made != len(n.synapses) {
					t.Fatalf("round %d: the block says %d synapses, progress %d, there are %d", round, total, made, len(n.synapses))
				}
				want := make([]int32, 2*MaxTargets)
				got := make([]int32, 2*MaxTargets)
				for range 4 {
					spikes := n.spikes(r)
					events := n.deliver(spikes, want)
					if e := b.Deliver(spikes, got); e != events {
						t.Fatalf("round %d: %d events, expected %d", round, e, events)
					}
					crossed += events
					for j := range want {
						if got[j] != want[j] {
							t.Fatalf("round %d, %d parts, scalar %v: sum %d is %d, expected %d", round, len(n.config.Parts), n.config.Scalar, j, got[j], want[j])
						}
					}
				}
			}
			if crossed < 1000 {
				t.Errorf("only %d synapses were crossed: little is compared", crossed)
			}
		})
	}
}

func TestBlockSpansAtMostMaxTargets(t *testing.T) {
	c := Config{Layout: List, Sources: 3, Delays: 1, Parts: []Part{{Rule: connect.AllToAll{}, Space: connect.Space{Sources: 3, Targets: MaxTargets + 1}, Hi: MaxTargets + 1}}}
	if _, err := Build(c); err == nil {
		t.Error("a block of more targets than 16 bits can name was built")
	}
	c.Parts[0].Hi = MaxTargets
	b, err := Build(c)
	if err != nil {
		t.Fatal(err)
	}
	sums := make([]int32, 2*MaxTargets)
	if e := b.Deliver([][]snn.GID{{0, 2}}, sums); e != 2*MaxTargets {
		t.Errorf("%d events, expected %d", e, 2*MaxTargets)
	}
}
