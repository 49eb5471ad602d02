package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/state"
)

// headers is what the meter's state is saved as.
func (c *meter) headers(name string) []state.Header {
	if c.group != nil {
		return []state.Header{{Kind: ofWindow, Of: name, Range: c.target.gids()}}
	}
	var all []state.Header
	if c.source != nil {
		all = append(all, state.Header{Kind: ofFired, Of: name, Range: c.source.gids()})
	}
	if c.target != nil {
		all = append(all, state.Header{Kind: ofReached, Of: name, Range: c.target.gids()})
	}
	return all
}

func (c *meter) save(s *saver, name string) {
	for _, h := range c.headers(name) {
		s.section(h.Kind, h.Of, h.Range, 0, func(w *state.Writer) {
			w.Int(int64(c.start))
			w.Int(int64(c.end))
			w.Bool(c.inside)
			w.Int(int64(c.number))
			w.Int(int64(c.since))
			switch h.Kind {
			case ofWindow:
				c.group.Save(w)
			case ofFired:
				c.pair.SaveSources(w)
			case ofReached:
				c.pair.SaveTargets(w)
			}
		})
	}
}

// load reads what was saved of any slice; the counts of a slice are taken by the
// meter that holds its first neuron.
func (c *meter) load(h state.Header, r *state.Reader) {
	for _, own := range c.headers(h.Of) {
		if own.Kind != h.Kind {
			continue
		}
		c.start, c.end, c.inside = snn.Tick(r.Int()), snn.Tick(r.Int()), r.Bool()
		c.number, c.since = int(r.Int()), snn.Tick(r.Int())
		n, at, first := h.Range.Len(), int(own.Range.First)-int(h.Range.First), own.Range.Contains(h.Range.First)
		switch h.Kind {
		case ofWindow:
			c.group.Load(r, n, at, first)
		case ofFired:
			c.pair.LoadSources(r, n, at, first)
		case ofReached:
			c.pair.LoadTargets(r, n, at, first)
		}
	}
}
