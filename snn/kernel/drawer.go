package kernel

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/delivery"
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

	kept    []uint32
	weights []int32
	delays  []uint16
	fault   error
}

func newDrawer(p *Projection, key bundleKey, dtMs float64) *drawer {
	d := &drawer{p: p, dtMs: dtMs, weighted: key.layout == delivery.Packed, delayed: !p.sameDelay(), sign: p.Target.Receptors[key.receptor].Sign, shift: key.shift}
	ports, _ := p.ports()
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
	d.kept, d.weights, d.delays = d.kept[:0], d.weights[:0], d.delays[:0]
	for k, src := range sources {
		if d.weighted {
			w := of.weight(k)
			if d.bySign && (w < 0) != (d.sign < 0) {
				continue
			}
			if math.Abs(w) > d.p.weightBound {
				d.fault = fmt.Errorf("projections.%s.weight: a draw of %g is beyond ten standard deviations; bound the distribution", d.p.Name, w)
				w = 0
			}
			d.weights = append(d.weights, quanta(w, d.inverse)<<d.shift)
		}
		if d.delayed {
			d.delays = append(d.delays, uint16(of.delay(k)-d.p.minDelay))
		}
		if d.bySign {
			d.kept = append(d.kept, src)
		}
	}
	if !d.bySign {
		return sources, d.weights, d.delays
	}
	return d.kept, d.weights, d.delays
}
