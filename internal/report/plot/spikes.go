package plot

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
)

// loadSpikes reads the table twice: to count, and to pick what is shown.
func (d *Data) loadSpikes(dir string, run *record.Run, covers []coverage) error {
	t := newTrains(run, covers)
	c := &counter{rates: newRates(covers, run.DtMs, d.EndMs), perGroup: make([]int64, len(covers))}
	if total := totalNeurons(covers); total <= maxNeurons {
		c.variation = newVariation(run, d.EndMs)
		c.intervals = newIntervals(run, covers, d.EndMs)
	}
	if err := t.each(dir, c.add); err != nil {
		return err
	}
	d.EndMs = max(d.EndMs, t.clock.Ms(t.last))
	d.Rates = c.rates
	if c.intervals != nil && c.total > 0 {
		d.Variation = c.variation.finish()
		d.Intervals = c.intervals.finish()
		d.Firing = c.intervals.firing(covers, run.DiscardMs)
	}
	s := newSampler(covers, c.total, c.perGroup)
	marks := d.Signals.marks()
	err := t.each(dir, func(at place) error {
		s.add(at.group, at.neuron, at.tick)
		marks.add(at.gid, at.ms)
		return nil
	})
	if c.total > 0 {
		d.Raster = s.raster(c.total)
	}
	return err
}

func totalNeurons(covers []coverage) (n int64) {
	for k := range covers {
		n += covers[k].neurons
	}
	return n
}

// counter makes of spikes all that needs no sample.
type counter struct {
	rates     *Rates
	variation *variation // nil where there are too many neurons
	intervals *intervals // as variation
	total     int64
	perGroup  []int64
	one       [1]snn.GID
}

func (c *counter) add(at place) error {
	c.total++
	c.perGroup[at.group]++
	c.rates.add(at.group, at.ms)
	if c.variation == nil {
		return nil
	}
	c.intervals.add(at.group, at.neuron, at.tick)
	c.variation.before(at.ms)
	c.one[0] = at.gid
	return c.variation.statistics.Append(at.tick, c.one[:])
}

// place is a spike with where it belongs.
type place struct {
	group  int   // population
	neuron int64 // among the population's recorded neurons
	gid    snn.GID
	tick   snn.Tick
	ms     float64
}

// trains reads the table of spikes and checks it against run.json.
type trains struct {
	groups []record.Population
	covers []coverage
	clock  record.Clock
	dtMs   float64
	last   snn.Tick
	group  int // of the spike before: the next is often of the same
}

func newTrains(run *record.Run, covers []coverage) *trains {
	return &trains{groups: run.Populations, covers: covers, clock: record.NewClock(run.DtMs), dtMs: run.DtMs}
}

func (t *trains) each(dir string, use func(place) error) error {
	t.last, t.group = 0, 0
	return record.EachSpike(dir, func(batch []record.Spike) error {
		for k := range batch {
			at, err := t.place(&batch[k])
			if err == nil {
				err = use(at)
			}
			if err != nil {
				return fmt.Errorf("spikes in %s: %w: %w", dir, record.ErrCorrupt, err)
			}
		}
		return nil
	})
}

func (t *trains) place(s *record.Spike) (place, error) {
	if s.GID > math.MaxUint32 || s.TimeMs < 0 || s.TimeMs/t.dtMs > 1<<53 {
		return place{}, fmt.Errorf("GID %d at %g ms", s.GID, s.TimeMs)
	}
	at := place{gid: snn.GID(s.GID), tick: t.clock.Tick(s.TimeMs), ms: s.TimeMs}
	if at.tick < t.last {
		return at, fmt.Errorf("a spike at %g ms after one at %g ms: they should be sorted by time", s.TimeMs, t.clock.Ms(t.last))
	}
	t.last = at.tick
	if g := t.groups; t.group >= len(g) || at.gid < g[t.group].First || at.gid >= g[t.group].End {
		for t.group = 0; t.group < len(g) && (at.gid < g[t.group].First || at.gid >= g[t.group].End); {
			t.group++
		}
		if t.group == len(g) {
			return at, fmt.Errorf("GID %d belongs to no population of run.json", at.gid)
		}
	}
	at.group = t.group
	if at.neuron = t.covers[t.group].index(at.gid); at.neuron < 0 {
		return at, fmt.Errorf("GID %d, whose spikes run.json says were not recorded", at.gid)
	}
	return at, nil
}
