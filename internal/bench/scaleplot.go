package bench

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// The drawing of a Scale, in pixels.
const (
	plotWidth, plotHeight = 640, 420
	plotLeft, plotBottom  = 80, 60
	plotTop, plotRight    = 40, 190 // the legend stands on the right
)

// scalePlot is a Scale on two logarithmic axes: time by workers.
type scalePlot struct {
	strings.Builder
	s         *Scale
	most      int
	low, high float64 // of time, with some room
}

// SVG draws time by workers on logarithmic axes: one line for threads of one process,
// one for nodes, each with its least and most, and what perfect scaling would be.
func (s *Scale) SVG() string {
	p := &scalePlot{s: s, most: 1, low: math.Inf(1)}
	for k := range s.Runs {
		r := &s.Runs[k]
		p.most = max(p.most, r.Workers())
		p.low, p.high = min(p.low, r.SimulateWallS.Min), max(p.high, r.SimulateWallS.Max)
	}
	p.low, p.high = min(p.low, p.ideal(p.most))/1.1, p.high*1.1
	fmt.Fprintf(p, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="13">`+"\n", plotWidth, plotHeight, plotWidth, plotHeight)
	fmt.Fprintf(p, `<rect width="100%%" height="100%%" fill="white"/><text x="%d" y="24" font-size="15">%s</text>`+"\n", plotLeft, html.EscapeString(s.title()))
	p.axes()
	first := &s.Runs[0]
	fmt.Fprintf(p, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#777" stroke-dasharray="5 4"/>`+"\n", p.x(first.Workers()), p.y(p.ideal(first.Workers())), p.x(p.most), p.y(p.ideal(p.most)))
	p.legend(0, "#777", "nothing lost", ` stroke-dasharray="5 4"`)
	p.line("#1f77b4", "threads, one process", 1, func(r *ScaleRun) bool { return r.Nodes == 0 })
	p.line("#d62728", "nodes", 2, func(r *ScaleRun) bool { return r.Nodes > 0 })
	p.WriteString("</svg>\n")
	return p.String()
}

// ideal is the time that so many workers would take where nothing is lost.
func (p *scalePlot) ideal(workers int) float64 {
	first := &p.s.Runs[0]
	if p.s.Weak != "" {
		return first.SimulateWallS.Median
	}
	return first.SimulateWallS.Median * float64(first.Workers()) / float64(workers)
}

func (p *scalePlot) x(workers int) float64 {
	return plotLeft + (plotWidth-plotLeft-plotRight)*math.Log2(float64(workers))/max(math.Log2(float64(p.most)), 1)
}

func (p *scalePlot) y(seconds float64) float64 {
	return plotTop + (plotHeight-plotTop-plotBottom)*math.Log(p.high/seconds)/math.Log(p.high/p.low)
}

// axes draws the numbers of workers that were run, and times of 1, 2 and 5.
func (p *scalePlot) axes() {
	bottom, right := plotHeight-plotBottom, plotWidth-plotRight
	var workers []int
	for k := range p.s.Runs {
		workers = append(workers, p.s.Runs[k].Workers())
	}
	slices.Sort(workers)
	for _, w := range slices.Compact(workers) {
		fmt.Fprintf(p, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle">%d</text>`+"\n", p.x(w), plotTop, p.x(w), bottom, p.x(w), bottom+20, w)
	}
	for _, t := range marks(p.low, p.high) {
		fmt.Fprintf(p, `<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", plotLeft, p.y(t), right, p.y(t), plotLeft-8, p.y(t)+4, secondsText(t))
	}
	fmt.Fprintf(p, `<path d="M%d %d V%d H%d" fill="none" stroke="#555"/>`+"\n", plotLeft, plotTop, bottom, right)
	fmt.Fprintf(p, `<text x="%d" y="%d" text-anchor="middle">threads of all nodes</text>`+"\n", (plotLeft+right)/2, plotHeight-14)
	fmt.Fprintf(p, `<text transform="translate(20 %d) rotate(-90)" text-anchor="middle">wall time</text>`+"\n", (plotTop+bottom)/2)
}

// marks are the round numbers of an axis from low to high: 1, 2 and 5, or where there
// are few of them all digits.
func marks(low, high float64) (all []float64) {
	for _, digits := range [][]float64{{1, 2, 5}, {1, 2, 3, 4, 5, 6, 7, 8, 9}} {
		all = all[:0]
		for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
			for _, d := range digits {
				if t := d * math.Pow(10, e); t >= low && t <= high {
					all = append(all, t)
				}
			}
		}
		if len(all) >= 3 {
			break
		}
	}
	return all
}

func secondsText(s float64) string {
	if s < 0.1 {
		return fmt.Sprintf("%.3g ms", s*1000)
	}
	return fmt.Sprintf("%.3g s", s)
}

func (s *Scale) title() string {
	if s.Weak != "" {
		return fmt.Sprintf("%s, %s times the workers: wall time of the simulation", s.Model, s.Weak)
	}
	return s.Model + ": wall time of the simulation"
}

// line draws the runs of one kind: the median of each, from its least to its most.
func (p *scalePlot) line(color, name string, place int, of func(*ScaleRun) bool) {
	var points []string
	for k := range p.s.Runs {
		r := &p.s.Runs[k]
		if !of(r) {
			continue
		}
		at, t := p.x(r.Workers()), r.SimulateWallS
		points = append(points, fmt.Sprintf("%.1f,%.1f", at, p.y(t.Median)))
		fmt.Fprintf(p, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-opacity="0.5" stroke-width="6"/><circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`+"\n", at, p.y(t.Min), at, p.y(t.Max), color, at, p.y(t.Median), color)
	}
	if len(points) == 0 {
		return
	}
	fmt.Fprintf(p, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), color)
	p.legend(place, color, name, ` stroke-width="2"`)
}

// legend names a line on the right.
func (p *scalePlot) legend(place int, color, name, style string) {
	left, at := plotWidth-plotRight+14, plotTop+10+20*place
	fmt.Fprintf(p, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s"%s/><text x="%d" y="%d">%s</text>`+"\n", left, at, left+24, at, color, style, left+30, at+4, name)
}
