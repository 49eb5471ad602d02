package lockstep

// EventKind says what happened.
type EventKind uint8

// Every event carries Now, the fields named here, and nothing else.
const (
	Started      EventKind = iota // the run begins
	Computed                      // Step, Payload, Held, Last: what a Compute effect asked for is done
	Received                      // Peer, Epoch, Step, Payload: a payload came
	Acknowledged                  // Peer, Epoch, Step: the peer has taken all up to Step
	Asked                         // Peer, Epoch, Step: the peer misses Step, and has taken all before
	Probed                        // Peer, Epoch: the peer waits to hear what has been taken of it
	Ticked                        // time has passed
)

// Event is what a machine is told.
type Event struct {
	Kind  EventKind
	Now   int64 // ns since any moment, never falling
	Peer  Peer
	Epoch uint64
	Step  Step

	Payload any  // not nil
	Held    bool // nothing more is computed until the recorder has taken this step
	Last    bool // there are no further steps
}

// EffectKind says what is to be done.
type EffectKind uint8

// Fields that are set are named here.
const (
	Compute     EffectKind = iota // Step, Payloads: compute it, then report Computed
	Send                          // Step, Payload: send it to all consumers
	Resend                        // Peer, Step, Payload: send it to one again
	Ask                           // Peer, Step: ask for the peer's payloads from Step on
	Acknowledge                   // Peer, Step: tell it that all up to Step has been taken
	Probe                         // Peer: ask what it has taken of ours
	Late                          // Peer, Step, WaitedNs: its payload or its taking of Step is waited for
	Broken                        // Err: what must always hold does not; the run must stop
)

// Effect is what a machine wants done.
type Effect struct {
	Kind     EffectKind
	Peer     Peer
	Step     Step
	Payload  any
	Payloads []any // of the sources, in their order, nil of those who need not have sent any: see First. Valid until Computed is reported
	WaitedNs int64
	Err      error
}

// Stats counts what a machine has seen.
type Stats struct {
	Steps                      int64 // computed
	Duplicates, Stale, Foreign int64 // messages that were ignored: known already, of another epoch, from strangers
	Asks, Resends, Probes      int64
	WaitedNs                   int64 // for payloads
	BlockedNs                  int64 // for consumers
}
