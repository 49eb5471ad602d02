package gradient

import (
	"sync"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/messages"
)

const (
	// mostParts is how many parts of a body are sent before somebody asks for more, so
	// that no receiver is so far behind that its server cuts it off: 50 MiB.
	mostParts = 256
	// backlog is how many messages wait for a worker or coordinator before those that
	// deliver them wait too.
	backlog = 1024
)

// toWorkers is where a training's coordinator publishes, toCoordinator where its workers do.
func toWorkers(run string) string     { return "volley." + run + ".trn" }
func toCoordinator(run string) string { return "volley." + run + ".grd" }

// post publishes at most so many parts of a body from one on.
func post(b bus.Bus, subject string, f messages.Frame, body []byte, first, most int) error {
	_, err := messages.SplitSome(nil, f, body, first, most, func(frame []byte) error { return b.Publish(subject, frame) })
	return err
}

// inbox is a subscription that is read by one goroutine.
type inbox struct {
	received chan bus.Message
	over     chan struct{}
	end      sync.Once
	sub      bus.Subscription
}

func listen(b bus.Bus, subject string) (*inbox, error) {
	i := &inbox{received: make(chan bus.Message, backlog), over: make(chan struct{})}
	sub, err := b.Subscribe(subject, func(m bus.Message) {
		select {
		case i.received <- m:
		case <-i.over:
		}
	})
	i.sub = sub
	return i, err
}

// close ends the subscription; twice is no error.
func (i *inbox) close() {
	i.end.Do(func() {
		close(i.over)
		_ = i.sub.Unsubscribe()
	})
}
