package bustest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
)

// blocked subscribes with a deliver that waits until release is closed, and
// returns the number of messages that it then got on a channel of unlimited use.
func blocked(t *testing.T, b bus.Bus, pattern string) (got chan bus.Message, entered, release chan struct{}) {
	t.Helper()
	got, entered, release = make(chan bus.Message, 1<<17), make(chan struct{}, 1), make(chan struct{})
	first := true
	_, err := b.Subscribe(pattern, func(m bus.Message) {
		if first {
			first = false
			entered <- struct{}{}
			<-release
		}
		got <- m
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, entered, release
}

// By default a subscriber that stands still for a while gets everything in the
// end: more messages than nats.go would keep by its own defaults in bytes.
func slowSubscriberLosesNothing(t *testing.T, s Setup) {
	const messages, size = 400, 200 << 10 // 80 MB
	a, b := s.Connect(t), s.Connect(t)
	got, entered, release := blocked(t, b, "slow")
	data := make([]byte, size)
	for k := range messages {
		data[0], data[1] = byte(k), byte(k>>8)
		if err := a.Publish("slow", data); err != nil {
			t.Fatal(err)
		}
		if k == 0 {
			within(t, entered, "first message")
		}
		if k%50 == 49 { // so that the server is not the one that is overrun
			if err := a.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := b.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(release)
	for k := range messages {
		if m := within(t, got, "message after the pause"); int(m.Data[0])|int(m.Data[1])<<8 != k {
			t.Fatalf("got number %d, expected %d", int(m.Data[0])|int(m.Data[1])<<8, k)
		}
	}
	if st := b.Stats(); st.Dropped != 0 || st.Troubles != 0 {
		t.Errorf("Stats: %+v; expected no loss", st)
	}
}

// Beyond the pending limit messages are lost; that is told, and counted exactly.
func dropsAreTold(t *testing.T, s Setup) {
	const messages, size = 1000, 1 << 10
	a, b := s.Connect(t), s.ConnectNarrow(t, 64<<10)
	got, entered, release := blocked(t, b, "narrow.*")
	publish(t, a, "narrow.x", "first")
	within(t, entered, "first message")
	for range messages - 1 {
		publish(t, a, "narrow.x", string(make([]byte, size)))
	}
	if err := a.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := within(t, b.Lost(), "trouble")
	var trouble *bus.Trouble
	if !errors.As(err, &trouble) || trouble.Kind != bus.Dropped || trouble.Subject != "narrow.*" || trouble.Dropped == 0 {
		t.Errorf("Lost told %v; expected drops on narrow.*", err)
	}
	dropped := b.Stats().Dropped
	if dropped < messages/2 || dropped >= messages {
		t.Errorf("%d of %d messages dropped; 64 of them fit", dropped, messages)
	}
	close(release)
	for range messages - dropped {
		within(t, got, "message that was kept")
	}
	// A later message shows that nothing else comes.
	publish(t, a, "narrow.end", "")
	for {
		if m := within(t, got, "later message"); m.Subject == "narrow.end" {
			break
		}
		t.Fatal("more messages came than were sent and not dropped")
	}
}

func closes(t *testing.T, s Setup) {
	a, b := s.Connect(t), s.Connect(t)
	got, sub := subscribe(t, a, "x")
	for range 2 {
		if err := a.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	publish(t, b, "x", "")
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(got) > 0 {
		t.Error("a message after Close")
	}
	if err := sub.Unsubscribe(); err != nil {
		t.Errorf("Unsubscribe after Close: %v", err)
	}
	select {
	case _, open := <-a.Lost():
		if open {
			t.Error("Close is no trouble")
		}
	case <-time.After(Patience):
		t.Error("Lost is still open after Close")
	}
	_, subscribing := a.Subscribe("y", func(bus.Message) {})
	_, responding := a.Respond("y", "", func(bus.Message) []byte { return nil })
	_, requesting := a.Request(t.Context(), "y", nil)
	for what, err := range map[string]error{
		"Publish": a.Publish("y", nil), "Ask": a.Ask("y", "z", nil), "Flush": a.Flush(t.Context()),
		"Subscribe": subscribing, "Respond": responding, "Request": requesting,
	} {
		if !errors.Is(err, bus.ErrClosed) {
			t.Errorf("%s after Close: %v", what, err)
		}
	}
}

func closeEndsRequests(t *testing.T, s Setup) {
	a, b := s.Connect(t), s.Connect(t)
	asked := make(chan struct{}, 1)
	_, err := b.Respond("mute", "", func(bus.Message) []byte { asked <- struct{}{}; return nil })
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := a.Request(context.Background(), "mute", nil)
		ended <- err
	}()
	within(t, asked, "request")
	a.Close()
	if err := within(t, ended, "end of the request"); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("request ended with %v, expected ErrClosed", err)
	}
}
