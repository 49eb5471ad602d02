package input

import (
	"fmt"
	"math"
	"slices"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/random"
)

// Volleys is a population of Poisson processes in which a group is planted that
// fires together: volleys come as a Poisson process of VolleyRateHz, each member
// joins a volley with chance Participation, and spikes at the volley's time plus
// a Gaussian of standard deviation JitterMs.
//
// A member's own firing is thinned so that it cannot be told from the others by
// its rate. Its volley spikes are a Poisson process of rate q p (a Poisson process
// thinned and displaced is one), and its background is Poisson of rate r - q p,
// so that each member alone is exactly a Poisson process of its rate r. A member
// with r < q p has no background, and joins with chance r/q.
//
// SurrogateJitterMs is the control: each member's spike of a volley is moved
// again, by a Gaussian of its own. Rates stay exactly; synchrony goes.
type Volleys struct {
	N                 int
	RateHz            Values
	Members           int
	FirstMembers      bool // the members are neurons 0 to Members-1, else drawn
	VolleyRateHz      float64
	Participation     float64
	JitterMs          float64
	SurrogateJitterMs float64

	// Group, where not 0, keys what belongs to the group: rates, members and
	// the times of volleys. Inputs that share it share these and draw their
	// spikes apart. 0 takes the slice's key.
	Group random.Key
}

// Size is N.
func (v Volleys) Size() int { return v.N }

// Check returns what is wrong with the recipe.
func (v Volleys) Check(dtMs float64) []string {
	faults := append(checkSize(v.N, dtMs), v.RateHz.check("rate", "Hz", v.N, 0)...)
	if v.Members < 0 || v.Members > v.N {
		faults = append(faults, fmt.Sprintf("members must be 0 to %d, the size of the population, is %d", v.N, v.Members))
	}
	if !(v.Participation >= 0 && v.Participation <= 1) {
		faults = append(faults, fmt.Sprintf("participation must be 0 to 1, is %g", v.Participation))
	}
	for _, p := range []struct {
		name, unit string
		x          float64
	}{{"volley_rate", "Hz", v.VolleyRateHz}, {"jitter", "ms", v.JitterMs}, {"surrogate_jitter", "ms", v.SurrogateJitterMs}} {
		if !(p.x >= 0) || math.IsInf(p.x, 0) {
			faults = append(faults, fmt.Sprintf("%s must be at least 0 %s and finite, is %g %s", p.name, p.unit, p.x, p.unit))
		}
	}
	if len(faults) == 0 && v.VolleyRateHz*dtMs > 1000 {
		faults = append(faults, fmt.Sprintf("volley_rate must be at most one a tick, %g Hz, is %g Hz", 1000/dtMs, v.VolleyRateHz))
	}
	if sum := v.JitterMs + v.SurrogateJitterMs; sum > longestJitterMs {
		faults = append(faults, fmt.Sprintf("jitter and surrogate_jitter must sum to at most %g ms, are %g ms", longestJitterMs, sum))
	}
	if need := float64(v.VolleyRateHz * v.Participation); len(faults) == 0 && v.Members > 0 && need > v.RateHz.largest() {
		faults = append(faults, fmt.Sprintf("volley_rate times participation is %g Hz, above every rate (at most %g Hz): no member could keep its rate", need, v.RateHz.largest()))
	}
	return faults
}

// longestJitterMs bounds how far a block must look for volleys.
const longestJitterMs = 10_000.0

func (v Volleys) group(key random.Key) random.Key {
	if v.Group != 0 {
		return v.Group
	}
	return key
}

// MemberList is the planted members in ascending order, under the key of the
// population. Cost: 8 bytes and a few nanoseconds for each of the N neurons.
func (v Volleys) MemberList(key random.Key) []int {
	all := make([]int, v.N)
	for i := range all {
		all[i] = i
	}
	if !v.FirstMembers {
		draws := v.group(key).Sub(forMembers).Stream()
		for i := range v.Members {
			j := i + int(draws.Intn(uint64(v.N-i)))
			all[i], all[j] = all[j], all[i]
		}
	}
	members := all[:v.Members]
	slices.Sort(members)
	return members
}

// Times is the ticks of the volleys in (from, to], in ascending order, before
// any jitter; a tick stands twice where two volleys fall into it.
func (v Volleys) Times(dtMs float64, key random.Key, from, to snn.Tick) []snn.Tick {
	var ticks []snn.Tick
	times := volleyTimes{v.group(key).Sub(forVolleys), ticksPerEvent(v.VolleyRateHz, dtMs)}
	for b := blockOf(from + 1); b <= blockOf(to); b++ {
		for _, at := range times.of(b, nil) {
			if t := snn.Tick(b<<blockBits) + snn.Tick(at) + 1; t > from && t <= to {
				ticks = append(ticks, t)
			}
		}
	}
	return ticks
}

// volleyTimes draws the volleys: every partition draws the same.
type volleyTimes struct {
	key           random.Key
	ticksPerEvent float64
}

// of appends the times of a block's volleys, in ticks from its start, rising.
func (q volleyTimes) of(block int64, dst []float64) []float64 {
	draws := q.key.Sub(uint64(block)).Stream()
	for at := 0.0; ; {
		at -= float64(pinned.Log(draws.Float64()) * q.ticksPerEvent)
		if at >= blockTicks {
			return dst
		}
		dst = append(dst, at)
	}
}

// New makes the source of a slice. Cost: as Poisson, and for each volley and
// member one draw a block in reach of the jitter.
func (v Volleys) New(s Slice) Source {
	group := s
	group.Key = v.group(s.Key)
	rates := v.RateHz.of(group)
	src := &volleys{
		slice:      s,
		recipe:     v,
		times:      volleyTimes{group.Key.Sub(forVolleys), ticksPerEvent(v.VolleyRateHz, s.DtMs)},
		spikes:     s.Key.Sub(forSpikes),
		joins:      s.Key.Sub(forJoining),
		join:       make([]float64, s.Len()),
		background: make([]float64, s.Len()),
		jitter:     v.JitterMs / s.DtMs,
		surrogate:  v.SurrogateJitterMs / s.DtMs,
	}
	src.reach = int64(math.Ceil(gaussReach * (src.jitter + src.surrogate) / blockTicks))
	for _, m := range v.MemberList(s.Key) {
		if q := v.VolleyRateHz; m >= s.Lo && m < s.Hi && q > 0 {
			r := rates[m-s.Lo]
			src.join[m-s.Lo] = min(v.Participation, r/q)
			rates[m-s.Lo] = max(r-float64(q*v.Participation), 0)
		}
	}
	for i, hz := range rates {
		src.background[i] = ticksPerEvent(hz, s.DtMs)
	}
	return src
}

// gaussReach bounds a Gaussian drawn from 53 bits, in standard deviations.
const gaussReach = 8.3

type volleys struct {
	noTrials
	recipe            Volleys
	slice             Slice
	times             volleyTimes
	spikes, joins     random.Key
	join              []float64 // chance that a neuron joins a volley; 0 for non-members
	background        []float64 // mean gap of its own firing in ticks
	jitter, surrogate float64   // in ticks
	reach             int64     // blocks that a volley's spikes may be away from it
	raster            raster
	near              []volley
	at                []float64
}

// volley is one volley near a block.
type volley struct {
	at  float64 // in ticks from the block's start
	key random.Key
}

func (v *volleys) Spikes(t snn.Tick, dst []uint32) []uint32 {
	if !v.raster.covers(t) {
		v.fill(blockOf(t))
	}
	return v.raster.at(t, dst)
}

func (v *volleys) fill(block int64) {
	v.raster.reset(snn.Tick(block<<blockBits), blockTicks)
	v.gather(block)
	whole := [1]piece{{blockTicks, 1}}
	for i, gap := range v.background {
		train := gapTrain(v.spikes.Sub(uint64(v.slice.Lo+i)), block)
		for k := train.next(gap, 0, whole[:]); k < blockTicks; k = train.next(gap, k+1, whole[:]) {
			v.raster.add(k, uint32(i))
		}
		if v.join[i] > 0 {
			v.volleySpikes(i)
		}
	}
	v.raster.sort(false)
	v.raster.compact()
}

// gather lists the volleys whose spikes may fall into a block.
func (v *volleys) gather(block int64) {
	v.near = v.near[:0]
	for b := block - v.reach; b <= block+v.reach; b++ {
		key := v.joins.Sub(uint64(b))
		v.at = v.times.of(b, v.at[:0])
		for k, at := range v.at {
			v.near = append(v.near, volley{at + float64((b-block)*blockTicks), key.Sub(uint64(k))})
		}
	}
}

// volleySpikes adds the spikes that neuron i has in the gathered volleys: three
// words for each, whether it joins, its jitter, its surrogate jitter.
func (v *volleys) volleySpikes(i int) {
	word := 3 * uint64(v.slice.Lo+i)
	for _, y := range v.near {
		if y.key.Uniform(word) >= v.join[i] {
			continue
		}
		at := y.at
		if v.jitter > 0 {
			at += float64(v.jitter * pinned.NormQuantile(y.key.Uniform(word+1)))
		}
		if v.surrogate > 0 {
			at += float64(v.surrogate * pinned.NormQuantile(y.key.Uniform(word+2)))
		}
		if at >= 0 && at < blockTicks {
			v.raster.add(int(at), uint32(i))
		}
	}
}
