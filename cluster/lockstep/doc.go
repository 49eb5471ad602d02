// Package lockstep is the protocol by which the nodes of a run exchange what their
// partitions emit, step by step. It is pure: Machine.Handle takes an event and
// returns what is to be done, and knows no goroutine, clock or socket, so that a
// whole cluster can be simulated in one goroutine from a seed.
//
// To compute step k a node needs, of each of its sources, the payload of step k-Lag;
// it sends the payload of k to its consumers when it has computed it. Every step has
// a payload, so that silence and loss cannot be confused. Correctness rests on
// nothing that the transport promises: payloads may be lost, come twice, late, or in
// any order. A payload is kept until all its consumers have taken it, who misses one
// asks for it, and nobody runs more than Credit steps ahead of its slowest consumer,
// which bounds every queue.
//
// Taking is acknowledged without words where the consumer sends something back: its
// payload of step k was computed from ours of k-Lag. A consumer that sends nothing,
// such as the recorder, acknowledges in messages.
//
// A source that speaks for what is outside of the network, with a lag of 0, is needed
// for the very step that it names, and runs ahead of its consumers by its credit.
package lockstep
