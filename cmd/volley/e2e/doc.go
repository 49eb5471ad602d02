// Package e2e tests the program that users run, from end to end: node processes on
// hosts of their own, NATS servers beside them, bad lines between them, and faults of
// the machines beneath. It has tests alone.
//
// VOLLEY_TEST_MATRIX=1 runs every example on every arrangement, which takes minutes;
// without it a selection is run.
package e2e
