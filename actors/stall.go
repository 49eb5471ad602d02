package actors

import (
	"fmt"
	"strings"
	"time"

	"github.com/volley-snn/volley/messages/control"
)

// stall is for how long a run has come no further though all its nodes answer and none
// computes: messages between two of them come no more, say, of which their coordinator
// sees nothing.
type stall struct {
	steps  []int64 // that each node has computed last
	rounds int     // of asking
	said   bool
}

// round takes what the nodes say of themselves, and counts the rounds in which nothing
// has moved. waits: the coordinator, too, does nothing but wait for a step. Rounds are
// counted and not seconds, as for nodes that are silent.
func (s *stall) round(reports []*control.PartitionReports, waits bool) int {
	moves := !waits
	for i, r := range reports {
		moves = moves || r == nil || r.Computing || r.Step != s.steps[i]
		s.steps[i] = r.GetStep()
	}
	if s.rounds++; moves {
		s.rounds, s.said = 0, false
	}
	return s.rounds
}

// stalled is the error of a run that comes no further. Where its state is not kept there
// is nothing to go on from, and people are told.
func (k *conductor) stalled(s *stall, reports []*control.PartitionReports, waits bool) error {
	least := k.c.StallAfter
	if k.submit.Pace > 0 { // a step waits for its time
		least += time.Duration(4 * float64(k.network.Interval) * k.network.DtMs / k.submit.Pace * float64(time.Millisecond))
	}
	if s.round(reports, waits) < int(least/askEvery)*min(max(k.moves.inVain(), 1), mostPatience) {
		return nil
	}
	var at []string
	for i, n := range k.nodes {
		at = append(at, fmt.Sprintf("%s has computed step %d", n.Name, s.steps[i]))
	}
	err := refuse(control.Kind_KIND_TIMEOUT, "no step has ended for %v though all nodes answer: what one sends another is lost (%s)", least, strings.Join(at, ", "))
	if k.shelf != nil {
		return err
	}
	if !s.said {
		s.said = true
		k.c.Log.Warn("a run comes no further", "run", k.run, "why", err)
		k.change(func(st *control.RunStatus) { st.Note = err.Error() })
	}
	return nil
}
