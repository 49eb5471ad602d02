// Package chaos is a bus that loses, repeats, reorders and delays messages, and a bad
// line to a server, for tests and for trying what a run survives. What happens to a
// message depends on the seed and on the message alone, not on when it is sent or by
// which goroutine: a seed repeats its faults.
package chaos
