package twin

import (
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/plasticity"
	"github.com/volley-snn/volley/snn/random"
)

// projection is its synapses, by target, then source, and how they learn.
type projection struct {
	m              *model.Projection
	source, target *population
	rule           connect.Rule
	space          connect.Space
	synapses       []*Synapse
	low, high      float64 // bounds of a plastic weight
	since          snn.Tick

	params  plasticity.Params  // of a spike-driven rule
	release plasticity.Release // of short-term plasticity
	windows *windows           // of SSDP
}

// Synapse is one synapse; source and target count in their populations.
type Synapse struct {
	Source, Target int
	Weight         float64
	delay          snn.Tick
	receptor       int
	carries        int64 // in quanta, where the weight is static

	stdp    *STDP
	release plasticity.ReleaseState
	last    snn.Tick // last spike of the source
}

func (p *projection) static() bool {
	return p.m.Synapse == "" || p.m.Synapse == "static_synapse"
}

// addProjection connects and draws. Synapse k of a target, counted along its
// ascending sources, has draw k of the target's own keys.
func (n *Network) addProjection(m *model.Projection) {
	p := &projection{m: m, source: n.named(m.Source), target: n.named(m.Target), since: snn.Never}
	n.projections = append(n.projections, p)
	p.space = connect.Space{Sources: p.source.size, Targets: p.target.size, Same: p.source == p.target}
	var edges map[string][]float64
	if m.Rule == "explicit" {
		edges = n.table(m.File)
	}
	p.rule = rule(m, p.space, edges)
	weights, delays := key(n.seeds.Network, random.Weights, m.Name), key(n.seeds.Network, random.Delays, m.Name)
	p.rule.Each(p.space, key(n.seeds.Network, random.Connectivity, m.Name), 0, p.target.size, func(target int, sources []uint32) {
		for k, source := range sources {
			s := &Synapse{
				Source: int(source), Target: target,
				Weight: m.Weight.Dist.Draw(weights.Sub(uint64(target)), uint64(k)),
				delay:  max(n.ticks(m.Delay.Dist.Draw(delays.Sub(uint64(target)), uint64(k))), 1),
			}
			if edges != nil {
				row := p.rule.(*connect.Explicit).Rows(target)[k]
				s.Weight, s.delay = edges["weight"][row], n.ticks(edges["delay_ms"][row])
			}
			p.synapses = append(p.synapses, s)
		}
	})
	switch spec, driven := plasticity.Lookup(m.Synapse); {
	case m.SSDP != nil:
		p.low, p.high = m.SSDP.WMin, m.SSDP.WMax
		p.windows = newWindows(n, p)
	case driven:
		p.drive(n, spec)
	}
	n.setReceptors(p)
}

func rule(m *model.Projection, space connect.Space, edges map[string][]float64) connect.Rule {
	switches := connect.Switches{Autapses: m.Autapses, Multapses: m.Multapses}
	switch m.Rule {
	case "one_to_one":
		return connect.OneToOne{Switches: switches}
	case "all_to_all":
		return connect.AllToAll{Switches: switches}
	case "fixed_indegree":
		return connect.FixedIndegree{Indegree: m.Indegree, Switches: switches}
	case "fixed_outdegree":
		return connect.FixedOutdegree{Outdegree: m.Outdegree, Switches: switches}
	case "fixed_total_number":
		return connect.FixedTotalNumber{N: m.N, Switches: switches}
	case "pairwise_bernoulli":
		return connect.PairwiseBernoulli{P: m.P, Switches: switches}
	}
	var sources, targets []uint32
	for k := range edges["source"] {
		sources, targets = append(sources, uint32(edges["source"][k])), append(targets, uint32(edges["target"][k]))
	}
	return connect.NewExplicit(space, switches, sources, targets)
}

// drive gives the synapses a spike-driven model.
func (p *projection) drive(n *Network, spec plasticity.Spec) {
	given := plasticity.Params{}
	for name, v := range p.m.Params {
		given[name] = v.Dist.A
	}
	p.params = given.Complete(spec)
	if spec.NewRelease != nil {
		p.release = spec.NewRelease(p.params, n.m.Dt)
		p.low, p.high = p.span()
	} else {
		if math.IsInf(p.params["Wmax"], 1) { // sums on a grid need a bound
			p.params["Wmax"] = 16 * p.largest()
		}
		p.low, p.high = min(p.params["Wmax"], 0), max(p.params["Wmax"], 0)
	}
	for _, s := range p.synapses {
		if p.release != nil {
			s.release = p.release.Start()
		} else {
			s.stdp = &STDP{Synapse: spec.Name, Params: p.params, DtMs: n.m.Dt}
		}
	}
}

// span is what the weights lie between when they are drawn.
func (p *projection) span() (low, high float64) {
	if p.m.Rule != "explicit" {
		return p.m.Weight.Dist.Range()
	}
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range p.synapses {
		low, high = min(low, s.Weight), max(high, s.Weight)
	}
	return low, high
}

func (p *projection) largest() float64 {
	low, high := p.span()
	return max(math.Abs(low), math.Abs(high))
}

// setReceptors finds where each synapse enters. A static weight goes by its own
// sign, a plastic one by the bound that it may reach. Plastic weights that are
// drawn beyond their bounds are set to them.
func (n *Network) setReceptors(p *projection) {
	for _, s := range p.synapses {
		if p.static() {
			s.receptor = receptor(p.target, p.m.Receptor, s.Weight)
			continue
		}
		s.receptor = p.port()
		s.Weight = min(max(s.Weight, p.low), p.high)
	}
}

// port is where a plastic projection enters.
func (p *projection) port() int {
	reach := p.high
	if p.high <= 0 {
		reach = p.low
	}
	return receptor(p.target, p.m.Receptor, reach)
}
