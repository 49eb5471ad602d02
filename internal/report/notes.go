package report

import (
	"fmt"

	"github.com/volley-snn/volley/internal/report/plot"
)

// notes say what the pictures show, and what they leave out.
type notes struct {
	Raster, Rates, Variation, Synchrony, Signals, Intervals, Firing string
}

func describeData(d *plot.Data) notes {
	return notes{
		Raster: rasterNote(d), Rates: ratesNote(d), Variation: variationNote(d), Synchrony: synchronyNote(d),
		Signals: signalsNote(d), Intervals: intervalsNote(d), Firing: firingNote(d),
	}
}

func rasterNote(d *plot.Data) string {
	if d.Raster == nil {
		return ""
	}
	var rows, recorded, size int64
	var partly []string
	for k, g := range d.Groups {
		rows, recorded, size = rows+d.Raster.Rows[k], recorded+g.Recorded, size+g.Size
		if g.Recorded < g.Size && g.Recorded > 0 {
			partly = append(partly, fmt.Sprintf("%s of %s neurons of %s", count(g.Recorded), count(g.Size), g.Name))
		}
	}
	text := "A dot is a spike, a row a neuron; populations are stacked in the order of the model."
	if rows < recorded {
		text += fmt.Sprintf(" This file holds %s of the %s spikes: all those of %s of %s neurons, evenly spaced in each population.",
			count(d.Raster.Shown), count(d.Raster.Total), count(rows), count(recorded))
	}
	if d.Raster.Thin > 1 {
		text += fmt.Sprintf(" Of the spikes of those neurons, one in %d is kept.", d.Raster.Thin)
	}
	if recorded < size {
		if len(partly) > 0 && len(partly) <= 4 {
			text += " Recorded were " + list(partly) + "."
		} else {
			text += fmt.Sprintf(" Recorded were %s of %s neurons.", count(recorded), count(size))
		}
	}
	return text
}

func ratesNote(d *plot.Data) string {
	if d.Rates == nil {
		return ""
	}
	return fmt.Sprintf("Spikes per neuron and second, in bins that are a multiple of %s; the bin in use stands above the axis.", span(d.Rates.BinMs))
}

func variationNote(d *plot.Data) string {
	if d.Variation == nil {
		return ""
	}
	return fmt.Sprintf("Coefficient of variation of interspike intervals in windows of %s, mean over the neurons with at least three spikes in the window; 0 is a clock, 1 a Poisson process. Short windows miss long intervals and give lower values.", span(d.Variation.WindowMs))
}

// measures are the synchrony measures in words (snn/synchrony).
var measures = map[string]string{
	"kappa":         "Coincidences within the window’s bins beyond chance, as a share of those that there could be; 0 for independent neurons, 1 for identical trains",
	"C_corrected":   "Nearness of the first spikes of pairs beyond what earlier windows lead one to expect",
	"C":             "Nearness of the first spikes of pairs",
	"C0":            "The C to expect from earlier windows",
	"chi":           "Golomb and Rinzel’s measure, on spike counts over a longer span",
	"chi_corrected": "χ² beyond that of independent neurons",
	"fano":          "Fano factor: variance over mean of the group’s spike count",
	"S":             "Share of the pairs that both fired, which knows no timing",
	"participation": "Share of the neurons that fired",
	"rate":          "Spikes per neuron and second, in Hz",
}

func synchronyNote(d *plot.Data) string {
	s := d.Synchrony
	if s == nil {
		return ""
	}
	text := "The measure that is chosen above the plot, window by window."
	if s.Averaged {
		text += " A point is the mean of several windows."
	}
	if s.Left > 0 {
		text += fmt.Sprintf(" %s are not shown.", plural(int64(s.Left), "series", "series"))
	}
	return text
}

func signalsNote(d *plot.Data) string {
	s := d.Signals
	if s == nil {
		return ""
	}
	text := "Recorded variables of single neurons, in the colours of their populations; marks above a trace are the neuron’s spikes."
	if s.Reduced {
		text += " Where samples are too many, the least and the greatest of each stretch are drawn."
	}
	if s.Left > 0 {
		text += fmt.Sprintf(" %s not shown.", plural(int64(s.Left), "trace is", "traces are"))
	}
	return text
}

func intervalsNote(d *plot.Data) string {
	if d.Intervals == nil {
		return ""
	}
	return "Interspike intervals after the discard, as density over the logarithm of the interval, each population scaled to its peak."
}

func firingNote(d *plot.Data) string {
	if d.Firing == nil {
		return ""
	}
	return "Mean rates of single neurons after the discard, scaled likewise. Read-outs give counts."
}
