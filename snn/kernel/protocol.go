package kernel

import (
	"fmt"

	"github.com/volley-snn/volley/snn/input"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/protocol"
)

// protocol resolves the model's protocol, if it has one.
func (c *compiler) protocol() {
	m := c.n.Model.Protocol
	if m == nil {
		return
	}
	shown, watched := c.byName[m.Input], c.byName[m.Watch]
	if shown == nil || !shown.IsInput() {
		c.fault(fmt.Errorf("protocol.input: no input %q", m.Input))
		return
	}
	if watched == nil {
		c.fault(fmt.Errorf("protocol.watch: no population %q", m.Watch))
		return
	}
	items, ok := shown.source.(input.Items)
	if !ok {
		c.fault(fmt.Errorf("protocol.input: %s is of kind %s, which has no items; images and events have", m.Input, shown.Model))
		return
	}
	for _, name := range m.Reset {
		if p := c.byName[name]; name != model.All && (p == nil || p.IsInput()) {
			c.fault(fmt.Errorf("protocol.reset: no population %q", name))
		}
	}
	var sets []protocol.Set
	for _, in := range c.n.Model.Inputs {
		if in.Name != m.Input {
			continue
		}
		for k, s := range in.Sets {
			sets = append(sets, protocol.Set{Name: s.Name, Items: items.Items(k)})
		}
	}
	p, faults := protocol.New(m, c.n.DtMs, c.n.Seeds.Input, sets)
	c.faults = append(c.faults, faults...)
	c.n.Protocol, c.n.Watched = p, watched
}
