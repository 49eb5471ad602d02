// Package nats is a bus over NATS: a client of the user's own NATS servers, or of
// servers that volley's nodes run themselves. It is the only package that knows
// NATS.
//
// Core NATS is used alone, without JetStream: at most once, in order by publisher.
// A server that is stopped takes with it what it had not passed on (30 of 40,000
// messages at 10 kHz, measured), and publishers see no error; so connections tell
// each break on Lost, and the run protocol asks for what it misses.
package nats
