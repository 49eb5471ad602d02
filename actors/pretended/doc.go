// Package pretended runs the orchestration of nodes that are not there: the real
// plan, the real lockstep machines and the real envelopes of thousands of nodes, in
// one goroutine and in simulated time, with spikes drawn at expected rates in place
// of neurons. It tells how messages and bytes grow before a cluster is bought.
package pretended
