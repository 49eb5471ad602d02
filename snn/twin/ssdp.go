package twin

import (
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/ssdp"
)

// SSDP is the windowed rule over all synapses of a projection, one window and one
// synapse at a time.
type SSDP struct {
	rule        *ssdp.Rule
	low, span   float64
	pre, post   *ssdp.Participation
	expectation *ssdp.Expectation
	nearest     bool
	learned     int // windows
}

// Window is the spikes of each neuron in a window, rising, in ticks from its start:
// 1 to its width. Pre is of the sources, Post of the targets.
type Window struct{ Pre, Post [][]int32 }

// warmUp is the windows before participation and histograms mean anything: nothing
// changes in them.
const warmUp = 10

// NewSSDP starts with no window seen.
func NewSSDP(m *model.SSDP, sources, targets int, dtMs float64) *SSDP {
	n := Network{m: &model.Model{Dt: dtMs}}
	rule := ssdp.New(ssdp.Params{
		WindowTicks: int(n.ticks(m.Window)), SigmaTicks: m.Sigma / dtMs, Eta: m.Eta, Beta: m.Beta, APlus: m.APlus, ABase: m.ABase,
		OneSilent: ssdp.OneSilent(m.OneSilent), Soft: m.Bounds != "hard", Horizon: m.Horizon,
	})
	return &SSDP{
		rule: rule, low: m.WMin, span: m.WMax - m.WMin, nearest: m.Pairing == "nearest",
		pre: ssdp.NewParticipation(sources, m.Horizon), post: ssdp.NewParticipation(targets, m.Horizon), expectation: ssdp.NewExpectation(rule),
	}
}

// Learn changes the weights by what happened in a window, scaled by factor, and takes
// the window into what counts as chance in later ones.
func (r *SSDP) Learn(synapses []*Synapse, w Window, factor float64) {
	if r.learned++; r.learned > warmUp {
		for _, s := range synapses {
			plus, minus := r.pair(s, w.Pre[s.Source], w.Post[s.Target])
			u := r.rule.Step((s.Weight-r.low)/r.span, plus, minus, float64(r.rule.Eta*factor))
			s.Weight = r.low + float64(u*r.span)
		}
	}
	r.pre.Add(firsts(w.Pre))
	r.post.Add(firsts(w.Post))
	if r.nearest {
		trains, active := r.trains(w.Pre)
		r.expectation.AddNearest(trains, active, r.histogram(w.Post))
	} else {
		r.expectation.Add(r.histogram(w.Pre), r.histogram(w.Post))
	}
}

// pair is what a pair gains and loses by the spikes of its two neurons.
func (r *SSDP) pair(s *Synapse, pre, post []int32) (plus, minus float64) {
	chance, pPre, pPost := r.expectation.Value(), r.pre.Of(s.Source), r.post.Of(s.Target)
	switch {
	case len(pre) > 0 && len(post) > 0:
		apart := post[0] - pre[0]
		for _, t := range pre {
			if d := post[0] - t; r.nearest && max(d, -d) < max(apart, -apart) {
				apart = d
			}
		}
		return r.rule.Both(int(apart), chance, pPre, pPost)
	case len(pre) > 0:
		return 0, r.rule.One(int(pre[0]), chance, pPost)
	case len(post) > 0:
		return 0, r.rule.One(int(post[0]), chance, pPre)
	}
	return 0, 0
}

// firsts is the first spike of each neuron, or -1.
func firsts(spikes [][]int32) []int32 {
	all := make([]int32, len(spikes))
	for i, train := range spikes {
		if all[i] = -1; len(train) > 0 {
			all[i] = train[0]
		}
	}
	return all
}

// histogram counts first spikes.
func (r *SSDP) histogram(spikes [][]int32) []int64 {
	counts := make([]int64, r.expectation.Bins())
	for _, t := range firsts(spikes) {
		if t > 0 {
			counts[r.expectation.Bin(int(t))]++
		}
	}
	return counts
}

// trains is the spikes as the expectation takes them: in order of time.
func (r *SSDP) trains(spikes [][]int32) (trains *ssdp.Trains, active []uint32) {
	var sources []uint32
	var ticks []int32
	for at := int32(1); at <= int32(r.rule.WindowTicks); at++ {
		for i, train := range spikes {
			for k, t := range train {
				if t != at {
					continue
				}
				if sources, ticks = append(sources, uint32(i)), append(ticks, t); k == 0 {
					active = append(active, uint32(i))
				}
			}
		}
	}
	trains = ssdp.NewTrains(len(spikes))
	trains.Set(active, sources, ticks)
	return trains, active
}
