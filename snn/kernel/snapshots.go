package kernel

import (
	"fmt"
	"slices"

	"github.com/volley-snn/volley/snn"
)

// Snapshot is a compiled record of weights: they are read at the ticks At, at
// multiples of Every, and at the end of the run. Steps end at those ticks, and the
// weights are read after the step that follows.
type Snapshot struct {
	Projection *Projection
	At         []snn.Tick // rising
	Every      snn.Tick   // 0 for never
}

// next is the first tick after now that the weights are read at, or now where
// there is none before the end.
func (s *Snapshot) next(now snn.Tick) snn.Tick {
	next := now
	if s.Every > 0 {
		next = now - now%s.Every + s.Every
	}
	if k, _ := slices.BinarySearch(s.At, now+1); k < len(s.At) && (next == now || s.At[k] < next) {
		next = s.At[k]
	}
	return next
}

// Due reports whether the weights are read at tick t.
func (s *Snapshot) Due(t snn.Tick) bool {
	_, found := slices.BinarySearch(s.At, t)
	return found || s.Every > 0 && t%s.Every == 0
}

// snapshots resolves the model's records of weights.
func (c *compiler) snapshots() {
	for i, r := range c.n.Model.Records.Weights {
		path := fmt.Sprintf("records.weights[%d]", i)
		s := Snapshot{Every: ticks(r.Every, c.n.DtMs)}
		for _, p := range c.n.Projections {
			if p.Name == r.Projection {
				s.Projection = p
			}
		}
		switch {
		case s.Projection == nil:
			c.fault(fmt.Errorf("%s.projection: no projection %q", path, r.Projection))
			continue
		case !s.Projection.Plastic():
			c.fault(fmt.Errorf("%s.projection: the weights of %s (%s) never change; weights of plastic projections are recorded", path, r.Projection, s.Projection.Model.Synapse))
			continue
		case r.Every > 0 && s.Every < 1:
			c.fault(fmt.Errorf("%s.every: must be at least one tick (%g ms), is %g ms", path, c.n.DtMs, r.Every))
			continue
		}
		for _, at := range r.At {
			s.At = append(s.At, ticks(at, c.n.DtMs))
		}
		slices.Sort(s.At)
		c.n.Snapshots = append(c.n.Snapshots, s)
	}
}
