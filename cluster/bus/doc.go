// Package bus is how nodes talk: messages are published on subjects, and
// delivered to whoever subscribes. Package memory is a bus inside one process,
// package nats one between processes and machines; bustest holds both to the
// contract that is written at Bus.
//
// A bus may lose messages. Correctness never rests on it: whoever needs a message
// numbers it, notices the gap, and asks again (package lockstep). What the bus
// must do is say so when it knows that it lost something.
package bus
