package bustest

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/volley-snn/volley/cluster/bus"
)

func deliversToAll(t *testing.T, s Setup) {
	a, b := s.Connect(t), s.Connect(t)
	var all []<-chan bus.Message
	for _, c := range []bus.Bus{a, b, b} {
		got, _ := subscribe(t, c, "x.y")
		all = append(all, got)
	}
	publish(t, a, "x.y", "hello")
	publish(t, a, "x.y", "")
	for k, got := range all {
		m := within(t, got, "first message")
		if m.Subject != "x.y" || m.Reply != "" || string(m.Data) != "hello" {
			t.Errorf("subscription %d got %+v", k, m)
		}
		if m := within(t, got, "empty message"); len(m.Data) != 0 {
			t.Errorf("subscription %d got %q; expected nothing in it", k, m.Data)
		}
	}
	if st := a.Stats(); st.Published != 2 || st.PublishedBytes != 5 || st.Delivered != 2 || st.DeliveredBytes != 5 {
		t.Errorf("Stats of the publisher, who has one subscription: %+v", st)
	}
	if st := b.Stats(); st.Published != 0 || st.Delivered != 4 || st.DeliveredBytes != 10 {
		t.Errorf("Stats of a connection of two subscriptions: %+v", st)
	}
}

// Several publishers at once: each subscription sees each one's messages in order.
func orderOfEachPublisher(t *testing.T, s Setup) {
	const publishers, messages = 4, 2000
	receiver := s.Connect(t)
	one, _ := subscribe(t, receiver, "order.*")
	other, _ := subscribe(t, s.Connect(t), "order.>")
	var wg sync.WaitGroup
	for p := range publishers {
		b := s.Connect(t)
		wg.Go(func() {
			subject := "order." + string(rune('a'+p))
			for k := range messages {
				if err := b.Publish(subject, binary.LittleEndian.AppendUint32(nil, uint32(k))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for k, got := range []<-chan bus.Message{one, other} {
		next := map[string]uint32{}
		for range publishers * messages {
			m := within(t, got, "message in order")
			if number := binary.LittleEndian.Uint32(m.Data); number != next[m.Subject] {
				t.Fatalf("subscription %d, %s: got number %d, expected %d", k, m.Subject, number, next[m.Subject])
			}
			next[m.Subject]++
		}
	}
	wg.Wait()
}

// What was published may be overwritten at once, and what was received is the
// receiver's own.
func dataIsCopied(t *testing.T, s Setup) {
	a, b := s.Connect(t), s.Connect(t)
	one, _ := subscribe(t, b, "copy")
	other, _ := subscribe(t, b, "copy")
	data := []byte("before")
	if err := a.Publish("copy", data); err != nil {
		t.Fatal(err)
	}
	copy(data, "after.")
	m := within(t, one, "message")
	got := string(m.Data)
	copy(m.Data, "xxxxxx")
	if second := within(t, other, "message").Data; got != "before" || string(second) != "before" {
		t.Errorf("got %q and %q, expected what was published", got, second)
	}
}

func wildcards(t *testing.T, s Setup) {
	a := s.Connect(t)
	subjects := []string{"v.r.spk.0", "v.r.spk.1", "v.q.spk.0", "v.r.fix.0", "v.r", "v", "v.r.spk.0.1"}
	want := map[string][]string{
		"v.r.spk.0": {"v.r.spk.0"},
		"v.r.spk.*": {"v.r.spk.0", "v.r.spk.1"},
		"v.*.spk.0": {"v.r.spk.0", "v.q.spk.0"},
		"v.r.>":     {"v.r.spk.0", "v.r.spk.1", "v.r.fix.0", "v.r.spk.0.1"},
		"*.*":       {"v.r"},
		"*":         {"v"},
		">":         subjects,
	}
	got := map[string]<-chan bus.Message{}
	for pattern := range want {
		got[pattern], _ = subscribe(t, a, pattern)
	}
	for _, subject := range subjects {
		publish(t, a, subject, subject)
	}
	for pattern, expected := range want {
		for _, subject := range expected {
			if m := within(t, got[pattern], pattern); m.Subject != subject || string(m.Data) != subject {
				t.Errorf("%s: got %s, expected %s", pattern, m.Subject, subject)
			}
		}
		for _, subject := range subjects {
			if bus.Matches(pattern, subject) != slices.Contains(expected, subject) {
				t.Errorf("Matches(%q, %q) is %t", pattern, subject, bus.Matches(pattern, subject))
			}
		}
	}
	// One connection's subscriptions are served in order of its messages: a last
	// message of each shows that nothing else came.
	publish(t, a, "v", "end")
	publish(t, a, "v.r", "end")
	for pattern, subject := range map[string]string{">": "v", "*": "v", "*.*": "v.r"} {
		if m := within(t, got[pattern], pattern); m.Subject != subject || string(m.Data) != "end" {
			t.Errorf("%s: got %s %q too much", pattern, m.Subject, m.Data)
		}
	}
}

func malformedSubjects(t *testing.T, s Setup) {
	a := s.Connect(t)
	nothing := func(bus.Message) {}
	for _, bad := range []string{"", ".", "a.", ".a", "a..b", "a b", "a\tb", "a\r\nb", "ü", "a.b*", "a.>b", "a.>.b", strings.Repeat("a", 2000)} {
		if _, err := a.Subscribe(bad, nothing); !errors.Is(err, bus.ErrSubject) {
			t.Errorf("Subscribe(%.20q): %v", bad, err)
		}
		if _, err := a.Respond(bad, "", nil); !errors.Is(err, bus.ErrSubject) {
			t.Errorf("Respond(%.20q): %v", bad, err)
		}
	}
	for _, bad := range []string{"", "a..b", "a b", "a\r\nPUB b 0", "a.*", "a.>", ">"} {
		if err := a.Publish(bad, nil); !errors.Is(err, bus.ErrSubject) {
			t.Errorf("Publish(%q): %v", bad, err)
		}
		if err := a.Ask("a", bad, nil); !errors.Is(err, bus.ErrSubject) {
			t.Errorf("Ask with reply %q: %v", bad, err)
		}
		if _, err := a.Request(t.Context(), bad, nil); !errors.Is(err, bus.ErrSubject) {
			t.Errorf("Request(%q): %v", bad, err)
		}
	}
}

// A message that is too large is refused with both numbers, and does no harm.
func tooLarge(t *testing.T, s Setup) {
	a := s.Connect(t)
	got, _ := subscribe(t, a, "large")
	err := a.Publish("large", make([]byte, 32<<20))
	var refused *bus.TooLarge
	if !errors.As(err, &refused) || refused.Bytes != 32<<20 || refused.MaxBytes < 256<<10 || refused.Subject != "large" {
		t.Fatalf("Publish of 32 MiB: %v", err)
	}
	if _, err := a.Request(t.Context(), "large", make([]byte, 32<<20)); !errors.As(err, &refused) {
		t.Errorf("Request of 32 MiB: %v", err)
	}
	if err := a.Publish("large", make([]byte, refused.MaxBytes)); err != nil {
		t.Fatalf("Publish of %d bytes, which is the limit: %v", refused.MaxBytes, err)
	}
	if m := within(t, got, "message of the limit's size"); len(m.Data) != refused.MaxBytes {
		t.Errorf("got %d bytes, expected %d", len(m.Data), refused.MaxBytes)
	}
}

func unsubscribe(t *testing.T, s Setup) {
	a := s.Connect(t)
	got, sub := subscribe(t, a, "gone")
	all, _ := subscribe(t, a, ">")
	publish(t, a, "gone", "1")
	within(t, got, "message before")
	for range 2 {
		if err := sub.Unsubscribe(); err != nil {
			t.Error(err)
		}
	}
	publish(t, a, "gone", "2")
	within(t, all, "first")
	within(t, all, "second, which reached others")
	if len(got) > 0 {
		t.Error("a message after Unsubscribe")
	}
}

func deliverUsesTheBus(t *testing.T, s Setup) {
	a, b := s.Connect(t), s.Connect(t)
	done := make(chan string, 1)
	var sub bus.Subscription
	ready := make(chan struct{})
	sub, err := a.Subscribe("start", func(bus.Message) {
		<-ready
		answer, err := a.Request(t.Context(), "service", []byte("question"))
		if err != nil {
			t.Error(err)
		}
		if _, err := a.Subscribe("late", func(bus.Message) {}); err != nil {
			t.Error(err)
		}
		if err := sub.Unsubscribe(); err != nil {
			t.Error(err)
		}
		done <- string(answer)
	})
	if err != nil {
		t.Fatal(err)
	}
	close(ready)
	if _, err := b.Respond("service", "q", func(m bus.Message) []byte { return append(m.Data, '!') }); err != nil {
		t.Fatal(err)
	}
	publish(t, b, "start", "")
	if answer := within(t, done, "answer inside deliver"); answer != "question!" {
		t.Errorf("answer %q", answer)
	}
}
