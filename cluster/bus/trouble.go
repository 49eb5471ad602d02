package bus

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// TroubleBacklog is how many troubles wait to be read from Lost.
const TroubleBacklog = 256

// TroubleKind says what happened to a connection.
type TroubleKind int

// The kinds of trouble.
const (
	Dropped      TroubleKind = iota // messages to a subscription were thrown away: it is too slow
	Disconnected                    // the connection broke; what was in flight either way may be lost
	Reconnected                     // it is back; what others published meanwhile is lost for it
	Refused                         // the server refuses what was asked of it, by its permissions
	GivenUp                         // the connection will not come back
)

// String names the kind as messages do.
func (k TroubleKind) String() string {
	switch k {
	case Dropped:
		return "messages dropped"
	case Disconnected:
		return "disconnected"
	case Reconnected:
		return "reconnected"
	case Refused:
		return "refused"
	case GivenUp:
		return "given up"
	}
	return fmt.Sprintf("trouble %d", int(k))
}

// Trouble is what a bus tells on Lost.
type Trouble struct {
	Kind    TroubleKind
	Subject string // the pattern of the subscription, if one is concerned
	Dropped uint64 // messages of this subscription lost since it was last told
	Err     error  // the transport's own words, or nil
}

// Error implements error.
func (t *Trouble) Error() string {
	text := "bus: " + t.Kind.String()
	if t.Dropped > 0 {
		text += fmt.Sprintf(": %d", t.Dropped)
	}
	if t.Subject != "" {
		text += " on " + t.Subject
	}
	if t.Err != nil {
		text += ": " + t.Err.Error()
	}
	return text
}

// Unwrap gives the transport's error; of Refused, ErrRefused too.
func (t *Trouble) Unwrap() []error {
	var all []error
	if t.Err != nil {
		all = append(all, t.Err)
	}
	if t.Kind == Refused {
		all = append(all, ErrRefused)
	}
	return all
}

// Troubles is the channel behind Lost: bounded, never blocking the teller, and
// counting what nobody read. For implementations of Bus.
type Troubles struct {
	mu     sync.Mutex
	queue  chan error
	closed bool
	told   atomic.Uint64
}

// NewTroubles returns an empty one.
func NewTroubles() *Troubles { return &Troubles{queue: make(chan error, TroubleBacklog)} }

// Tell passes a trouble on, or only counts it if the backlog is full.
func (t *Troubles) Tell(trouble *Trouble) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.told.Add(1)
	select {
	case t.queue <- trouble:
	default:
	}
}

// Lost is the channel to read.
func (t *Troubles) Lost() <-chan error { return t.queue }

// Told counts all troubles, read or not.
func (t *Troubles) Told() uint64 { return t.told.Load() }

// Close closes the channel; later troubles are ignored.
func (t *Troubles) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed = true
		close(t.queue)
	}
}
