package train

import (
	"fmt"

	"github.com/volley-snn/volley/snn/train/plastic"
)

// Vectors are the numbers that a checkpoint must hold, in an order that the network
// and the optimizer fix: values, the gradients that pile up, the optimizer's. They
// are live; after they have been changed, Net.Refresh.
func (t *Trainer) Vectors() [][]float32 {
	return append([][]float32{t.Net.Values, t.grad}, t.Optimizer.State(&t.Net.Layout)...)
}

// State is the rest.
type State struct {
	Steps int // of the optimizer
	Rules []plastic.State
}

// State is a copy of it.
func (t *Trainer) State() State {
	s := State{Steps: *t.Optimizer.Count()}
	for _, r := range t.Rules {
		s.Rules = append(s.Rules, r.State())
	}
	return s
}

// Restore goes back to a state.
func (t *Trainer) Restore(s *State) error {
	if len(s.Rules) != len(t.Rules) {
		return fmt.Errorf("the state has %d rules, expected %d", len(s.Rules), len(t.Rules))
	}
	*t.Optimizer.Count() = s.Steps
	for k, r := range t.Rules {
		if err := r.Restore(&s.Rules[k]); err != nil {
			return err
		}
	}
	return nil
}
