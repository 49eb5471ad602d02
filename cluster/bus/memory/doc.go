// Package memory is a bus inside one process, for runs that need no other, and
// for tests.
package memory
