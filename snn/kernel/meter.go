package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/synchrony"
)

// meter counts a partition's share of a measurement as its spikes come. It reads
// them and nothing else, so it may end a window within a step.
type meter struct {
	measure    int
	windows    windows
	start, end snn.Tick // of the window under way
	inside     bool
	number     int

	group *synchrony.PopulationCounter // of slice target
	pair  *synchrony.ProjectionCounter
	count func(counts []int64) // closes the window
	drop  func()
	size  int

	source, target *slice // either may be nil in a projection's
	from, onto     *Population
	delay          snn.Tick // from emission to the presynaptic time
	since          snn.Tick // spikes emitted up to here do not arrive
	fired          []uint32
}

// newMeter is nil where the partition holds no neuron of what is measured.
func newMeter(n *Network, number int, sliceOf func(*Population) *slice) *meter {
	m := n.measures[number]
	c := &meter{measure: number, windows: m.windows, since: snn.Never}
	switch {
	case m.learns:
		return nil
	case m.group != nil:
		if c.target = sliceOf(m.Population); c.target == nil {
			return nil
		}
		c.group = m.group.NewCounter(c.target.len())
		c.count, c.drop, c.size = c.group.Close, c.group.Drop, m.group.Len()
	default:
		c.from, c.onto = m.Projection.Source, m.Projection.Target
		c.source, c.target = sliceOf(c.from), sliceOf(c.onto)
		if c.source == nil && c.target == nil {
			return nil
		}
		c.pair = m.pair.NewCounter(c.source.size(), c.target.size())
		c.count, c.drop, c.size = c.pair.Close, c.pair.Drop, m.pair.Len()
		c.delay = m.Projection.meanDelay(n.DtMs)
		if s := m.Projection.Model.SSDP; s != nil && s.Align == "emission" {
			c.delay = 0
		}
	}
	c.open(0, nil)
	return c
}

// size is the number of neurons of a slice that may be nil.
func (s *slice) size() int {
	if s == nil {
		return 0
	}
	return s.len()
}

func (c *meter) open(now snn.Tick, trial *Trial) {
	c.end, c.inside = c.windows.next(now, trial)
	c.start = c.end - c.windows.width
}

// begin starts anew with a trial; what was under way is cut short. Where the
// target is reset, spikes that were in flight do not arrive.
func (c *meter) begin(n *Network, now snn.Tick, trial *Trial) {
	c.drop()
	if c.onto != nil && n.resets(c.onto) {
		c.since = now
	}
	c.open(now, trial)
}

// after takes the spikes of tick t, which the slices hold, and appends the share
// of the window that ends with it.
func (c *meter) after(t snn.Tick, log *spikeLog, trial *Trial, shares []Share) []Share {
	if c.inside {
		if c.group != nil {
			c.group.Spikes(int(t-c.start), c.target.fired)
		} else {
			c.spikes(t, log)
		}
	}
	if t != c.end {
		return shares
	}
	if c.inside {
		s := Share{Measure: c.measure, Window: c.number, End: t, Counts: make([]int64, c.size)}
		c.count(s.Counts)
		shares = append(shares, s)
		c.number++
	}
	c.open(t, trial)
	return shares
}

// spikes counts a projection's: the targets' as they come, the sources' when they
// arrive, which the log still holds.
func (c *meter) spikes(t snn.Tick, log *spikeLog) {
	if c.source != nil {
		fired := c.source.fired
		if c.delay > 0 {
			fired = c.fired[:0]
			if emitted := t - c.delay; emitted > c.since && emitted > 0 {
				for _, g := range log.of(emitted, c.from.Index) {
					if i := int(g-c.from.Range.First) - c.source.lo; i >= 0 && i < c.source.len() {
						fired = append(fired, uint32(i))
					}
				}
			}
			c.fired = fired
		}
		c.pair.Sources(int(t-c.start), fired)
	}
	if c.target != nil {
		c.pair.Targets(int(t-c.start), c.target.fired)
	}
}
