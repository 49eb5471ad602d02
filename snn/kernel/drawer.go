package kernel

import (
	"fmt"
	"math"
	"slices"

	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/delivery"
	"github.com/volley-snn/volley/snn/random"
)

// drawer gives the synapses of a static projection their weights and delays, as
// far as the layout holds any.
type drawer struct {
	p                 *Projection
	dtMs              float64
	weighted, delayed bool
	bySign            bool // weights of the other sign enter by another receptor
	sign              int
	inverse           float64
	shift             int
	explicit          *connect.Explicit

	values  []float64
	kept    []uint32
	weights []int32
	delays  []uint16
	fault   error
}

func newDrawer(p *Projection, key bundleKey, dtMs float64) *drawer {
	d := &drawer{p: p, dtMs: dtMs, weighted: key.layout == delivery.Packed, delayed: !p.sameDelay(), sign: p.Target.Receptors[key.receptor].Sign, shift: key.shift}
	ports, _ := p.entered()
	d.bySign = len(ports) > 1
	d.inverse = 1 / math.Ldexp(p.Target.Quanta[key.receptor], d.shift)
	d.explicit, _ = p.rule.(*connect.Explicit)
	return d
}

// needed reports whether synapses differ in anything that the layout holds.
func (d *drawer) needed() bool { return d.weighted || d.delayed }

// draw is a delivery.Part's Draw.
func (d *drawer) draw(target int, sources []uint32) (kept []uint32, weights []int32, delays []uint16) {
	of := d.p.drawsOf(target, d.dtMs)
	if d.explicit != nil {
		of.rows = d.explicit.Rows(target)
	}
	n := len(sources)
	if d.delayed {
		d.delays = slices.Grow(d.delays[:0], n)[:n]
		of.fillDelays(d.delays)
	}
	if !d.weighted {
		return sources, nil, d.delays
	}
	d.values = slices.Grow(d.values[:0], n)[:n]
	of.fill(d.values)
	d.weights = slices.Grow(d.weights[:0], n)[:n]
	if most := random.Quanta(d.values, d.inverse, d.weights); most > d.p.weightBound {
		d.fault = fmt.Errorf("projections.%s.weight: a draw of %g is beyond ten standard deviations; bound the distribution", d.p.Name, most)
	}
	if d.shift > 0 {
		for k := range d.weights {
			d.weights[k] <<= d.shift
		}
	}
	if d.bySign {
		return d.drop(sources)
	}
	return sources, d.weights, d.delays
}

// drop leaves out the synapses whose weight enters by another receptor.
func (d *drawer) drop(sources []uint32) (kept []uint32, weights []int32, delays []uint16) {
	d.kept = d.kept[:0]
	for k, src := range sources {
		if (d.values[k] < 0) != (d.sign < 0) {
			continue
		}
		at := len(d.kept)
		d.kept = append(d.kept, src)
		d.weights[at] = d.weights[k]
		if d.delayed {
			d.delays[at] = d.delays[k]
		}
	}
	return d.kept, d.weights[:len(d.kept)], d.delays
}
