package kernel

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/plasticity"
)

// spikeDriven is a plastic projection that learns spike by spike.
type spikeDriven interface {
	plastic
	// begin starts a trial at tick now; with reset, traces and histories begin anew.
	begin(now snn.Tick, trial *Trial, reset bool)
}

// restarts reports whether the traces of a projection are set back at each trial:
// where its source or its target is.
func (n *Network) restarts(p *Projection) bool { return n.resets(p.Source) || n.resets(p.Target) }

// buildSpikeDriven makes the block of a projection under a spike-driven synapse
// model. The layout depends on the cut; what is computed does not.
func buildSpikeDriven(env Environment, p *Projection, s *slice, dtMs float64) (plastic, error) {
	double := p.Model.Precision == "float64"
	switch small := s.len() <= math.MaxUint16+1; {
	case small && double:
		return buildRows[uint16, float64](env, p, s, dtMs)
	case small:
		return buildRows[uint16, float32](env, p, s, dtMs)
	case double:
		return buildRows[uint32, float64](env, p, s, dtMs)
	}
	return buildRows[uint32, float32](env, p, s, dtMs)
}

func buildRows[T index, W float](env Environment, p *Projection, s *slice, dtMs float64) (plastic, error) {
	receptor, err := p.plasticReceptor()
	if err != nil {
		return nil, err
	}
	base := newSynapses[T, W](env, p, s, receptor, dtMs)
	if p.synapse.NewRelease != nil {
		return newShortTerm(base, dtMs), nil
	}
	if single, ok := any(base).(*synapses[T, float32]); ok && isPaired(p, dtMs) {
		return newPaired(single, dtMs), nil
	}
	return newDriven(base, dtMs), nil
}

// setSynapse looks the projection's synapse model up and completes its parameters.
func (p *Projection) setSynapse() error {
	name := p.Model.Synapse
	if !p.Plastic() || p.Model.SSDP != nil {
		return nil
	}
	spec, ok := plasticity.Lookup(name)
	if !ok {
		return fmt.Errorf("synapse_model: no synapse model %q", name)
	}
	given := plasticity.Params{}
	for _, v := range spec.Params {
		if x, ok := p.Model.Params[v.Name]; ok {
			if x.File != "" || x.List != nil || !x.Dist.IsConstant() {
				return fmt.Errorf("params.%s: one value for all synapses is expected", v.Name)
			}
			given[v.Name] = x.Dist.A
		}
	}
	p.synapse, p.params = &spec, given.Complete(spec)
	if faults := spec.Check(p.params); len(faults) > 0 {
		return fmt.Errorf("params: %s", faults[0])
	}
	return nil
}

// openBound is how many times the largest initial weight a weight may reach under
// a rule that has no bound of its own.
const openBound = 16

// boundPlastic widens the projection's weight bound by what a rule may reach.
func (p *Projection) boundPlastic() {
	if math.IsInf(p.params["Wmax"], 1) {
		p.params["Wmax"] = openBound * p.weightBound
	}
	p.weightBound = max(p.weightBound, math.Abs(p.params["Wmax"]))
}

// checkPlastic refuses weights outside the bounds of their rule, but for those of
// a distribution, which are set to the bounds.
func (p *Projection) checkPlastic() error {
	if !p.Plastic() || p.list == nil && !p.weight.IsConstant() {
		return nil
	}
	lo, hi := p.plasticBounds()
	if low, high := p.weightRange(); low < lo || high > hi {
		return fmt.Errorf("weight: %g to %g is not within the bounds of %s, %g to %g", low, high, p.Model.Synapse, lo, hi)
	}
	return nil
}

// plasticBounds is between what the weights of a plastic projection stay: 0 and
// Wmax, w_min and w_max, or for short-term plasticity what is drawn.
func (p *Projection) plasticBounds() (lo, hi float64) {
	switch bound, bounded := p.params["Wmax"]; {
	case p.Model.SSDP != nil:
		return p.Model.SSDP.WMin, p.Model.SSDP.WMax
	case !bounded:
		return p.weightRange()
	case bound < 0:
		return bound, 0
	default:
		return 0, bound
	}
}

// plasticReceptor is the one port that a plastic projection's weights enter by.
func (p *Projection) plasticReceptor() (int, error) {
	lo, hi := p.plasticBounds()
	if p.Model.SSDP == nil && lo < 0 && hi > 0 && p.Model.Receptor == "" {
		return 0, fmt.Errorf("weights of %s must have one sign, they reach from %g to %g; or name a receptor_type", p.Model.Synapse, lo, hi)
	}
	if hi <= 0 {
		hi = lo
	}
	return p.Target.receptor(p.Model.Receptor, hi)
}

// eventCost is about what it takes to send a spike over a synapse, in those of a
// static one.
func (p *Projection) eventCost(dtMs float64) float64 {
	switch {
	case p.synapse == nil:
		return 1
	case p.synapse.NewRule == nil || isPaired(p, dtMs):
		return 4
	}
	return 40
}
