package plot

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/neuron"
)

// Bounds of the traces.
const (
	maxTraces      = 12
	maxTracePoints = 60_000 // of all traces
	maxMarks       = 4000   // spikes of a neuron
)

// Signals is some recorded variables over time. A series' scope is the GID, its
// measure the variable. A trace with too many samples shows the least and the
// greatest of each stretch, so that no peak is lost.
type Signals struct {
	Variables []Variable `json:"variables"`
	Series    []Series   `json:"series"`
	Reduced   bool       `json:"reduced"` // stretches stand for several samples
	Left      int        `json:"left"`    // traces that are not shown

	// Marks is the spikes of the neurons whose traces are shown, by GID.
	Marks map[snn.GID][]float64 `json:"marks,omitempty"`
}

// Variable is a recorded variable.
type Variable struct {
	Name string `json:"name"`
	Unit string `json:"unit,omitempty"`
}

// trace is a series that is being read.
type trace struct {
	gid      snn.GID
	variable string
	samples  int64
	each     int64 // samples of a stretch
	seen     int64
	times    []float64
	values   []float64
	low      int // index of the stretch's least value in values; the greatest is beside it
}

// loadSignals reads the first few traces of the table: once to count their
// samples, once to take them.
func (d *Data) loadSignals(dir string, run *record.Run) error {
	type name struct {
		gid      uint64
		variable string
	}
	traces := map[name]*trace{}
	left := map[name]bool{}
	var order []*trace
	err := record.EachSignal(dir, func(batch []record.Signal) error {
		for _, row := range batch {
			if row.GID > math.MaxUint32 || !(row.TimeMs >= 0) {
				return fmt.Errorf("signals in %s: %w: GID %d at %g ms", dir, record.ErrCorrupt, row.GID, row.TimeMs)
			}
			n := name{row.GID, row.Variable}
			t := traces[n]
			switch {
			case t == nil && len(order) == maxTraces:
				if len(left) < 1e6 {
					left[n] = true
				}
				continue
			case t == nil:
				t = &trace{gid: snn.GID(row.GID), variable: row.Variable}
				traces[n] = t
				order = append(order, t)
			}
			t.samples++
		}
		return nil
	})
	if err != nil || len(order) == 0 {
		return err
	}
	points := int64(maxTracePoints / len(order))
	for _, t := range order {
		if t.each = 1; t.samples > points {
			t.each = (2*t.samples + points - 1) / points
		}
	}
	err = record.EachSignal(dir, func(batch []record.Signal) error {
		for _, row := range batch {
			if t := traces[name{row.GID, row.Variable}]; t != nil {
				t.add(row.TimeMs, row.Value)
			}
		}
		return nil
	})
	d.Signals = signals(order, len(left), run)
	return err
}

// add takes a sample. A stretch is two points, the least and the greatest value in
// the order in which they came.
func (t *trace) add(ms, value float64) {
	first := t.seen%t.each == 0
	t.seen++
	if t.each == 1 {
		t.times, t.values = append(t.times, ms), append(t.values, value)
		return
	}
	if first {
		t.times, t.values = append(t.times, ms, ms), append(t.values, value, value)
		t.low = len(t.values) - 2
		return
	}
	a, b := len(t.values)-2, len(t.values)-1
	high := a + b - t.low
	switch {
	case value < t.values[t.low] || math.IsNaN(t.values[t.low]):
		// The later of the two points is the new least; what stays is the greatest.
		t.times[a], t.values[a] = t.times[high], t.values[high]
		t.times[b], t.values[b], t.low = ms, value, b
	case value > t.values[high] || math.IsNaN(t.values[high]):
		t.times[a], t.values[a] = t.times[t.low], t.values[t.low]
		t.times[b], t.values[b], t.low = ms, value, a
	}
}

func signals(order []*trace, left int, run *record.Run) *Signals {
	s := &Signals{Left: left, Marks: map[snn.GID][]float64{}}
	known := map[string]bool{}
	for _, t := range order {
		if !known[t.variable] {
			known[t.variable] = true
			s.Variables = append(s.Variables, Variable{t.variable, unit(run, t.gid, t.variable)})
		}
		s.Reduced = s.Reduced || t.each > 1
		one := Series{Scope: fmt.Sprintf("GID %d", t.gid), Measure: t.variable}
		times := make([]float64, len(t.times))
		for k, ms := range t.times {
			times[k] = shortMs(ms)
		}
		for _, v := range t.values {
			one.Values = append(one.Values, short(v, 5))
		}
		one.setTimes(times)
		s.Series = append(s.Series, one)
		s.Marks[t.gid] = nil
	}
	return s
}

// unit is that of a variable of the neuron's model, as far as it is known.
func unit(run *record.Run, gid snn.GID, variable string) string {
	if variable == "theta" {
		return "mV"
	}
	for _, p := range run.Populations {
		if gid < p.First || gid >= p.End {
			continue
		}
		spec, _ := neuron.Lookup(p.Model)
		for _, v := range spec.Recorded {
			if v.Name == variable {
				return v.Unit
			}
		}
	}
	return ""
}

// marks collects spikes of the neurons whose traces are shown.
type marks map[snn.GID][]float64

func (s *Signals) marks() marks {
	if s == nil {
		return nil
	}
	return s.Marks
}

func (m marks) add(gid snn.GID, ms float64) {
	if times, ok := m[gid]; ok && len(times) < maxMarks {
		m[gid] = append(times, ms)
	}
}
