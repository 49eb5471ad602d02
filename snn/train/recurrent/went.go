package recurrent

import (
	"fmt"

	"github.com/volley-snn/volley/snn/train/matrix"
)

// Went says, in place of Forward, what another shard of the same samples became: who
// spiked, the logits, and the loss. Labels are set. The input's spikes may be left out
// where nothing asks for them. Backward cannot follow. The error says that this is none
// of the network's.
func (s *Shard) Went(input, spikes *matrix.Lists, logits []float32, loss float64) error {
	n := s.net
	rows := n.Ticks * s.Samples
	if err := fits("spikes", spikes, rows, n.Hidden); err != nil {
		return err
	}
	if len(logits) != s.Samples*n.Outputs {
		return fmt.Errorf("%d logits of %d samples, expected %d", len(logits), s.Samples, s.Samples*n.Outputs)
	}
	if input != nil {
		if err := fits("input spikes", input, rows, n.Inputs); err != nil {
			return err
		}
		for r := range rows {
			s.Input.Index = append(s.Input.Index, input.Row(r)...)
			s.EndInput(r/s.Samples, r%s.Samples)
		}
	}
	s.Times, s.counts = grow(s.Times, s.Samples*n.Hidden), grow(s.counts, s.Samples*n.Hidden)
	s.silence()
	for r := range rows {
		t, b := r/s.Samples, r%s.Samples
		for _, j := range spikes.Row(r) {
			s.spike(t, b*n.Hidden, j)
		}
		s.Spikes.End()
	}
	s.Logits = append(s.Logits[:0], logits...)
	s.Loss = loss
	s.measure()
	return nil
}

// fits refuses lists of other rows or columns, or that do not ascend.
func fits(what string, l *matrix.Lists, rows, columns int) error {
	if l.Rows() != rows {
		return fmt.Errorf("%s in %d rows, expected %d", what, l.Rows(), rows)
	}
	for r := range rows {
		before := -1
		for _, i := range l.Row(r) {
			if int(i) <= before || int(i) >= columns {
				return fmt.Errorf("%s: %d after %d in row %d, expected ascending ones below %d", what, i, before, r, columns)
			}
			before = int(i)
		}
	}
	return nil
}
