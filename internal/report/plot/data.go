// Package plot reads the tables of a run's directory and makes of them what a page
// can draw: series, counts and samples whose size is bounded whatever the size of
// the run. What was averaged or left out is said beside the data.
package plot

import (
	"errors"
	"io/fs"

	"github.com/volley-snn/volley/internal/record"
)

// Data is what the page's program draws, as JSON. What a run did not record is
// absent. Times are ms.
type Data struct {
	DtMs      float64 `json:"dt"`
	EndMs     float64 `json:"end"`
	DiscardMs float64 `json:"discard"`
	Groups    []Group `json:"populations"` // model order, then inputs

	Raster    *Raster    `json:"raster,omitempty"`
	Rates     *Rates     `json:"rates,omitempty"`
	Variation *Variation `json:"cv,omitempty"`
	Intervals *Intervals `json:"isi,omitempty"`
	Firing    *Firing    `json:"firing,omitempty"`
	Synchrony *Synchrony `json:"synchrony,omitempty"`
	Signals   *Signals   `json:"signals,omitempty"`

	Weights []record.WeightHistogram `json:"weights,omitempty"`
	Phases  []record.Phase           `json:"phases,omitempty"`
	Images  []Images                 `json:"images,omitempty"`
}

// Group is a population in the pictures.
type Group struct {
	Name     string `json:"name"`
	First    int64  `json:"first"` // GID
	Size     int64  `json:"size"`
	Input    bool   `json:"input,omitempty"`
	Recorded int64  `json:"recorded"` // neurons whose spikes the table holds

	// Ranges is the GIDs of the recorded neurons, [first, end), rising.
	Ranges [][2]int64 `json:"ranges"`
}

// Load reads the tables that are there. A damaged one is record.ErrCorrupt.
// endMs is the biological time of the run.
func Load(dir string, run *record.Run, endMs float64) (*Data, error) {
	d := &Data{DtMs: run.DtMs, EndMs: endMs, DiscardMs: run.DiscardMs,
		Weights: weights(run.WeightHistograms), Phases: phases(run.Phases)}
	if !(run.DtMs > 0) {
		return d, nil
	}
	covers := coverages(run, endMs)
	for k, p := range run.Populations {
		g := Group{Name: p.Name, First: int64(p.First), Size: p.Size(), Input: p.Input, Recorded: covers[k].neurons}
		for _, r := range covers[k].ranges {
			g.Ranges = append(g.Ranges, [2]int64{int64(r.First), int64(r.End)})
		}
		d.Groups = append(d.Groups, g)
	}
	if err := present(d.loadSynchrony(dir)); err != nil {
		return nil, err
	}
	if err := present(d.loadSignals(dir, run)); err != nil {
		return nil, err
	}
	if err := present(d.loadSpikes(dir, run, covers)); err != nil {
		return nil, err
	}
	return d, nil
}

// present takes a table's absence for what it is: nothing to show.
func present(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
