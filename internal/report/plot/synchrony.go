package plot

import (
	"fmt"
	"slices"

	"github.com/volley-snn/volley/internal/record"
)

// Bounds of the series of synchrony.
const (
	maxPoints       = 1200   // of a series
	maxSeries       = 240    // over scopes and measures
	maxSeriesPoints = 90_000 // of all series
)

// Synchrony is each measure of each scope over time.
type Synchrony struct {
	Measures []string `json:"measures"` // those that say most first
	Scopes   []string `json:"scopes"`
	Series   []Series `json:"series"`
	Averaged bool     `json:"averaged"` // a point is the mean of several windows
	Left     int      `json:"left"`     // series that are not shown

	Words map[string]string `json:"words,omitempty"` // what a measure is, by its name
}

// loadSynchrony reads the table of synchrony, twice where it has many series: the
// more there are, the fewer points each gets.
func (d *Data) loadSynchrony(dir string) error {
	points := maxPoints
	for {
		c := newCurves(d.EndMs, maxSeries, points)
		err := record.EachSynchrony(dir, func(batch []record.Synchrony) error {
			for _, row := range batch {
				if err := c.add(key{row.Scope, row.Measure}, row.TimeMs, row.Value); err != nil {
					return fmt.Errorf("synchrony in %s: %w: %w", dir, record.ErrCorrupt, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if fewer := maxSeriesPoints / max(len(c.names), 1); fewer < points {
			points = fewer
			continue
		}
		d.Synchrony = c.synchrony()
		return nil
	}
}

func (c *curves) synchrony() *Synchrony {
	out := &Synchrony{Left: len(c.left)}
	for _, name := range c.names {
		one := c.by[name]
		out.Averaged = out.Averaged || one.values > len(one.bins)
		out.Series = append(out.Series, one.series(name))
		if !slices.Contains(out.Measures, name.measure) {
			out.Measures = append(out.Measures, name.measure)
		}
		if !slices.Contains(out.Scopes, name.scope) {
			out.Scopes = append(out.Scopes, name.scope)
		}
	}
	if len(out.Series) == 0 {
		return nil
	}
	SortMeasures(out.Measures)
	return out
}

// telling is the measures by how much they say of timing.
var telling = []string{"kappa", "C_corrected", "chi", "chi_corrected", "S", "fano", "C", "C0", "participation", "rate"}

// SortMeasures puts measures that say most first; those of other names come last,
// in their order.
func SortMeasures(measures []string) {
	place := func(m string) int {
		if k := slices.Index(telling, m); k >= 0 {
			return k
		}
		return len(telling)
	}
	slices.SortStableFunc(measures, func(a, b string) int { return place(a) - place(b) })
}
