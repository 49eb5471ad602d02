package sweep

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The drawing of a panel, in pixels.
const (
	panelWidth, panelHeight = 470, 290
	panelLeft, panelRight   = 62, 12
	panelTop, panelBottom   = 34, 40
)

// colours tell arms apart, to colour-blind readers too (Okabe and Ito 2008).
var colours = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c8c8c"}

// strokes tell apart what has one colour, and arms beyond the eighth.
var strokes = []string{"", "6 3", "2 3"}

// style of arm number k.
func style(k int, strong bool) string {
	width := 1.2
	if strong {
		width = 2.4
	}
	dash := ""
	if d := strokes[k/len(colours)%len(strokes)]; d != "" {
		dash = fmt.Sprintf(` stroke-dasharray="%s"`, d)
	}
	return fmt.Sprintf(`stroke="%s" stroke-width="%.1f"%s`, colours[k%len(colours)], width, dash)
}

// panel draws a measure by epoch: an arm a line, in a band of its 95 % interval. The
// arms that strong names are drawn stronger.
func panel(title string, all []Curve, strong map[string]bool) string {
	low, high, epochs := math.Inf(1), math.Inf(-1), 0
	for _, c := range all {
		epochs = max(epochs, len(c.Mean))
		for e := range c.Mean {
			for _, y := range []float64{c.Mean[e], c.Low[e], c.High[e]} {
				if drawn(y) {
					low, high = min(low, y), max(high, y)
				}
			}
		}
	}
	if !(low <= high) {
		return ""
	}
	ticks := marks(low, high)
	low, high = min(low, ticks[0]), max(high, ticks[len(ticks)-1])
	x := func(e int) float64 {
		return panelLeft + float64(e)/float64(max(epochs-1, 1))*(panelWidth-panelLeft-panelRight)
	}
	y := func(v float64) float64 {
		return panelTop + (high-v)/(high-low)*(panelHeight-panelTop-panelBottom)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12" role="img">`+"\n", panelWidth, panelHeight)
	fmt.Fprintf(&b, `<title>%s, by epoch</title><text x="%d" y="20" font-size="14">%s</text>`+"\n", html.EscapeString(title), panelLeft, html.EscapeString(title))
	for _, v := range ticks {
		fmt.Fprintf(&b, `<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%.4g</text>`+"\n", panelLeft, y(v), panelWidth-panelRight, y(v), panelLeft-6, y(v)+4, v)
	}
	for _, e := range epochMarks(epochs) {
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%d</text>`+"\n", x(e), panelHeight-panelBottom+18, e+1)
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">epoch</text>`+"\n", (panelLeft+panelWidth-panelRight)/2, panelHeight-6)
	for k, c := range all {
		band(&b, &c, k, x, y)
	}
	for k, c := range all {
		line(&b, &c, style(k, strong[c.Arm]), x, y)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// line draws means; a gap where there is none.
func line(b *strings.Builder, c *Curve, style string, x func(int) float64, y func(float64) float64) {
	var path strings.Builder
	pen := "M"
	for e, v := range c.Mean {
		if !drawn(v) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", pen, x(e), y(v))
		pen = "L"
	}
	if path.Len() > 0 {
		fmt.Fprintf(b, `<path d="%s" fill="none" %s><title>%s</title></path>`+"\n", path.String(), style, html.EscapeString(c.Arm))
	}
}

// band fills the interval, where there is one.
func band(b *strings.Builder, c *Curve, k int, x func(int) float64, y func(float64) float64) {
	var there, back []string
	for e := range c.Mean {
		if drawn(c.Low[e]) && drawn(c.High[e]) {
			there = append(there, fmt.Sprintf("%.1f,%.1f", x(e), y(c.High[e])))
			back = append([]string{fmt.Sprintf("%.1f,%.1f", x(e), y(c.Low[e]))}, back...)
		}
	}
	if len(there) > 1 {
		fmt.Fprintf(b, `<polygon points="%s" fill="%s" fill-opacity="0.12"/>`+"\n", strings.Join(append(there, back...), " "), colours[k%len(colours)])
	}
}

// marks are round numbers, three to seven of them, around low to high.
func marks(low, high float64) []float64 {
	span := high - low
	if span <= 0 {
		span = max(math.Abs(high), 1) * 0.1
	}
	step := math.Pow(10, math.Floor(math.Log10(span)))
	for _, f := range []float64{0.2, 0.5, 1, 2} {
		if span/(step*f) <= 6 {
			step *= f
			break
		}
	}
	var out []float64
	for k := math.Floor(low / step); ; k++ {
		out = append(out, k*step)
		if k*step >= high && len(out) > 1 {
			return out
		}
	}
}

// epochMarks are at most eight epochs, the first and the last among them.
func epochMarks(epochs int) (out []int) {
	step := max(1, (epochs+6)/7)
	for e := 0; e < epochs-1-step/2; e += step {
		out = append(out, e)
	}
	return append(out, epochs-1)
}

// drawn reports whether a number has a place in a plot.
func drawn(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
