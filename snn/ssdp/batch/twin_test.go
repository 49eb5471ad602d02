package batch

import (
	"fmt"
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/ssdp"
)

// trial is random data of a layer pair.
type trial struct {
	samples, ticks, in, out int
	pre, post               Layer
	gate                    []float64
}

// kind is how spike times are given.
type kind int

const (
	whole      kind = iota // ticks; silent: the number of ticks
	fractional             // silent: the number of ticks
	ofItsOwn               // silent neurons have times, too
	atZero                 // silent neurons have time 0
)

func newTrial(samples, ticks, in, out int, active float64, gated bool, k kind, seed uint64) *trial {
	draw := random.Seed(seed, random.Surrogate).Stream()
	layer := func(n int) Layer {
		l := Layer{Neurons: n}
		for b := range samples {
			p := active
			if b%5 == 4 {
				p = 0 // a silent sample
			}
			for range n {
				fired, at := draw.Float64() < p, draw.Float64()*float64(ticks)
				activity := float32(0)
				if fired {
					activity = 1
				}
				switch {
				case k == fractional && !fired:
					at = float64(ticks)
				case k == whole && !fired:
					at = float64(ticks)
				case k == atZero && !fired:
					at = 0
				}
				if k == fractional {
					l.At = append(l.At, float32(at))
				} else {
					l.First = append(l.First, int32(at))
				}
				l.Fired = append(l.Fired, activity)
			}
		}
		if k == whole && draw.Float64() < 0.5 {
			l.Fired = nil
		}
		return l
	}
	tr := &trial{samples: samples, ticks: ticks, in: in, out: out, pre: layer(in), post: layer(out)}
	if gated {
		for range samples {
			tr.gate = append(tr.gate, 2*draw.Float64())
		}
	}
	return tr
}

func (l *Layer) did(k, ticks int) (x, at float64) {
	at = l.time(k)
	if l.Fired != nil {
		return float64(l.Fired[k]), at
	}
	if at < float64(ticks) {
		return 1, at
	}
	return 0, at
}

// naive is the rule as its formulas read, pair by pair with an exponential each.
func (tr *trial) naive(p Params, c *Chance) []float64 {
	dw := make([]float64, tr.in*tr.out)
	for b := range tr.samples {
		g := 1.0
		if tr.gate != nil {
			g = tr.gate[b]
		}
		for j := range tr.out {
			for i := range tr.in {
				y, tPost := tr.post.did(b*tr.out+j, tr.ticks)
				x, tPre := tr.pre.did(b*tr.in+i, tr.ticks)
				near := math.Exp(-(tPost - tPre) * (tPost - tPre) / (2 * p.SigmaTicks * p.SigmaTicks))
				lambda := x * y
				one := x + y - 2*lambda
				neither := 1 - lambda - one
				v := p.APlus * lambda * near
				switch p.OneSilent {
				case ssdp.Sentinel:
					v -= p.ABase * one * near
				case ssdp.Depress:
					v -= p.ABase * one
				case ssdp.Chance:
					pPre, pPost := c.Participation(i, j)
					v -= p.APlus * p.Beta / 2 * c.Nearness() * (x*pPost + y*pPre)
				}
				if p.Quirks.BothSilentDepress {
					v -= p.ABase * neither * near
				}
				dw[j*tr.in+i] += g * v / float64(tr.samples)
			}
		}
	}
	return dw
}

// seen is the chance of trials like this one.
func (tr *trial) seen(t *testing.T, r *Rule, batches int) *Chance {
	c, s := NewChance(r, tr.in, tr.out), &Samples{}
	for k := range batches {
		before := newTrial(tr.samples, tr.ticks, tr.in, tr.out, 0.4, false, whole, uint64(1000+k))
		must(t, s.Load(before.samples, before.ticks, before.pre, before.post))
		st := &Statistics{}
		s.Count(st)
		c.Add(st)
	}
	return c
}

func forms(ticks int) map[string]Params {
	with := func(p Params, o ssdp.OneSilent) Params {
		p.OneSilent, p.ABase = o, 5e-5
		return p
	}
	depress := with(Published(ticks), ssdp.Depress)
	return map[string]Params{
		"published": Published(ticks), "published, DA": PublishedDopamine(ticks),
		"published, one_silent depress": depress, "published, one_silent none": with(Published(ticks), ssdp.None),
		"chance": Corrected(ticks), "sentinel": with(Corrected(ticks), ssdp.Sentinel),
		"none": with(Corrected(ticks), ssdp.None), "depress": with(Corrected(ticks), ssdp.Depress),
	}
}

func TestRuleAgainstNaive(t *testing.T) {
	s := &Samples{} // one for all: what it keeps from one load must not show in the next
	for n, c := range []struct {
		samples, ticks, in, out int
		active                  float64
		gated                   bool
		kind                    kind
		sigma                   float64
	}{
		{1, 1, 1, 1, 1, false, whole, 1},
		{1, 4, 9, 7, 0.5, true, whole, 1},
		{8, 1, 12, 5, 0.5, true, whole, 1},
		{16, 10, 40, 33, 0.3, true, whole, 1},
		{16, 10, 40, 33, 0.3, false, whole, math.Inf(1)},
		{7, 10, 70, 12, 0.6, true, whole, 0.05},
		{30, 16, 65, 9, 0.2, true, whole, 3},
		{10, 30, 21, 20, 0.5, true, whole, 4},
		{6, 100, 31, 12, 0.5, true, whole, 10},
		{300, 4, 20, 6, 0.5, true, whole, 1},
		{5, 6, 20, 6, 0, false, whole, 1},
		{9, 20, 17, 13, 0.5, true, fractional, 1.5},
		{12, 8, 19, 15, 0.5, true, ofItsOwn, 1},
		{12, 8, 19, 15, 0.5, true, atZero, 1},
	} {
		tr := newTrial(c.samples, c.ticks, c.in, c.out, c.active, c.gated, c.kind, uint64(n))
		for name, p := range forms(c.ticks) {
			name := fmt.Sprintf("case %d, %s", n, name)
			p.SigmaTicks = c.sigma
			r := New(p)
			var chance *Chance
			if p.OneSilent == ssdp.Chance {
				chance = tr.seen(t, r, 3)
			}
			must(t, s.Load(c.samples, c.ticks, tr.pre, tr.post))
			dw := make([]float32, c.in*c.out)
			must(t, r.Add(dw, s, tr.gate, 0, chance))
			near(t, name, dw, tr.naive(p, chance))
			for i, x := range dw {
				if math.Abs(float64(x)) > r.Bound() {
					t.Fatalf("%s: change %d is %g, above the bound %g", name, i, x, r.Bound())
				}
			}
		}
	}
}

func TestExponentialAgainstNaive(t *testing.T) {
	tr := newTrial(20, 1, 30, 11, 0.5, true, whole, 3)
	draw := random.Seed(4, random.Surrogate).Stream()
	dt := make([]float64, tr.samples)
	for b := range dt {
		dt[b] = 40 * draw.Float64()
	}
	for _, e := range []Exponential{
		{0.02, 0.02, 20, 20, PublishedQuirks()}, {0.02, 0.01, 20, 10, Quirks{}}, {0.02, 0.02, 20, 10, Quirks{}},
	} {
		want := make([]float64, tr.in*tr.out)
		for b := range tr.samples {
			minus := dt[b] / e.TauMinus
			if e.Quirks.ExponentTwice {
				minus = dt[b] / e.TauPlus / e.TauMinus
			}
			k := tr.gate[b] * (e.APlus*math.Exp(-dt[b]/e.TauPlus) - e.AMinus*math.Exp(-minus)) / float64(tr.samples)
			for j := range tr.out {
				for i := range tr.in {
					y, _ := tr.post.did(b*tr.out+j, 1)
					x, _ := tr.pre.did(b*tr.in+i, 1)
					want[j*tr.in+i] += k * x * y
				}
			}
		}
		s, dw := &Samples{}, make([]float32, len(want))
		must(t, s.Load(tr.samples, 1, tr.pre, tr.post))
		must(t, e.Add(dw, s, dt, tr.gate, 0))
		near(t, fmt.Sprint(e), dw, want)
	}
}

// A batch's shards add up to the batch.
func TestShardsAddUp(t *testing.T) {
	const samples, ticks, in, out, parts = 32, 10, 45, 20, 5
	tr := newTrial(samples, ticks, in, out, 0.4, true, whole, 8)
	for name, p := range forms(ticks) {
		r := New(p)
		c := tr.seen(t, r, 2)
		var total Statistics
		var shards [][]float32
		for k := range parts {
			from, to := k*samples/parts, (k+1)*samples/parts
			cut := func(l Layer) Layer {
				l.First = l.First[from*l.Neurons : to*l.Neurons]
				if l.Fired != nil {
					l.Fired = l.Fired[from*l.Neurons : to*l.Neurons]
				}
				return l
			}
			s, dw := &Samples{}, make([]float32, in*out)
			must(t, s.Load(to-from, ticks, cut(tr.pre), cut(tr.post)))
			must(t, r.Add(dw, s, tr.gate[from:to], samples, c))
			shards = append(shards, dw)
			st := &Statistics{}
			s.Count(st)
			total.Merge(st)
		}
		near(t, name, Sum(shards), tr.naive(p, c))

		s, whole := &Samples{}, &Statistics{}
		must(t, s.Load(samples, ticks, tr.pre, tr.post))
		s.Count(whole)
		if fmt.Sprint(total) != fmt.Sprint(*whole) {
			t.Fatalf("%s: counts of the shards %v, of the batch %v", name, total, *whole)
		}
		mean := 0.0
		for _, x := range s.S() {
			mean += x / samples
		}
		if math.Abs(mean-whole.S()) > 1e-12 {
			t.Errorf("mean S is %g, of the counts %g", mean, whole.S())
		}
	}
}
