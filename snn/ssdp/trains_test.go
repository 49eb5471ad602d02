package ssdp

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

func TestTrainsKeepEachSourcesSpikes(t *testing.T) {
	trains := NewTrains(5)
	trains.Set([]uint32{4, 1}, []uint32{4, 1, 4, 4}, []int32{2, 3, 7, 20})
	trains.Set([]uint32{1, 3}, []uint32{1, 3, 1}, []int32{5, 6, 9})
	if got := trains.Of(1); len(got) != 2 || got[0] != 5 || got[1] != 9 {
		t.Errorf("source 1 has %v", got)
	}
	if got := trains.Of(3); len(got) != 1 || got[0] != 6 {
		t.Errorf("source 3 has %v", got)
	}
}

func TestNearestIsTheSmallestDistance(t *testing.T) {
	s := random.Seed(1, random.Surrogate).Stream()
	for range 2000 {
		var train []int32
		for x := int32(0); len(train) < 6; train = append(train, x) {
			x += int32(s.Intn(30))
		}
		at, want := int32(s.Intn(120)), int32(math.MaxInt32)
		for _, x := range train {
			want = min(want, max(x-at, at-x))
		}
		if got := Nearest(train, at); got != int(want) {
			t.Fatalf("%v to %d: %d, not %d", train, at, got, want)
		}
	}
}

// Independent neurons drift nowhere under nearest pairing either: gbar is measured
// for the same pairing.
func TestNearestPairingHasTheSameBalance(t *testing.T) {
	p := params(Chance, false)
	r := New(p)
	e, trains := NewExpectation(r), NewTrains(30)
	pre, post := NewParticipation(30, p.Horizon), NewParticipation(1, p.Horizon)
	s := random.Seed(3, random.Surrogate).Stream()
	var sum, sum2, gain float64
	n := 0
	for w := range 20_000 {
		var active, sources []uint32
		var ticks []int32
		first := make([]int32, 30)
		for i := range first {
			first[i] = -1
		}
		for k := int32(1); k <= window; k++ {
			for i := range uint32(30) {
				if s.Float64() < 0.008 {
					if first[i] < 0 {
						first[i] = k
						active = append(active, i)
					}
					sources, ticks = append(sources, i), append(ticks, k)
				}
			}
		}
		trains.Set(active, sources, ticks)
		at := firstSpike(s.Float64(), 40)
		hPost := make([]int64, e.Bins())
		if at >= 0 {
			hPost[e.Bin(int(at))]++
		}
		for i := range uint32(30) {
			plus, minus := 0.0, 0.0
			switch {
			case first[i] >= 0 && at >= 0:
				plus, minus = r.Both(Nearest(trains.Of(i), at), e.Value(), pre.Of(int(i)), post.Of(0))
			case first[i] >= 0:
				minus = r.One(int(first[i]), e.Value(), post.Of(0))
			case at >= 0:
				minus = r.One(int(at), e.Value(), pre.Of(int(i)))
			}
			if w > 3*p.Horizon {
				sum += plus - minus
				sum2 += (plus - minus) * (plus - minus)
				gain += plus
				n++
			}
		}
		e.AddNearest(trains, active, hPost)
		pre.Add(first)
		post.Add([]int32{at})
	}
	mean, se := sum/float64(n), math.Sqrt(sum2)/float64(n)*math.Sqrt(10) // the 30 pairs share the target's spikes
	if math.Abs(mean) > 4*se || math.Abs(sum) > 0.02*gain {
		t.Errorf("drift %.3g of a gain of %.3g, standard error %.3g", mean, gain/float64(n), se)
	}
}
