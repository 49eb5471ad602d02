package report

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path/filepath"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/report/plot"
	"github.com/volley-snn/volley/snn"
)

// page is what the template shows.
type page struct {
	CSS    template.CSS
	JS     template.JS
	JSON   template.JS // Data
	Policy string

	Run     *record.Run
	Summary *record.Summary // nil where the run left none

	Title   string
	Finding string // the result, in one sentence
	Setting string // what was run, in one sentence
	Warning string // the run failed, was interrupted or has not ended
	Notes   notes

	Figures     []figure
	Populations populationTable
	Results     []node
	Synchrony   []node // at most one table
	Phases      []phaseRow
	Accuracy    bool // do any phases have one
	Projections projectionTable
	Partitions  partitionTable
	Costs       []costRow
	Machine     []figure
	Repeat      repetition
	Files       []fileRow
	Model       modelText

	Data *plot.Data
}

// load reads a run's directory.
func load(dir string) (*page, error) {
	run, err := record.ReadRun(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: it is not a run's directory", err)
	}
	if err != nil {
		return nil, err
	}
	summary, err := record.ReadSummary(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	durationMs := run.DurationMs
	if summary != nil {
		durationMs = summary.DurationMs
	}
	if err := check(filepath.Join(dir, record.RunFile), run, durationMs); err != nil {
		return nil, err
	}
	data, err := plot.Load(dir, run, durationMs)
	if err != nil {
		return nil, err
	}
	p := &page{Run: run, Summary: summary, Data: data, Title: run.Model}
	if p.Title == "" {
		if path, err := filepath.Abs(dir); err == nil {
			p.Title = filepath.Base(path)
		}
	}
	p.describe()
	return p, nil
}

// describe fills in the words and tables. Results come first: pictures among them
// go into Data.
func (p *page) describe() {
	if p.Summary != nil {
		p.Results = results(p.Summary.Results, p.Data)
	}
	p.Warning = warning(p.Run, p.Summary)
	p.Finding = finding(p.Run, p.Summary)
	p.Setting = setting(p.Run, p.Summary)
	p.Notes = describeData(p.Data)
	if p.Data.Synchrony != nil {
		p.Data.Synchrony.Words = measures
	}
	p.Figures = keyFigures(p.Run, p.Summary)
	p.Populations = populations(p.Run, p.Summary, p.Data)
	if t := synchronyTable(p.Run, p.Summary); t != nil {
		p.Synchrony = []node{{Name: "Synchrony", Note: "means over windows after the discard", Table: t}}
	}
	p.Phases, p.Accuracy = phaseRows(p.Run.Phases)
	p.Projections = projections(p.Run)
	p.Partitions = partitions(p.Run)
	p.Costs = costs(p.Run)
	p.Machine = machineFigures(p.Run, p.Summary)
	p.Repeat = repeat(p.Run)
	p.Files = files(p.Run)
	p.Model = shortModel(p.Run.ModelText)
}

// maxNeurons bounds the memory that a damaged run.json can ask for.
const maxNeurons = 1 << 28

// check finds what would make pictures of nonsense.
func check(path string, run *record.Run, durationMs float64) error {
	if run.Model == "" && len(run.Populations) == 0 {
		return nil // a run that has only begun
	}
	if !(run.DtMs > 0) || run.DtMs > 1e6 {
		return fmt.Errorf("%s: %w: dt_ms is %g, expected a time above 0", path, record.ErrCorrupt, run.DtMs)
	}
	if !(durationMs >= 0) || durationMs > 1e15 {
		return fmt.Errorf("%s: %w: the run's duration is %g ms, expected a time from 0", path, record.ErrCorrupt, durationMs)
	}
	end, total := snn.GID(0), int64(0)
	for _, p := range run.Populations {
		if p.First < end || p.End < p.First {
			return fmt.Errorf("%s: %w: population %q has GIDs %d to %d, after one that ends at %d", path, record.ErrCorrupt, p.Name, p.First, p.End, end)
		}
		end = p.End
		if total += p.Size(); total > maxNeurons {
			return fmt.Errorf("%s: %w: more than %d neurons", path, record.ErrCorrupt, maxNeurons)
		}
	}
	return nil
}
