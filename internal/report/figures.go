package report

import (
	"fmt"
	"time"

	"github.com/volley-snn/volley/internal/record"
)

// figure is a number with its name.
type figure struct{ Name, Value, Unit, Note string }

// keyFigures are the numbers at the top.
func keyFigures(run *record.Run, s *record.Summary) (out []figure) {
	if s == nil {
		return nil
	}
	var inputs int64
	for _, p := range run.Populations {
		if p.Input {
			inputs += p.Size()
		}
	}
	neurons := figure{Name: "Neurons", Value: count(s.Neurons)}
	if inputs > 0 {
		neurons.Note = "and " + plural(inputs, "spike source", "spike sources")
	}
	out = append(out, neurons, shortFigure("Synapses", s.Synapses), shortFigure("Spikes", s.Spikes), shortFigure("Synaptic events", s.SynapticEvents))
	if s.RealTimeFactor.Defined() {
		out = append(out, figure{"Real-time factor", number(s.RealTimeFactor, 3), "", "wall time over biological time"})
	}
	if s.NsPerEvent.Defined() {
		out = append(out, figure{"Time per event", number(s.NsPerEvent, 3), "ns", "wall time over synaptic events"})
	}
	return out
}

// shortFigure gives a large number in short and, below, in full.
func shortFigure(name string, n int64) figure {
	scale, unit := 1.0, ""
	switch {
	case n >= 1e12:
		scale, unit = 1e12, "T"
	case n >= 1e9:
		scale, unit = 1e9, "G"
	case n >= 1e6:
		scale, unit = 1e6, "M"
	default:
		return figure{Name: name, Value: count(n)}
	}
	return figure{name, digits(float64(n)/scale, 3), unit, count(n)}
}

// machineFigures are what the run took beside time.
func machineFigures(run *record.Run, s *record.Summary) (out []figure) {
	if s == nil {
		return nil
	}
	if s.RealTimeFactor.Defined() {
		out = append(out, figure{"Real-time factor", number(s.RealTimeFactor, 4), "", "wall time of simulating over biological time"})
	}
	if s.NsPerEvent.Defined() {
		out = append(out, figure{"Wall time per synaptic event", number(s.NsPerEvent, 4), "ns", ""})
	}
	if s.BytesPerSynapse.Defined() {
		out = append(out, figure{"Memory per synapse", number(s.BytesPerSynapse, 4), "B", "indices included"})
	}
	if s.PeakRSSBytes > 0 {
		out = append(out, figure{"Peak memory of the process", memory(s.PeakRSSBytes), "", ""})
	}
	if s.Threads > 0 {
		out = append(out, figure{"Threads a node", count(int64(s.Threads)), "", ""}, figure{"Nodes", count(int64(max(s.Nodes, 1))), "", ""})
	}
	if run.Plan.IntervalTicks > 0 {
		out = append(out, figure{"Interval between exchanges", span(float64(run.Plan.IntervalTicks) * run.DtMs), "", plural(run.Plan.IntervalTicks, "tick", "ticks")})
	}
	return out
}

// costRow is a bar of the times that a run took.
type costRow struct {
	Name          string
	WallS, CPUS   string
	Wall, CPU     float64 // of 100
	WallMs, CPUMs float64
}

// costs compares building with simulating, by the wall and by the processors.
func costs(run *record.Run) []costRow {
	rows := []costRow{
		{Name: "Build the network", WallMs: 1000 * run.WallS.Build, CPUMs: 1000 * run.CPUS.Build},
		{Name: "Simulate", WallMs: 1000 * run.WallS.Simulate, CPUMs: 1000 * run.CPUS.Simulate},
	}
	most := 0.0
	for _, r := range rows {
		most = max(most, r.WallMs, r.CPUMs)
	}
	if !(most > 0) {
		return nil
	}
	for k := range rows {
		r := &rows[k]
		r.WallS, r.CPUS = span3(r.WallMs), span3(r.CPUMs)
		r.Wall, r.CPU = 100*r.WallMs/most, 100*r.CPUMs/most
	}
	return rows
}

// span3 is span with three digits: clocks are not better than that.
func span3(ms float64) string {
	switch {
	case ms < 1000:
		return digits(ms, 3) + " ms"
	case ms < 600_000:
		return digits(ms/1000, 3) + " s"
	}
	return digits(ms/60_000, 3) + " min"
}

// repetition is what it takes to run this again and to check that it was the same.
type repetition struct {
	Command string
	Rows    []figure // hashes and seeds are in Value
	When    string
}

func repeat(run *record.Run) repetition {
	r := repetition{Command: shell(run.Command)}
	add := func(name, value, note string) {
		if value != "" {
			r.Rows = append(r.Rows, figure{Name: name, Value: value, Note: note})
		}
	}
	add("Run", run.ID, "")
	add("Model digest", run.ModelDigest, "SHA-256 of all that the model says")
	if run.ModelDigest != "" {
		add("Seeds", fmt.Sprintf("network %d, initial state %d, input %d", run.Seeds.Network, run.Seeds.Initial, run.Seeds.Input), "")
	}
	add("Spike hash", run.SpikeHash, "the same for every plan and thread count")
	add("Weight hash", run.WeightHash, "of all plastic weights")
	v := run.Versions
	if v.Volley != "" {
		add("Versions", fmt.Sprintf("volley %s, %s, %s/%s", v.Volley, v.Go, v.OS, v.Arch), v.CPU)
	}
	if at, err := time.Parse(time.RFC3339, run.Started); err == nil {
		r.When = at.Format("2 January 2006, 15:04 MST")
		add("Started", r.When, "")
	}
	return r
}
