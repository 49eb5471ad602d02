package bench

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The drawing of a Scale, in pixels.
const (
	plotWidth, plotHeight = 640, 420
	plotLeft, plotBottom  = 70, 60
	plotTop, plotRight    = 40, 30
)

// SVG draws time by workers on logarithmic axes: one line for threads of one process,
// one for nodes, and what perfect scaling would be.
func (s *Scale) SVG() string {
	var b strings.Builder
	most, low, high := 1, math.Inf(1), 0.0
	for k := range s.Runs {
		r := &s.Runs[k]
		most = max(most, r.Workers())
		low, high = min(low, r.SimulateWallS.Min), max(high, r.SimulateWallS.Max)
	}
	first := &s.Runs[0]
	ideal := func(workers int) float64 {
		if s.Weak != "" {
			return first.SimulateWallS.Median
		}
		return first.SimulateWallS.Median * float64(first.Workers()) / float64(workers)
	}
	low = min(low, ideal(most))
	x := func(workers int) float64 {
		return plotLeft + (plotWidth-plotLeft-plotRight)*math.Log2(float64(workers))/max(math.Log2(float64(most)), 1)
	}
	y := func(seconds float64) float64 {
		span := max(math.Log2(high/low), 0.5)
		return plotTop + (plotHeight-plotTop-plotBottom)*math.Log2(high/seconds)/span
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">`+"\n", plotWidth, plotHeight)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="white"/><text x="%d" y="22" font-size="15">%s</text>`+"\n", plotLeft, html.EscapeString(s.title()))
	for w := 1; w <= most; w *= 2 {
		fmt.Fprintf(&b, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle">%d</text>`+"\n", x(w), plotTop, x(w), plotHeight-plotBottom, x(w), plotHeight-plotBottom+20, w)
	}
	for _, seconds := range []float64{low, math.Sqrt(low * high), high} {
		fmt.Fprintf(&b, `<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%.3g s</text>`+"\n", plotLeft, y(seconds), plotWidth-plotRight, y(seconds), plotLeft-8, y(seconds)+4, seconds)
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">threads of all nodes</text>`+"\n", (plotLeft+plotWidth-plotRight)/2, plotHeight-14)
	fmt.Fprintf(&b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#999" stroke-dasharray="5 4"/>`+"\n", x(first.Workers()), y(ideal(first.Workers())), x(most), y(ideal(most)))
	s.line(&b, x, y, "#1f77b4", "threads of one process", 0, func(r *ScaleRun) bool { return r.Nodes == 0 })
	s.line(&b, x, y, "#d62728", "nodes", 1, func(r *ScaleRun) bool { return r.Nodes > 0 })
	b.WriteString("</svg>\n")
	return b.String()
}

func (s *Scale) title() string {
	if s.Weak != "" {
		return fmt.Sprintf("%s, %s a worker: time to simulate", s.Model, s.Weak)
	}
	return s.Model + ": time to simulate"
}

// line draws the runs of one kind.
func (s *Scale) line(b *strings.Builder, x func(int) float64, y func(float64) float64, color, name string, place int, of func(*ScaleRun) bool) {
	var points []string
	for k := range s.Runs {
		if r := &s.Runs[k]; of(r) {
			points = append(points, fmt.Sprintf("%.1f,%.1f", x(r.Workers()), y(r.SimulateWallS.Median)))
		}
	}
	if len(points) == 0 {
		return
	}
	fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), color)
	for _, p := range points {
		at := strings.Split(p, ",")
		fmt.Fprintf(b, `<circle cx="%s" cy="%s" r="4" fill="%s"/>`, at[0], at[1], color)
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end" fill="%s">%s</text>`+"\n", plotWidth-plotRight, plotTop+14+18*place, color, name)
}
