package plastic

import "github.com/volley-snn/volley/snn/ssdp/batch"

// State is what a rule has learned beside its weight, for checkpoints.
type State struct {
	Chance   *batch.ChanceState
	Dopamine batch.Dopamine
	Running  Running
}

// State is a copy of the rule's state.
func (r *Rule) State() State {
	s := State{Dopamine: r.Dopamine, Running: r.Running}
	if r.Chance != nil {
		c := r.Chance.State()
		s.Chance = &c
	}
	return s
}

// Restore goes back to a state of the same rule.
func (r *Rule) Restore(s *State) error {
	r.Dopamine, r.Running = s.Dopamine, s.Running
	if r.Chance != nil && s.Chance != nil {
		return r.Chance.Restore(s.Chance)
	}
	return nil
}
