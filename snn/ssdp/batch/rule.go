package batch

import (
	"fmt"

	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/ssdp"
	"github.com/volley-snn/volley/snn/ssdp/pairsum"
)

// Rule is the Gaussian rule. It does not change, and any number of shards may
// use it at once.
type Rule struct {
	Params
	gauss []float64 // of a distance of 0 to Ticks
}

// New makes a rule from valid parameters.
func New(p Params) *Rule {
	r := &Rule{Params: p, gauss: make([]float64, p.Ticks+1)}
	for d := range r.gauss {
		r.gauss[d] = r.exp(float64(d))
	}
	return r
}

func (r *Rule) exp(d float64) float64 {
	z := d / r.SigmaTicks
	return pinned.Exp(-float64(z*z) / 2)
}

// nearness is g of two times.
func (r *Rule) nearness(a, b float64) float64 {
	d := a - b
	if d < 0 {
		d = -d
	}
	if k := int(d); k < len(r.gauss) && float64(k) == d {
		return r.gauss[k]
	}
	return r.exp(d)
}

// moment is what a neuron did in a sample.
type moment struct {
	fired bool
	at    float64
}

// value is what a pair gets in a sample, without gate and chance.
func (r *Rule) value(post, pre moment) float64 {
	switch {
	case post.fired && pre.fired:
		return float64(r.APlus * r.nearness(post.at, pre.at))
	case !post.fired && !pre.fired:
		if r.Quirks.BothSilentDepress {
			return -float64(r.ABase * r.nearness(post.at, pre.at))
		}
	case r.OneSilent == ssdp.Sentinel:
		return -float64(r.ABase * r.nearness(post.at, pre.at))
	case r.OneSilent == ssdp.Depress:
		return -r.ABase
	}
	return 0
}

// Bound is the largest change of a weight in a batch while gates are at most 2.
// The published rules clip the change to [-1, 1]: where Bound is at most 1, that
// does nothing, and Add may be given the weights themselves.
func (r *Rule) Bound() float64 {
	if r.OneSilent == ssdp.Chance {
		return float64(2 * r.APlus * max(1, r.Beta))
	}
	return 2 * max(r.APlus, r.ABase)
}

// Add adds the change that the samples ask for to dw, of which the row of post
// neuron j and the column of pre neuron i is dw[j*pre+i]:
//
//	1/of sum_b gate[b] value_bji
//
// gate has one factor of each sample, or is nil for 1. of is the number of
// samples of the whole batch where these are a shard of it, or 0. c is what
// chance gives, for one_silent: chance, and nil otherwise; before its first batch
// nothing is added. The change is not clipped: see Bound and [Clip].
//
// Whole ticks cost time by the pairs that both fired, and are exact to 28 bits of
// the largest value. Fractional times, trials of more than 64 ticks, and silent
// neurons with times of their own are added pair by pair in float64.
func (r *Rule) Add(dw []float32, s *Samples, gate []float64, of int, c *Chance) error {
	if err := s.factors(gate, of); err != nil {
		return err
	}
	nPre, nPost := s.pre.layer.Neurons, s.post.layer.Neurons
	if len(dw) != nPre*nPost {
		return fmt.Errorf("ssdp: %d weights for %d post and %d pre neurons", len(dw), nPost, nPre)
	}
	if s.ticks != r.Ticks {
		return fmt.Errorf("ssdp: samples of %d ticks for a rule of %d", s.ticks, r.Ticks)
	}
	if s.shut() {
		return nil
	}
	var rest *pairsum.RankTwo
	if r.OneSilent == ssdp.Chance {
		if c == nil || c.pre.Len() != nPre || c.post.Len() != nPost {
			return fmt.Errorf("ssdp: one_silent: chance needs the participation of %d pre and %d post neurons", nPre, nPost)
		}
		if c.Batches() == 0 {
			return nil
		}
		rest = s.chance(r, c)
	}
	if timed := r.OneSilent == ssdp.Sentinel || r.Quirks.BothSilentDepress; r.Ticks > pairsum.MaxStates || !s.pre.regular(timed) || !s.post.regular(timed) {
		r.addPairs(dw, s, rest)
		return nil
	}
	t := r.terms(s)
	t.RankTwo = rest
	s.adder.Add(dw, t)
	return nil
}

// terms splits the values into those of neurons that are alone active, which add
// up by neuron, and the rest, which is of pairs that both are:
//
//	value(s, t) = value(s, -) + value(-, t) - value(-, -) + table(s, t)
func (r *Rule) terms(s *Samples) *pairsum.Terms {
	none := r.value(moment{false, s.post.silentAt}, moment{false, s.pre.silentAt})
	alonePost, alonePre := make([]float64, r.Ticks), make([]float64, r.Ticks)
	for t := range r.Ticks {
		at := moment{true, float64(t)}
		alonePost[t] = r.value(at, moment{false, s.pre.silentAt}) - none
		alonePre[t] = r.value(moment{false, s.post.silentAt}, at) - none
	}
	table := make([]float64, r.Ticks*r.Ticks)
	for j := range r.Ticks {
		for i := range r.Ticks {
			both := r.value(moment{true, float64(j)}, moment{true, float64(i)})
			table[j*r.Ticks+i] = both - alonePost[j] - alonePre[i] - none
		}
	}
	all := 0.0
	for _, f := range s.factor {
		all += float64(f * none)
	}
	terms := &pairsum.Terms{Post: &s.post.active, Pre: &s.pre.active, States: r.Ticks, Table: table, Factor: s.factor}
	if r.OneSilent == ssdp.Sentinel || r.OneSilent == ssdp.Depress || all != 0 {
		s.u = s.post.sum(s.u, s.factor, alonePost, all)
		s.v = s.pre.sum(s.v, s.factor, alonePre, 0)
		terms.U, terms.V = s.u, s.v
	}
	return terms
}

// sum is, for each neuron, start and what its states have in the samples.
func (d *side) sum(out, factor, byState []float64, start float64) []float64 {
	out = append(out[:0], make([]float64, d.layer.Neurons)...)
	for i := range out {
		out[i] = start
	}
	for b, f := range factor {
		for _, e := range d.active.Of(b) {
			i, state := pairsum.Unpack(e)
			out[i] += float64(f * byState[state])
		}
	}
	return out
}
