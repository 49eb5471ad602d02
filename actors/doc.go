// Package actors runs networks on many nodes: a supervisor on each node takes
// requests, a coordinator looks after a run from its submission to its files, and a
// host on each of the run's nodes looks after that node's share of the partitions.
//
// Actors own life cycle and state and never block; what takes long (building,
// stepping, collecting weights) is a goroutine of the actor that started it and
// reports to it by message. The inner loop of a run is such a goroutine, not actor
// messages.
//
// Nodes talk by request and reply on a bus, in messages of package control that may
// be sent again: correctness rests neither on the bus nor on the remote side of the
// actor library, which is not used.
package actors
