package nats

import (
	"fmt"
	"sync"
)

// logger passes a server's warnings and errors on, and remembers why it could not
// start.
type logger struct {
	tell func(string)

	mu   sync.Mutex
	last error
}

func (l *logger) say(format string, v []any) {
	if l.tell != nil {
		l.tell("nats: " + fmt.Sprintf(format, v...))
	}
}

// Fatalf is what nats-server calls before it would exit; embedded it goes on, and
// Start returns the error.
func (l *logger) Fatalf(format string, v ...any) {
	l.mu.Lock()
	l.last = fmt.Errorf(format, v...)
	l.mu.Unlock()
	l.say(format, v)
}

func (l *logger) fatal() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

func (l *logger) Errorf(format string, v ...any) { l.say(format, v) }
func (l *logger) Warnf(format string, v ...any)  { l.say(format, v) }

func (l *logger) Noticef(string, ...any) {}
func (l *logger) Debugf(string, ...any)  {}
func (l *logger) Tracef(string, ...any)  {}
