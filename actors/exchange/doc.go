// Package exchange carries a run's steps between nodes: a Share is a node's side, a
// Follower the recorder's. Both are a lockstep.Machine with a bus around it. The inner
// loop is one goroutine each and no actor's: a step takes less time than a mailbox.
//
// Subjects, of a run: volley.RUN.spk.NODE.AUDIENCE for the spikes of a step,
// volley.RUN.rec.NODE for all that is recorded of it, volley.RUN.fix.PEER for what
// is sent again, volley.RUN.ask.PEER for asking and acknowledging. See docs/WIRE.md.
package exchange
