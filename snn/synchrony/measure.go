package synchrony

import (
	"slices"

	"github.com/volley-snn/volley/snn/state"
)

// Measure names a measure, as in model files and tables.
type Measure string

// The measures.
const (
	Rate          Measure = "rate"
	Participation Measure = "participation"
	KappaMeasure  Measure = "kappa"
	S             Measure = "S"
	C             Measure = "C"
	C0            Measure = "C0"
	CCorrected    Measure = "C_corrected"
	FanoMeasure   Measure = "fano"
	ChiMeasure    Measure = "chi"
	ChiCorrected  Measure = "chi_corrected"
)

// OfPopulation and OfProjection are the measures that apply, in the order of tables.
var (
	OfPopulation = []Measure{Rate, Participation, KappaMeasure, C, C0, CCorrected, FanoMeasure, ChiMeasure, ChiCorrected}
	OfProjection = []Measure{S, C, C0, CCorrected}
)

// Value is one measure, of a window or of several.
type Value struct {
	Measure Measure
	Value   float64
	Windows int // that it covers, up to the one added last
}

// Gauge turns the summed counts of successive windows into measures.
type Gauge interface {
	// Add takes the next window, and returns the values that were asked for, in
	// the order of tables; chi's only at the end of a span. The slice is reused.
	Add(counts []int64) []Value

	// Save writes what the windows so far have left; Load reads it.
	Save(w *state.Writer)
	Load(r *state.Reader)
}

// asked is the measures of which that are asked for; all where none are named.
func asked(which, of []Measure) func(Measure) bool {
	return func(m Measure) bool {
		return slices.Contains(of, m) && (len(which) == 0 || slices.Contains(which, m))
	}
}
