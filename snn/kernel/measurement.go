package kernel

import (
	"fmt"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/synchrony"
)

// Measurement is what the network measures window by window: a population or a
// projection, for the tables of a run, or what a plastic projection learns from.
// Its number is its place among the network's measurements.
type Measurement struct {
	Name       string
	Population *Population // nil for a projection's
	Projection *Projection

	windows windows
	learns  bool // read by its plastic projection: steps end where its windows do
	group   *synchrony.Population
	pair    *synchrony.Projection
}

// Gauge turns the aggregates of successive windows into measures.
func (m *Measurement) Gauge() synchrony.Gauge {
	if m.pair != nil {
		return m.pair.Gauge()
	}
	return m.group.Gauge()
}

// WindowTicks is the length of a window.
func (m *Measurement) WindowTicks() snn.Tick { return m.windows.width }

// Measurements is how many there are.
func (n *Network) Measurements() int { return len(n.measures) }

// Measurement is the measurement of a number where it is for tables, and nil
// where only a plastic projection reads it.
func (n *Network) Measurement(number int) *Measurement {
	if m := n.measures[number]; !m.learns {
		return m
	}
	return nil
}

// measureOf is the number of what a plastic projection learns from.
func (n *Network) measureOf(p *Projection) int {
	for i, m := range n.measures {
		if m.learns && m.Projection == p {
			return i
		}
	}
	return -1
}

// defaultSynchrony is how a population is measured where the model asks for
// nothing: it costs a few nanoseconds a spike.
var defaultSynchrony = model.Synchrony{Window: 20, Bins: 10, Sigma: 2, Span: 1000}

func (c *compiler) measurements() {
	n := c.n
	for _, p := range n.Projections {
		if p.Model.SSDP != nil {
			_, w := ssdpParams(p, n.DtMs)
			n.measures = append(n.measures, &Measurement{Name: p.Name, Projection: p, windows: w, learns: true})
		}
	}
	asked := n.Model.Synchrony
	if len(asked) == 0 {
		for _, p := range n.Populations {
			s := defaultSynchrony
			s.Name, s.Population = p.Name, p.Name
			s.Window = max(s.Window, float64(s.Bins)*n.DtMs)
			asked = append(asked, s)
		}
	}
	for i := range asked {
		m, err := c.measurement(&asked[i])
		if err != nil {
			c.fault(fmt.Errorf("synchrony.%s.%w", asked[i].Name, err))
			continue
		}
		n.measures = append(n.measures, m)
	}
}

func (c *compiler) measurement(s *model.Synchrony) (*Measurement, error) {
	dt := c.n.DtMs
	width := ticks(s.Window, dt)
	if width < 1 {
		return nil, fmt.Errorf("window: must be at least one tick (%g ms), is %g ms", dt, s.Window)
	}
	m := &Measurement{Name: s.Name, windows: windows{width: width}}
	var measures []synchrony.Measure
	for _, name := range s.Measures {
		measures = append(measures, synchrony.Measure(name))
	}
	if s.Projection != "" {
		for _, p := range c.n.Projections {
			if p.Name == s.Projection {
				m.Projection = p
				m.pair = synchrony.NewProjection(synchrony.Projection{
					Sources: p.Source.Size(), Targets: p.Target.Size(), Same: p.Source == p.Target, Measures: measures,
				}, int(width), s.Sigma/dt)
				return m, nil
			}
		}
		return nil, fmt.Errorf("projection: no projection %q", s.Projection)
	}
	if m.Population = c.byName[s.Population]; m.Population == nil {
		return nil, fmt.Errorf("population: no population or input %q", s.Population)
	}
	if s.Bins < 2 || s.Bins > synchrony.MaxBins || snn.Tick(s.Bins) > width {
		return nil, fmt.Errorf("bins: 2 to %d bins of at least one tick (%g ms) are expected, there are %d in a window of %g ms", synchrony.MaxBins, dt, s.Bins, s.Window)
	}
	m.group = synchrony.NewPopulation(synchrony.Population{
		Neurons: m.Population.Size(), Ticks: int(width), WindowMs: float64(width) * dt, Bins: s.Bins, Measures: measures,
	}, s.Sigma/dt, s.Span)
	return m, nil
}

// meanDelay is the projection's delay in ticks, where it is drawn the mean of
// many draws: of the same ones for every cut.
func (p *Projection) meanDelay(dtMs float64) snn.Tick {
	if p.sameDelay() {
		return p.minDelay
	}
	sum, n := snn.Tick(0), snn.Tick(1000)
	if p.list != nil && p.list.delays != nil {
		n = snn.Tick(len(p.list.delays))
		for _, d := range p.list.delays {
			sum += d
		}
	} else {
		for k := range n {
			sum += min(max(ticks(p.delay.Draw(p.delayKey, uint64(k)), dtMs), p.minDelay), p.maxDelay)
		}
	}
	return (sum + n/2) / n
}

// Learning is the measurements that plastic projections learn from, by number, which
// begin at 0: their sums must be back at the partitions a window later.
func (n *Network) Learning() []*Measurement {
	for k, m := range n.measures {
		if !m.learns {
			return n.measures[:k]
		}
	}
	return n.measures
}
