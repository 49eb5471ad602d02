package kernel

import (
	"fmt"

	"github.com/volley-snn/volley/snn/connect"
)

// rule sets the projection's connection rule from the model's words.
func (c *compiler) rule(p *Projection) error {
	m := p.Model
	switches := connect.Switches{Autapses: m.Autapses, Multapses: m.Multapses}
	switch m.Rule {
	case "one_to_one":
		p.rule = connect.OneToOne{Switches: switches}
	case "all_to_all":
		p.rule = connect.AllToAll{Switches: switches}
	case "fixed_indegree":
		p.rule = connect.FixedIndegree{Indegree: m.Indegree, Switches: switches}
	case "fixed_outdegree":
		p.rule = connect.FixedOutdegree{Outdegree: m.Outdegree, Switches: switches}
	case "fixed_total_number":
		p.rule = connect.FixedTotalNumber{N: m.N, Switches: switches}
	case "pairwise_bernoulli":
		p.rule = connect.PairwiseBernoulli{P: m.P, Switches: switches}
	case "explicit":
		unit := ""
		if len(p.Target.Receptors) > 0 {
			unit = p.Target.Receptors[0].Unit
		}
		list, err := readEdges(c.files, m.File, p.space, unit, c.n.DtMs)
		if err != nil {
			return fmt.Errorf("file: %w", err)
		}
		if list.weights == nil && len(list.sources) > 0 && m.Weight.Dist.Kind == "" {
			return fmt.Errorf("file: %s has no column weight, and the projection gives none", m.File)
		}
		if list.delays == nil && len(list.sources) > 0 && m.Delay.Dist.Kind == "" {
			return fmt.Errorf("file: %s has no column delay, and the projection gives none", m.File)
		}
		p.list = list
		p.rule = connect.NewExplicit(p.space, switches, list.sources, list.targets)
	default:
		return fmt.Errorf("rule: no connection rule %q", m.Rule)
	}
	return nil
}

// each calls use for each target of a slice with its sources, and for an
// explicit list the rows that they come from.
func (p *Projection) each(s *slice, use func(target int, sources, rows []uint32)) {
	p.eachOnto(s.lo, s.hi, use)
}

// eachOnto is each for targets lo to hi of the population.
func (p *Projection) eachOnto(lo, hi int, use func(target int, sources, rows []uint32)) {
	explicit, _ := p.rule.(*connect.Explicit)
	p.rule.Each(p.space, p.key, lo, hi, func(target int, sources []uint32) {
		if explicit != nil {
			use(target, sources, explicit.Rows(target))
			return
		}
		use(target, sources, nil)
	})
}

// Costs estimates what each GID costs to simulate, in neuron updates: its own,
// its drive, and its synapses at a modest rate. The cut balances them.
func (n *Network) Costs() []float64 {
	costs := make([]float64, n.total)
	for _, pop := range n.Populations {
		each := 1.0
		if pop.IsInput() {
			each = 0.1
		}
		for _, p := range n.Projections {
			if p.Target == pop && pop.Size() > 0 {
				each += float64(p.rule.Expected(p.space, 0, pop.Size()) / float64(pop.Size()) * 2e-3 * p.eventCost(n.DtMs))
			}
		}
		for _, s := range n.stimuli {
			if s.target == pop {
				each++
			}
		}
		for g := pop.Range.First; g < pop.Range.End; g++ {
			costs[g] = each
		}
	}
	return costs
}
