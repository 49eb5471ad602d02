package bus

import (
	"fmt"
	"strings"
)

// maxSubjectBytes keeps subjects well inside the 4096 bytes of a protocol line of
// NATS.
const maxSubjectBytes = 1024

// CheckSubject refuses what cannot be published on: a subject is tokens of
// printable ASCII without blanks, joined by dots, and none of them a wildcard.
// The error is an ErrSubject.
func CheckSubject(subject string) error { return check(subject, false) }

// CheckPattern refuses what cannot be subscribed to: a pattern is a subject in
// which a token * matches any one token, and a last token > any one or more.
func CheckPattern(pattern string) error { return check(pattern, true) }

func check(subject string, wildcards bool) error {
	wrong := func(what string) error {
		return fmt.Errorf("bus: %w %q: %s", ErrSubject, subject, what)
	}
	if subject == "" {
		return wrong("expected tokens joined by dots, got none")
	}
	if len(subject) > maxSubjectBytes {
		return fmt.Errorf("bus: %w %q...: expected at most %d bytes, got %d", ErrSubject, subject[:40], maxSubjectBytes, len(subject))
	}
	start := 0
	for k := 0; k <= len(subject); k++ {
		if k < len(subject) && subject[k] != '.' {
			if c := subject[k]; c <= ' ' || c > '~' {
				return wrong("expected printable ASCII without blanks")
			}
			continue
		}
		switch token := subject[start:k]; {
		case token == "":
			return wrong("a token is empty")
		case !strings.ContainsAny(token, "*>"):
		case !wildcards:
			return wrong("expected no wildcard in what is published on")
		case len(token) > 1:
			return wrong("a wildcard must be a token of its own")
		case token == ">" && k < len(subject):
			return wrong("> must be the last token")
		}
		start = k + 1
	}
	return nil
}

// Matches says whether a well-formed pattern matches a well-formed subject.
func Matches(pattern, subject string) bool {
	for {
		p, patternRest, patternMore := strings.Cut(pattern, ".")
		if p == ">" {
			return true
		}
		s, subjectRest, subjectMore := strings.Cut(subject, ".")
		if p != "*" && p != s || patternMore != subjectMore {
			return false
		}
		if !patternMore {
			return true
		}
		pattern, subject = patternRest, subjectRest
	}
}

// HasWildcard says whether a pattern matches more than one subject.
func HasWildcard(pattern string) bool { return strings.ContainsAny(pattern, "*>") }
