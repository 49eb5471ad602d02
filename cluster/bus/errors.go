package bus

import (
	"errors"
	"fmt"
)

var (
	// ErrClosed is returned by a connection that was closed, or given up by the
	// transport.
	ErrClosed = errors.New("bus: connection closed")

	// ErrNoResponder is returned by Request if nobody responds on the subject.
	ErrNoResponder = errors.New("bus: nobody responds")

	// ErrSubject is in the error that refuses a malformed subject or pattern.
	ErrSubject = errors.New("malformed subject")

	// ErrRefused is in the error of a connection that the server does not let in,
	// or of what its credentials do not allow.
	ErrRefused = errors.New("refused")
)

// TooLarge refuses a message of more bytes than the bus carries.
type TooLarge struct {
	Subject  string
	Bytes    int
	MaxBytes int
}

// Error implements error.
func (e *TooLarge) Error() string {
	return fmt.Sprintf("bus: message of %d bytes on %s: expected at most %d bytes; split it", e.Bytes, e.Subject, e.MaxBytes)
}
