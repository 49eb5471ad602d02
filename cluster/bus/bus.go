package bus

import "context"

// Bus is one connection to a bus. All methods may be called from several
// goroutines at once.
//
// What every implementation promises:
//   - At most once: a message reaches a subscription once or, if the transport
//     fails, not at all. It is never delivered twice.
//   - In order by publisher: what one connection publishes from one goroutine
//     reaches each subscription in that order. Nothing is said about the order
//     between publishers, nor between two subscriptions.
//   - Never silent: what the transport knows to be lost, or may have lost while it
//     was away, is told on Lost and counted in Stats.
//   - A subscription holds when Subscribe or Respond returns, for publishers on
//     the same server. Those on other servers of a cluster hear of it a little
//     later.
//   - A connection hears itself: its own messages reach its own subscriptions.
//
// Subjects and patterns are as CheckSubject and CheckPattern say; a wrong one is
// refused with ErrSubject. After Close everything returns ErrClosed.
type Bus interface {
	// Publish sends data to all subscriptions whose pattern matches the subject,
	// and to one member of each queue. It does not wait for them. data may be used
	// again after the return. More than the limit of the bus is refused with a
	// *TooLarge.
	Publish(subject string, data []byte) error

	// Ask is Publish with a subject for answers, which reaches subscribers as
	// Message.Reply. Any number of them may answer, by publishing there; Collect
	// gathers the answers.
	Ask(subject, reply string, data []byte) error

	// Subscribe has deliver called for each message that matches the pattern, one
	// at a time, on a goroutine of the subscription's own. While deliver runs the
	// next messages wait, up to the pending limit of the bus; beyond it they are
	// lost, and that is told. deliver may use the bus. The message belongs to it.
	Subscribe(pattern string, deliver func(Message)) (Subscription, error)

	// Request publishes data and returns the first answer. Without a responder it
	// returns ErrNoResponder at once; without an answer the error of ctx, which
	// gets a deadline of RequestTimeout if it has none.
	Request(ctx context.Context, subject string, data []byte) ([]byte, error)

	// Respond has answer called for each request that matches the pattern, one at
	// a time, and sends what it returns; nil sends nothing. Of the responders with
	// the same queue name one gets the request; an empty queue is one's own. Long
	// work belongs elsewhere: answer that it was taken on.
	Respond(pattern, queue string, answer func(Message) []byte) (Subscription, error)

	// Flush returns when the other side of the connection has taken all that was
	// published before. It does not wait for subscribers. Without a deadline ctx
	// gets one of RequestTimeout.
	Flush(ctx context.Context) error

	// Lost tells what the transport lost or may have lost, and when it went away
	// and came back; each error is a *Trouble. At most TroubleBacklog wait to be read;
	// of later ones only Stats knows. Close closes the channel.
	Lost() <-chan error

	// Stats counts since the connection was made.
	Stats() Stats

	// Close ends the connection and all its subscriptions. What was not flushed or
	// not yet delivered is gone. No call of deliver or answer begins after the
	// return; one may still be running. Closing twice is no error.
	Close() error
}

// Subscription is a standing interest in a pattern of subjects.
type Subscription interface {
	// Unsubscribe ends it. No call of deliver begins after the return; one may
	// still be running, the caller's own for instance. Twice is no error.
	Unsubscribe() error
}
