package actors

import (
	"crypto/rand"
	"strings"
)

// EveryNode is the subject that all nodes of a cluster answer on.
const EveryNode = "volley.nodes.ctl"

// NodeSubject is the subject of requests to a node.
func NodeSubject(name string) string { return "volley.node." + name + ".ctl" }

// EventSubject is where the events of a run are published.
func EventSubject(run string) string { return "volley." + run + ".evt" }

// SynchronySubject is where the windows of a measurement of a run are published.
func SynchronySubject(run, measurement string) string {
	return "volley." + run + ".syn." + measurement
}

// newID is a short name that nobody else has, of letters and digits in lower case.
func newID() string { return strings.ToLower(rand.Text()[:10]) }

// CheckName refuses a node's or run's name that cannot be part of a subject.
func CheckName(name string) bool {
	if name == "" || len(name) > 64 {
		return false
	}
	for _, c := range name {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}
