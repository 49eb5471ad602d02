package bus

import (
	"context"
	"crypto/rand"
)

// Inbox returns a subject that nobody else has, for answers.
func Inbox() string { return "_INBOX." + rand.Text() }

// Collect asks everybody who listens on a subject, and hands their answers to each
// as they come, until it returns false or ctx is done. Who answers does not say how
// many they are: ctx should have a deadline, and gets one of RequestTimeout if not.
// That ctx is done is the usual end, not an error.
func Collect(ctx context.Context, b Bus, subject string, data []byte, each func(Message) bool) error {
	ctx, cancel := context.WithTimeout(ctx, RequestTimeout) // an earlier deadline of ctx stays
	defer cancel()
	answers := make(chan Message)
	inbox := Inbox()
	sub, err := b.Subscribe(inbox, func(m Message) {
		select {
		case answers <- m:
		case <-ctx.Done():
		}
	})
	if err != nil {
		return err
	}
	defer sub.Unsubscribe()
	if err := b.Ask(subject, inbox, data); err != nil {
		return err
	}
	for {
		select {
		case m := <-answers:
			if !each(m) {
				return nil
			}
		case <-ctx.Done():
			return nil
		}
	}
}
