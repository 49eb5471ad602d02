package record

import (
	"math"
	"strconv"
	"strings"

	"github.com/volley-snn/volley/snn/state"
)

// Synchrony is a row of the table of synchrony: one measure of one scope in one
// window.
type Synchrony struct {
	TimeMs  float64 `parquet:"time_ms"`      // end of the window
	Window  uint64  `parquet:"window"`       // number of the window, from 0
	Scope   string  `parquet:"scope,dict"`   // population, projection, or name of the measurement
	Measure string  `parquet:"measure,dict"` // kappa, S, C, rate, ...
	Value   float64 `parquet:"value"`        // NaN where it is not defined; empty in CSV
}

// SynchronyWriter writes the table of synchrony, in order of time.
type SynchronyWriter struct{ *table[Synchrony] }

// Synchrony starts the table of synchrony.
func (d *Dir) Synchrony() (*SynchronyWriter, error) {
	t, err := newTable(d, SynchronyName, "time_ms,window,scope,measure,value", 32, func(buf []byte, s *Synchrony) []byte {
		buf = appendMs(buf, s.TimeMs)
		buf = append(buf, ',')
		buf = strconv.AppendUint(buf, s.Window, 10)
		buf = append(buf, ',')
		buf = append(buf, csvField(s.Scope)...)
		buf = append(buf, ',')
		buf = append(buf, csvField(s.Measure)...)
		buf = append(buf, ',')
		buf = appendValue(buf, s.Value)
		return append(buf, '\n')
	}, codec[Synchrony]{
		put: func(w *state.Writer, s *Synchrony) {
			w.Float(s.TimeMs)
			w.Int(int64(s.Window))
			w.Text(s.Scope)
			w.Text(s.Measure)
			w.Float(s.Value)
		},
		get: func(r *state.Reader) Synchrony {
			return Synchrony{r.Float(), uint64(r.Int()), r.Text(), r.Text(), r.Float()}
		},
	})
	if err != nil {
		return nil, err
	}
	return &SynchronyWriter{t}, nil
}

// Append adds one value.
func (w *SynchronyWriter) Append(row Synchrony) error { return w.add(row) }

// appendMs writes a time with the fewest digits that read back the same.
func appendMs(buf []byte, ms float64) []byte { return strconv.AppendFloat(buf, ms, 'f', -1, 64) }

// appendValue writes a value; what is not defined is empty, as in most CSV.
func appendValue(buf []byte, value float64) []byte {
	if math.IsNaN(value) {
		return buf
	}
	return strconv.AppendFloat(buf, value, 'g', -1, 64)
}

// csvField quotes a name where CSV needs it (RFC 4180).
func csvField(s string) string {
	if !strings.ContainsAny(s, ",\"\r\n") && strings.TrimSpace(s) == s {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
