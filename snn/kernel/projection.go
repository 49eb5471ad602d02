package kernel

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/delivery"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/plasticity"
	"github.com/volley-snn/volley/snn/random"
)

// Projection is a projection of the compiled network.
type Projection struct {
	Index          int
	Name           string
	Source, Target *Population
	Model          *model.Projection

	// Layout is how a static projection is stored, and why.
	Layout delivery.Choice

	rule  connect.Rule
	space connect.Space
	key   random.Key // of the connections

	weight    random.Distribution
	weightKey random.Key
	delay     random.Distribution // in ms
	delayKey  random.Key

	roundingKey random.Key // of plastic weights of 16 bits

	delayTicks *random.Rounded // delay in ticks; nil where all are the same or a list has them
	list       *edgeList       // weights and delays of an explicit list; nil otherwise

	synapse *plasticity.Spec  // spike-driven plasticity; nil for static and SSDP synapses
	params  plasticity.Params // complete
	signal  *signal           // of a dopamine gate; nil otherwise

	minDelay, maxDelay snn.Tick
	weightBound        float64 // largest |weight|
}

// Plastic reports whether the weights change, or what a spike carries does.
func (p *Projection) Plastic() bool {
	return p.Model.Synapse != "static_synapse" && p.Model.Synapse != ""
}

// WeightSpan is the bounds that the weights lie in, low below high, and their unit.
func (p *Projection) WeightSpan() (low, high float64, unit string) {
	low, high = p.weightRange()
	if ports, err := p.ports(); err == nil {
		unit = p.Target.Receptors[ports[0]].Unit
	}
	if p.Plastic() {
		low, high = p.plasticBounds()
	}
	if !(low < high) {
		low, high = low-0.5, low+0.5
	}
	return low, high, unit
}

// sameDelay reports whether every synapse has the same delay.
func (p *Projection) sameDelay() bool { return p.minDelay == p.maxDelay }

// draws makes the weight and delay of synapse k of a target, k counted along its
// ascending list of sources: the pair that names a synapse under every cut.
type draws struct {
	p               *Projection
	weights, delays random.Key
	dtMs            float64
	rows            []uint32
}

func (p *Projection) drawsOf(target int, dtMs float64) draws {
	return draws{p: p, weights: p.weightKey.Sub(uint64(target)), delays: p.delayKey.Sub(uint64(target)), dtMs: dtMs}
}

func (d *draws) weight(k int) float64 {
	if l := d.p.list; l != nil && l.weights != nil {
		return l.weights[d.rows[k]]
	}
	return d.p.weight.Draw(d.weights, uint64(k))
}

// fill sets out[k] to weight(k).
func (d *draws) fill(out []float64) {
	if l := d.p.list; l != nil && l.weights != nil {
		for k := range out {
			out[k] = l.weights[d.rows[k]]
		}
		return
	}
	d.p.weight.Fill(d.weights, out)
}

// fillDelays sets out[k] to delay(k), counted from the smallest.
func (d *draws) fillDelays(out []uint16) {
	if d.p.delayTicks != nil {
		d.p.delayTicks.Fill(d.delays, int64(d.p.minDelay), out)
		return
	}
	for k := range out {
		out[k] = uint16(d.delay(k) - d.p.minDelay)
	}
}

func (d *draws) delay(k int) snn.Tick {
	if d.p.sameDelay() {
		return d.p.minDelay
	}
	if l := d.p.list; l != nil && l.delays != nil {
		return l.delays[d.rows[k]]
	}
	return snn.Tick(d.p.delayTicks.Draw(d.delays, uint64(k)))
}

// longestDelay bounds delays, so that a synapse's fits 16 bits.
const longestDelay = 1 << 15

func (p *Projection) setDelays(dtMs float64) error {
	low, high := p.delay.Range()
	if p.list != nil && p.list.delays != nil {
		p.minDelay, p.maxDelay = p.list.minDelay, p.list.maxDelay
	} else {
		p.minDelay, p.maxDelay = ticks(low, dtMs), ticks(high, dtMs)
		if !p.delay.IsConstant() {
			p.minDelay = max(p.minDelay, 1)
		}
	}
	if !p.sameDelay() && (p.list == nil || p.list.delays == nil) {
		p.delayTicks = random.NewRounded(p.delay, func(ms float64) int64 {
			return int64(min(max(ticks(ms, dtMs), p.minDelay), p.maxDelay))
		})
	}
	if p.minDelay < 1 {
		return fmt.Errorf("projections.%s.delay: %g ms is under one tick (%g ms)", p.Name, low, dtMs)
	}
	if p.maxDelay > longestDelay {
		return fmt.Errorf("projections.%s.delay: %g ms is over %d ticks", p.Name, float64(p.maxDelay)*dtMs, longestDelay)
	}
	return nil
}

func (p *Projection) setWeightBound() {
	low, high := p.weight.Range()
	p.weightBound = max(math.Abs(low), math.Abs(high))
	if p.list != nil && p.list.weights != nil {
		p.weightBound = 0
		for _, w := range p.list.weights {
			p.weightBound = max(p.weightBound, math.Abs(w))
		}
	}
	if s := p.Model.SSDP; s != nil {
		p.weightBound = max(p.weightBound, math.Abs(s.WMin), math.Abs(s.WMax))
	}
	if p.synapse != nil {
		p.boundPlastic()
	}
}
