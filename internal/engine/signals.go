package engine

import (
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// Signals writes recorded variables to the run's table, by time, then signal,
// then GID: an order that does not depend on the cut.
type Signals struct {
	n      *kernel.Network
	clock  record.Clock
	writer *record.SignalWriter
}

// NewSignals starts the table, where the model records any variable.
func NewSignals(n *kernel.Network, dir *record.Dir) (*Signals, error) {
	s := &Signals{n: n, clock: record.NewClock(n.DtMs)}
	if len(n.Signals) == 0 || dir == nil {
		return s, nil
	}
	var err error
	s.writer, err = dir.Signals()
	return s, err
}

// Observe writes the samples of a step.
func (s *Signals) Observe(m *Moment) error {
	if s.writer == nil {
		return nil
	}
	next := make([]int, len(m.Outputs)) // first sample of each partition that is not written yet
	for t := m.From + 1; t <= m.To; t++ {
		for k := range s.n.Signals {
			for i := range m.Outputs {
				for samples := m.Outputs[i].Samples; next[i] < len(samples); next[i]++ {
					if at := &samples[next[i]]; at.Tick != t || at.Signal != k {
						break
					} else if err := s.write(at); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func (s *Signals) write(at *kernel.Samples) error {
	variables := s.n.Signals[at.Signal].Variables
	for k, x := range at.Values {
		gid := at.First + snn.GID(k/len(variables))
		row := record.Signal{TimeMs: s.clock.Ms(at.Tick), GID: uint64(gid), Variable: variables[k%len(variables)], Value: x}
		if err := s.writer.Append(row); err != nil {
			return err
		}
	}
	return nil
}
