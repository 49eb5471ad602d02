package engine

import (
	"cmp"
	"math"
	"slices"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/state"
	"github.com/volley-snn/volley/snn/synchrony"
)

// Synchrony turns the aggregates of a run's windows into measures: rows of the
// table of synchrony, in order of the windows' ends, and means for the summary.
type Synchrony struct {
	n       *kernel.Network
	clock   record.Clock
	discard snn.Tick
	writer  *record.SynchronyWriter // nil where no table is written
	scopes  []*scope                // by number of the measurement; nil for those that are not for tables
	due     []*kernel.Aggregate
}

// scope is what has been seen of one measurement.
type scope struct {
	*kernel.Measurement
	gauge     synchrony.Gauge
	discarded int // windows that began before the discard was over
	means     []mean
}

// mean is the mean of what was defined of one measure.
type mean struct {
	measure synchrony.Measure
	sum     float64
	n       int
}

// NewSynchrony starts with no window seen. dir may be nil: then nothing is written.
func NewSynchrony(n *kernel.Network, dir *record.Dir) (*Synchrony, error) {
	s := &Synchrony{n: n, clock: record.NewClock(n.DtMs), discard: kernel.Ticks(n.Model.Discard, n.DtMs)}
	for k := range n.Measurements() {
		m := n.Measurement(k)
		if m == nil {
			s.scopes = append(s.scopes, nil)
			continue
		}
		s.scopes = append(s.scopes, &scope{Measurement: m, gauge: m.Gauge()})
	}
	if dir == nil {
		return s, nil
	}
	var err error
	s.writer, err = dir.Synchrony()
	return s, err
}

// Observe takes the windows that ended with one step.
func (s *Synchrony) Observe(m *Moment) error {
	s.due = s.due[:0]
	for k := range m.Aggregates {
		if a := &m.Aggregates[k]; s.scopes[a.Measure] != nil {
			s.due = append(s.due, a)
		}
	}
	slices.SortFunc(s.due, func(a, b *kernel.Aggregate) int {
		return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Measure, b.Measure))
	})
	for _, a := range s.due {
		if err := s.window(s.scopes[a.Measure], a); err != nil {
			return err
		}
	}
	return nil
}

func (s *Synchrony) window(c *scope, a *kernel.Aggregate) error {
	if a.End-c.WindowTicks() < s.discard {
		c.discarded = a.Window + 1
	}
	for _, v := range c.gauge.Add(a.Counts) {
		if a.Window+1-v.Windows >= c.discarded {
			c.add(v)
		}
		if s.writer == nil {
			continue
		}
		row := record.Synchrony{TimeMs: s.clock.Ms(a.End), Window: uint64(a.Window), Scope: c.Name, Measure: string(v.Measure), Value: v.Value}
		if err := s.writer.Append(row); err != nil {
			return err
		}
	}
	return nil
}

func (c *scope) add(v synchrony.Value) {
	k := slices.IndexFunc(c.means, func(m mean) bool { return m.measure == v.Measure })
	if k < 0 {
		k = len(c.means)
		c.means = append(c.means, mean{measure: v.Measure})
	}
	if !math.IsNaN(v.Value) {
		c.means[k].sum += v.Value
		c.means[k].n++
	}
}

// Summarize puts the means over the windows after the discard into a summary:
// of a population under the measure's name, and where it is measured again under
// that measurement's name and the measure's; of a projection under the
// measurement's name.
func (s *Synchrony) Summarize(out *record.Summary) {
	for _, c := range s.scopes {
		switch {
		case c == nil:
		case c.Projection != nil:
			if out.Synchrony == nil {
				out.Synchrony = map[string]map[string]record.Number{}
			}
			out.Synchrony[c.Name] = map[string]record.Number{}
			c.put(out.Synchrony[c.Name], "")
		default:
			p := out.Populations[c.Population.Name]
			prefix := c.Name + "."
			if p.Synchrony == nil {
				p.Synchrony, prefix = map[string]record.Number{}, ""
			}
			c.put(p.Synchrony, prefix)
			out.Populations[c.Population.Name] = p
		}
	}
}

func (c *scope) put(out map[string]record.Number, prefix string) {
	for _, m := range c.means {
		x := record.NaN
		if m.n > 0 {
			x = record.Number(m.sum / float64(m.n))
		}
		out[prefix+string(m.measure)] = x
	}
}

// Save writes what the gauges and means have seen.
func (s *Synchrony) Save(w *state.Writer) error {
	for _, c := range s.scopes {
		if c == nil {
			continue
		}
		w.Text(c.Name)
		c.gauge.Save(w)
		w.Int(int64(c.discarded))
		w.Int(int64(len(c.means)))
		for _, m := range c.means {
			w.Text(string(m.measure))
			w.Float(m.sum)
			w.Int(int64(m.n))
		}
	}
	return nil
}

// Load reads what Save wrote for the same measurements.
func (s *Synchrony) Load(r *state.Reader) error {
	for _, c := range s.scopes {
		if c == nil {
			continue
		}
		if name := r.Text(); r.Err() == nil && name != c.Name {
			r.Fail("synchrony of %q, expected %q", name, c.Name)
		}
		c.gauge.Load(r)
		c.discarded = int(r.Int())
		c.means = make([]mean, r.Count(12))
		for k := range c.means {
			c.means[k] = mean{synchrony.Measure(r.Text()), r.Float(), int(r.Int())}
		}
	}
	return r.Err()
}
