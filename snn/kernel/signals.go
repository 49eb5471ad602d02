package kernel

import (
	"fmt"
	"slices"

	"github.com/volley-snn/volley/snn"
)

// Signal is a compiled record of variables: those of GIDs are sampled every
// Every ticks in (From, Until].
type Signal struct {
	Population  *Population
	GIDs        snn.Range
	Variables   []string
	From, Until snn.Tick
	Every       snn.Tick
}

// due reports whether the signal is sampled at tick t.
func (s *Signal) due(t snn.Tick) bool {
	return t > s.From && t <= s.Until && (t-s.From)%s.Every == 0
}

// Samples is what one signal read in one partition at one tick.
type Samples struct {
	Signal int // number among the network's Signals
	Tick   snn.Tick
	First  snn.GID
	Values []float64 // len neurons*variables, row-major by neuron
}

// signals resolves the model's records of variables.
func (c *compiler) signals() {
	for i, r := range c.n.Model.Records.Signals {
		path := fmt.Sprintf("records.signals[%d]", i)
		p := c.byName[r.Population]
		if p == nil || p.IsInput() {
			c.fault(fmt.Errorf("%s.population: no population %q", path, r.Population))
			continue
		}
		if r.First >= p.Size() || r.First+r.Count > p.Size() {
			c.fault(fmt.Errorf("%s.first: neurons %d to %d of %s, which has %d", path, r.First, r.First+max(r.Count, 1)-1, p.Name, p.Size()))
			continue
		}
		known := []string{}
		for _, v := range p.spec.Recordables(p.params) {
			known = append(known, v.Name)
		}
		if p.adaptive != nil {
			known = append(known, theta)
		}
		for _, v := range r.Variables {
			if !slices.Contains(known, v) {
				c.fault(fmt.Errorf("%s.variables: %s (%s) has no variable %q to record; it has %v", path, p.Name, p.Model, v, known))
			}
		}
		s := Signal{Population: p, Variables: r.Variables, From: ticks(r.Start, c.n.DtMs), Until: ticks(r.Stop, c.n.DtMs), Every: ticks(r.Interval, c.n.DtMs)}
		if s.Every < 1 {
			c.fault(fmt.Errorf("%s.interval: must be at least one tick (%g ms), is %g ms", path, c.n.DtMs, r.Interval))
			continue
		}
		first := p.Range.First + snn.GID(r.First)
		s.GIDs = snn.Range{First: first, End: p.Range.End}
		if r.Count > 0 {
			s.GIDs.End = first + snn.GID(r.Count)
		}
		c.n.Signals = append(c.n.Signals, s)
	}
}

// theta is the variable of an adaptive threshold.
const theta = "theta"

// sample reads the signals that are due at tick t from the slices, in the order
// of the signals.
func (p *Partition) sample(t snn.Tick) {
	for k := range p.n.Signals {
		signal := &p.n.Signals[k]
		if !signal.due(t) {
			continue
		}
		for _, s := range p.slices {
			own := signal.GIDs.Intersect(snn.Range{First: s.first, End: s.first + snn.GID(s.len())})
			if s.population == signal.Population && own.Len() > 0 {
				p.samples = append(p.samples, Samples{k, t, own.First, s.read(own, signal.Variables)})
			}
		}
	}
}

// read is the variables of a range of the slice's neurons.
func (s *slice) read(own snn.Range, variables []string) []float64 {
	index := make([]uint32, own.Len())
	for i := range index {
		index[i] = uint32(own.First-s.first) + uint32(i)
	}
	values, column := make([]float64, len(index)*len(variables)), make([]float64, len(index))
	for v, name := range variables {
		if name == theta {
			for i, at := range index {
				column[i] = s.threshold.theta[at]
			}
		} else {
			s.group.Record(name, index, column)
		}
		for i, x := range column {
			values[i*len(variables)+v] = x
		}
	}
	return values
}
