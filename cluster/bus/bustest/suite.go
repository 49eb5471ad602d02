package bustest

import (
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
)

// Patience is how long a test waits for what must happen. Nothing takes it all
// unless it fails.
const Patience = 30 * time.Second

// Setup makes what one test needs.
type Setup struct {
	// Connect returns a new connection to one and the same bus each time, and
	// closes it at the end of the test.
	Connect func(t *testing.T) bus.Bus

	// ConnectNarrow returns a connection to the same bus of which a subscription
	// holds about maxPendingBytes.
	ConnectNarrow func(t *testing.T, maxPendingBytes int64) bus.Bus
}

// Run tests an implementation. setup is called once for each test.
func Run(t *testing.T, setup func(t *testing.T) Setup) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s Setup)
	}{
		{"DeliversToAll", deliversToAll},
		{"OrderOfEachPublisher", orderOfEachPublisher},
		{"DataIsCopied", dataIsCopied},
		{"Wildcards", wildcards},
		{"MalformedSubjects", malformedSubjects},
		{"TooLarge", tooLarge},
		{"Request", request},
		{"RequestWithoutResponder", requestWithoutResponder},
		{"RequestWithoutAnswer", requestWithoutAnswer},
		{"Queue", queueOfResponders},
		{"Collect", collect},
		{"DeliverUsesTheBus", deliverUsesTheBus},
		{"Unsubscribe", unsubscribe},
		{"SlowSubscriberLosesNothing", slowSubscriberLosesNothing},
		{"DropsAreTold", dropsAreTold},
		{"Close", closes},
		{"CloseEndsRequests", closeEndsRequests},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, setup(t)) })
	}
}

// within waits for a value of a channel.
func within[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v, ok := <-c:
		if !ok {
			t.Fatalf("%s: channel closed", what)
		}
		return v
	case <-time.After(Patience):
		t.Fatalf("%s: nothing within %v", what, Patience)
	}
	panic("unreachable")
}

// subscribe has all messages of a pattern put into a channel.
func subscribe(t *testing.T, b bus.Bus, pattern string) (<-chan bus.Message, bus.Subscription) {
	t.Helper()
	got := make(chan bus.Message, 1<<14)
	sub, err := b.Subscribe(pattern, func(m bus.Message) { got <- m })
	if err != nil {
		t.Fatal(err)
	}
	return got, sub
}

func publish(t *testing.T, b bus.Bus, subject, data string) {
	t.Helper()
	if err := b.Publish(subject, []byte(data)); err != nil {
		t.Fatal(err)
	}
}
