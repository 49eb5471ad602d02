package engine

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/protocol"
)

// Schedule says where a network's steps end and its trials begin: the same for all
// who are told the same numbers of spikes.
type Schedule struct {
	n         *kernel.Network
	conductor *protocol.Conductor // nil without a protocol
	trial     kernel.Trial
	under     bool  // a trial is under way
	spikes    int64 // of the watched population in it
	counted   int
}

// NewSchedule is the schedule of a network from its first step.
func NewSchedule(n *kernel.Network) *Schedule {
	s := &Schedule{n: n}
	if n.Protocol != nil {
		s.conductor = protocol.NewConductor(n.Protocol)
	}
	return s
}

// Next is the tick that the step from now ends with, and the trial that begins with
// it, or nil. ok is false where the run is over.
func (s *Schedule) Next(now snn.Tick) (to snn.Tick, starts *kernel.Trial, ok bool) {
	if s.conductor == nil {
		return s.n.Boundary(now, nil), nil, now < s.n.End
	}
	if !s.under {
		if s.trial, s.under = s.conductor.Next(); !s.under {
			return now, nil, false
		}
		s.spikes = 0
		starts = s.Trial()
	}
	return s.n.Boundary(now, &s.trial), starts, true
}

// Trial is a copy of the one under way; nil where there is none.
func (s *Schedule) Trial() *kernel.Trial {
	if !s.under {
		return nil
	}
	trial := s.trial
	return &trial
}

// Took is told how many spikes of the watched population the step that ended with
// tick to has brought. It reports whether the trial ended with it, and whether that
// one counts: else it is shown again.
func (s *Schedule) Took(to snn.Tick, watched int64) (ended, counts bool) {
	if !s.under {
		return false, false
	}
	s.spikes += watched
	if to < s.trial.End {
		return false, false
	}
	s.under = false
	if counts = s.conductor.End(s.spikes); counts {
		s.counted++
	}
	return true, counts
}

// Done is the share of the run that is behind at a tick.
func (s *Schedule) Done(now snn.Tick) float64 {
	if s.conductor == nil {
		return float64(now) / float64(s.n.End)
	}
	return float64(s.counted) / float64(s.n.Protocol.Trials())
}

// ScheduleState is where a schedule stands between two steps.
type ScheduleState struct {
	Conductor protocol.State
	Under     bool
	Spikes    int64
	Counted   int
}

// State is where it stands.
func (s *Schedule) State() ScheduleState {
	if s.conductor == nil {
		return ScheduleState{}
	}
	return ScheduleState{s.conductor.State(), s.under, s.spikes, s.counted}
}

// Restore puts it where State says.
func (s *Schedule) Restore(at ScheduleState) {
	if s.conductor == nil {
		return
	}
	s.conductor.Restore(at.Conductor)
	s.under, s.spikes, s.counted = at.Under, at.Spikes, at.Counted
	if s.under {
		s.trial, s.under = s.conductor.Next()
	}
}

// back takes back the start of a trial that Next has given and no step has taken.
func (s *Schedule) back(starts *kernel.Trial) {
	if starts != nil {
		s.under = false
	}
}
