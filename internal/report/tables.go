package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/report/plot"
)

// maxRows bounds every table; Left counts the rows that are not shown.
const maxRows = 200

// colors is the number of colours of the style sheet.
const colors = 8

// color is the class of the k-th population or projection.
func color(k int) string { return fmt.Sprintf("c%d", k%colors) }

// populationTable is what each population did.
type populationTable struct {
	Silent bool // is there a column of silent neurons
	Rows   []populationRow
	Left   int
}

type populationRow struct {
	Color, Name, Model, Size, Spikes, Rate, CV, Silent string
	Input                                              bool
}

func populations(run *record.Run, s *record.Summary, d *plot.Data) (t populationTable) {
	t.Left = max(len(run.Populations)-maxRows, 0)
	t.Silent = d.Firing != nil
	for k, p := range run.Populations[:len(run.Populations)-t.Left] {
		row := populationRow{Color: color(k), Name: p.Name, Model: p.Model, Size: count(p.Size()), Input: p.Input,
			Spikes: undefined, Rate: undefined, CV: undefined, Silent: undefined}
		if s != nil {
			if own, ok := s.Populations[p.Name]; ok {
				row.Spikes, row.Rate, row.CV = count(own.Spikes), number(own.RateHz, 4), number(own.CVISI, 3)
			}
		}
		if t.Silent && d.Groups[k].Recorded > 0 {
			row.Silent = percent(record.Number(float64(d.Firing.Groups[k].Silent)/float64(d.Groups[k].Recorded)), 1)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// synchronyTable is the mean measures of populations and projections, nil where
// nothing was measured. The rate is left to the table of populations.
func synchronyTable(run *record.Run, s *record.Summary) *table {
	if s == nil {
		return nil
	}
	rows, order, measures := map[string]any{}, []string{}, []string{}
	add := func(name, measure string, value record.Number) {
		row, known := rows[name].(map[string]any)
		if !known {
			row = map[string]any{}
			rows[name], order = row, append(order, name)
		}
		row[measure] = nil
		if value.Defined() {
			row[measure] = float64(value)
		}
		if !slices.Contains(measures, measure) {
			measures = append(measures, measure)
		}
	}
	for _, p := range run.Populations {
		own := s.Populations[p.Name].Synchrony
		for _, key := range sortedKeys(own) {
			// A population that is measured again has its measures as name.measure.
			name, measure := p.Name, key
			if again, of, ok := strings.Cut(key, "."); ok {
				name, measure = p.Name+", "+again, of
			}
			if measure != "rate" {
				add(name, measure, own[key])
			}
		}
	}
	for _, name := range sortedKeys(s.Synchrony) {
		for _, measure := range sortedKeys(s.Synchrony[name]) {
			add(name, measure, s.Synchrony[name][measure])
		}
	}
	if len(order) == 0 {
		return nil
	}
	plot.SortMeasures(measures)
	return tableOf(rows, order, measures)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// projectionTable is how each projection was built.
type projectionTable struct {
	Rows []projectionRow
	Left int
}

type projectionRow struct {
	Name, Source, Target, Rule, Synapse, Layout string
	Synapses, Bytes, Each                       string
}

func projections(run *record.Run) (t projectionTable) {
	t.Left = max(len(run.Projections)-maxRows, 0)
	for _, p := range run.Projections[:len(run.Projections)-t.Left] {
		row := projectionRow{p.Name, p.Source, p.Target, p.Rule, p.Synapse, p.Layout, count(p.Synapses), memory(p.Bytes), undefined}
		if row.Synapse == "" {
			row.Synapse = "static_synapse"
		}
		if p.Synapses > 0 {
			row.Each = digits(float64(p.Bytes)/float64(p.Synapses), 3)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// partitionTable is how the network was cut.
type partitionTable struct {
	Nodes bool // is there more than one node
	Rows  []partitionRow
	Left  int
}

type partitionRow struct {
	ID, Node, Ranges, Neurons, Synapses string
	Share                               float64 // of the synapses of the largest, of 100
}

func partitions(run *record.Run) (t partitionTable) {
	most := int64(0)
	for _, p := range run.Plan.Partitions {
		most = max(most, p.Synapses)
		t.Nodes = t.Nodes || p.Node != run.Plan.Partitions[0].Node
	}
	t.Left = max(len(run.Plan.Partitions)-maxRows, 0)
	for _, p := range run.Plan.Partitions[:len(run.Plan.Partitions)-t.Left] {
		row := partitionRow{ID: fmt.Sprint(p.ID), Node: p.Node, Neurons: count(p.Neurons), Synapses: count(p.Synapses)}
		if most > 0 {
			row.Share = 100 * float64(p.Synapses) / float64(most)
		}
		var ranges []string
		for k, r := range p.Ranges {
			if k == 6 {
				ranges = append(ranges, fmt.Sprintf("%d more", len(p.Ranges)-6))
				break
			}
			ranges = append(ranges, fmt.Sprintf("%s (%s)", r.Population, count(int64(r.End)-int64(r.First))))
		}
		row.Ranges = list(ranges)
		t.Rows = append(t.Rows, row)
	}
	return t
}

// fileRow is a file of the run's directory.
type fileRow struct{ Name, Rows, Bytes string }

func files(run *record.Run) (rows []fileRow) {
	for _, f := range run.Files[:min(len(run.Files), maxRows)] {
		row := fileRow{f.Name, undefined, memory(f.Bytes)}
		if f.Rows > 0 {
			row.Rows = count(f.Rows)
		}
		rows = append(rows, row)
	}
	return rows
}

// phaseRow is a phase of a protocol.
type phaseRow struct {
	Name, Trials, Repeats, Spikes, Accuracy, Time string
	Plasticity                                    bool
}

func phaseRows(phases []record.Phase) (rows []phaseRow, accuracy bool) {
	for _, f := range phases[:min(len(phases), maxRows)] {
		accuracy = accuracy || f.Accuracy.Defined()
		rows = append(rows, phaseRow{f.Name, count(f.Trials), count(f.Repeats), number(f.MeanSpikes, 3), percent(f.Accuracy, 1),
			span(f.EndMs - f.StartMs), f.Plasticity})
	}
	return rows, accuracy
}

// modelText is the model file, cut where it is very long.
type modelText struct {
	Text  string
	Lines int
	Cut   int // bytes that are not shown
}

const maxModelBytes = 256 << 10

func shortModel(text string) modelText {
	m := modelText{Text: text}
	if len(text) > maxModelBytes {
		m.Text, m.Cut = text[:maxModelBytes], len(text)-maxModelBytes
	}
	for _, c := range m.Text {
		if c == '\n' {
			m.Lines++
		}
	}
	return m
}
