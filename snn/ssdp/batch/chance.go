package batch

import (
	"github.com/volley-snn/volley/snn/ssdp"
	"github.com/volley-snn/volley/snn/ssdp/pairsum"
)

// Chance is what independent neurons would gain under a rule: each neuron's
// participation, the share of samples in which it fires, and gbar, the mean
// nearness of two spikes drawn from the layers' first-spike histograms. Both run
// over the rule's horizon of batches. A batch's change uses the state of before
// the batch, so that it is unbiased.
type Chance struct {
	pre, post   *ssdp.Participation
	expectation *ssdp.Expectation
	histogram   [2][]int64
}

// NewChance starts with no batch seen.
func NewChance(r *Rule, pre, post int) *Chance {
	window := ssdp.New(ssdp.Params{WindowTicks: r.Ticks, SigmaTicks: r.SigmaTicks, Horizon: r.Horizon, OneSilent: r.OneSilent})
	c := &Chance{
		pre: ssdp.NewParticipation(pre, r.Horizon), post: ssdp.NewParticipation(post, r.Horizon),
		expectation: ssdp.NewExpectation(window),
	}
	for k := range c.histogram {
		c.histogram[k] = make([]int64, c.expectation.Bins())
	}
	return c
}

// Batches is the number of batches seen.
func (c *Chance) Batches() int { return c.pre.Windows() }

// Nearness is gbar; 0 before any two neurons fired.
func (c *Chance) Nearness() float64 { return c.expectation.Value() }

// Participation is that of pre neuron i and of post neuron j.
func (c *Chance) Participation(i, j int) (pre, post float64) { return c.pre.Of(i), c.post.Of(j) }

// Add takes the counts of a whole batch, after its change has been made.
func (c *Chance) Add(st *Statistics) {
	for k, l := range []*LayerStatistics{&st.Pre, &st.Post} {
		clear(c.histogram[k])
		for t, n := range l.First {
			c.histogram[k][c.expectation.Bin(t+1)] += n
		}
	}
	c.expectation.Add(c.histogram[0], c.histogram[1])
	c.pre.AddBatch(st.Pre.Fired, st.Samples)
	c.post.AddBatch(st.Post.Fired, st.Samples)
}

// chance is the chance term over the samples, a matrix of rank two:
//
//	A_plus beta/2 gbar (pbar_j sum_b f_b x_bi + pbar_i sum_b f_b y_bj)
func (s *Samples) chance(r *Rule, c *Chance) *pairsum.RankTwo {
	strength := float64(r.APlus * r.Beta / 2 * c.Nearness())
	m := &s.rankTwo
	m.A, m.Q = scaled(m.A, c.post, strength), scaled(m.Q, c.pre, strength)
	ones := make([]float64, s.ticks)
	for t := range ones {
		ones[t] = 1
	}
	s.u, s.v = s.post.sum(s.u, s.factor, ones, 0), s.pre.sum(s.v, s.factor, ones, 0)
	m.Y, m.X = single(m.Y, s.u), single(m.X, s.v)
	return m
}

func scaled(out []float32, p *ssdp.Participation, by float64) []float32 {
	out = out[:0]
	for i := range p.Len() {
		out = append(out, float32(by*p.Of(i)))
	}
	return out
}

func single(out []float32, x []float64) []float32 {
	out = out[:0]
	for _, y := range x {
		out = append(out, float32(y))
	}
	return out
}
