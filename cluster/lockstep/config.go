package lockstep

import (
	"errors"
	"fmt"
)

// Peer is a member of a run by its place in the plan.
type Peer int32

// Nobody is no peer.
const Nobody Peer = -1

// Step is the number of a step, from 1.
type Step int64

// Config is what a machine is told of its run. The zero Sources and Consumers are a
// run of one.
type Config struct {
	Self  Peer
	Peers int // in all; each is below this number

	// Epoch of the plan. Messages of another are ignored.
	Epoch uint64

	// Sources are the peers whose payloads are needed, Consumers those that need
	// ours, each in ascending order and without Self.
	Sources, Consumers []Peer

	// Recorder is the consumer that a held step waits for; Nobody where none is held.
	Recorder Peer

	// Lag: step k is computed from the sources' payloads of step k-Lag. 1 where
	// spikes of one step arrive in the next, 2 where delays allow the exchange of a
	// step to go on while the next is computed, 0 for a recorder, which emits nothing.
	Lag Step

	// SourceLags are lags of sources, in their order, where not all have Lag; 0 to Lag.
	// A source with 0 says in its payload of step k what step k itself is computed
	// from: it speaks for what is outside of the network, and computes nothing.
	SourceLags []Step

	// Lags are those of the consumers, in their order; nil where all are 1.
	// A consumer's payload of step k acknowledges ours of k minus its lag.
	Lags []Step

	// First is the first step to compute. No step needs a payload of one before it:
	// nothing was emitted before step 1, and what was before another first step is
	// part of the state that it starts from.
	First Step

	// Credit is how many steps a node may be ahead of what its slowest consumer has
	// taken, at least Lag+2. More hides longer stalls and keeps more payloads.
	Credit int

	// AskAfter is how many smoothed step times a node waits for a payload before it
	// asks for it; never less than AskFloorNs or more than AskCeilingNs. Each
	// further ask for the same waits twice as long, up to the ceiling. Less finds a
	// loss sooner and asks in vain more often.
	AskAfter                 int64
	AskFloorNs, AskCeilingNs int64

	// LateNs is how long a node waits before it says so; and again each LateNs.
	LateNs int64
}

// Default is a configuration for nodes of one site, but for who they are.
func Default() Config {
	return Config{
		Recorder: Nobody, Lag: 1, First: 1, Credit: 16,
		AskAfter: 4, AskFloorNs: 20e6, AskCeilingNs: 1e9, LateNs: 2e9,
	}
}

// Validate reports all that is wrong.
func (c *Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("lockstep: "+format, args...)) }
	if c.Self < 0 || int(c.Self) >= c.Peers {
		fault("peer %d of %d", c.Self, c.Peers)
	}
	for _, list := range [][]Peer{c.Sources, c.Consumers} {
		before := Nobody
		for _, p := range list {
			if p <= before || int(p) >= c.Peers || p == c.Self {
				fault("peers %v: expected others of %d, ascending", list, c.Peers)
				break
			}
			before = p
		}
	}
	if c.Lag < 0 || c.First < 1 {
		fault("a lag of %d and a first step %d: expected at least 0 and 1", c.Lag, c.First)
	}
	if c.SourceLags != nil && len(c.SourceLags) != len(c.Sources) {
		fault("%d lags for %d sources", len(c.SourceLags), len(c.Sources))
	}
	for _, lag := range c.SourceLags {
		if lag < 0 || lag > c.Lag {
			fault("a source's lag of %d: expected 0 to %d", lag, c.Lag)
		}
	}
	if c.Lags != nil && len(c.Lags) != len(c.Consumers) {
		fault("%d lags for %d consumers", len(c.Lags), len(c.Consumers))
	}
	if c.Credit < int(c.Lag)+2 {
		fault("a credit of %d steps: expected at least %d, two more than the lag", c.Credit, c.Lag+2)
	}
	if c.AskAfter < 1 || c.AskFloorNs < 1 || c.AskCeilingNs < c.AskFloorNs || c.LateNs < 1 {
		fault("times: expected AskAfter and LateNs from 1 on, 1 <= AskFloorNs <= AskCeilingNs")
	}
	return errors.Join(faults...)
}
