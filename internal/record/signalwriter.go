package record

import (
	"strconv"

	"github.com/volley-snn/volley/snn/state"
)

// Signal is a row of the table of signals: one variable of one neuron at one
// time.
type Signal struct {
	TimeMs   float64 `parquet:"time_ms"`
	GID      uint64  `parquet:"gid"`
	Variable string  `parquet:"variable,dict"` // recordable of the neuron model, such as V_m
	Value    float64 `parquet:"value"`         // in the variable's unit
}

// SignalWriter writes the table of signals, in order of time.
type SignalWriter struct{ *table[Signal] }

// Signals starts the table of signals.
func (d *Dir) Signals() (*SignalWriter, error) {
	t, err := newTable(d, SignalsName, "time_ms,gid,variable,value", 28, func(buf []byte, s *Signal) []byte {
		buf = appendMs(buf, s.TimeMs)
		buf = append(buf, ',')
		buf = strconv.AppendUint(buf, s.GID, 10)
		buf = append(buf, ',')
		buf = append(buf, csvField(s.Variable)...)
		buf = append(buf, ',')
		buf = appendValue(buf, s.Value)
		return append(buf, '\n')
	}, codec[Signal]{
		put: func(w *state.Writer, s *Signal) {
			w.Float(s.TimeMs)
			w.Uint32(uint32(s.GID))
			w.Text(s.Variable)
			w.Float(s.Value)
		},
		get: func(r *state.Reader) Signal { return Signal{r.Float(), uint64(r.Uint32()), r.Text(), r.Float()} },
	})
	if err != nil {
		return nil, err
	}
	return &SignalWriter{t}, nil
}

// Append adds one sample.
func (w *SignalWriter) Append(row Signal) error { return w.add(row) }
