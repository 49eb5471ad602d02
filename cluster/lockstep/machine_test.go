package lockstep_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/volley-snn/volley/cluster/lockstep"
)

const ms = 1_000_000

// two is a machine of peer 0 with peer 1 on the other side and a recorder, 2.
func two(t testing.TB) *lockstep.Machine {
	c := lockstep.Default()
	c.Peers, c.Sources, c.Consumers, c.Lags, c.Recorder, c.Credit = 3, []lockstep.Peer{1}, []lockstep.Peer{1, 2}, []lockstep.Step{1, 0}, 2, 4
	m, err := lockstep.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// words puts effects in words, such as "compute 2 [a], send 2".
func words(effects []lockstep.Effect) string {
	var all []string
	for _, e := range effects {
		switch e.Kind {
		case lockstep.Compute:
			all = append(all, fmt.Sprintf("compute %d %v", e.Step, e.Payloads))
		case lockstep.Send:
			all = append(all, fmt.Sprintf("send %d", e.Step))
		case lockstep.Resend:
			all = append(all, fmt.Sprintf("resend %d to %d", e.Step, e.Peer))
		case lockstep.Ask:
			all = append(all, fmt.Sprintf("ask %d for %d", e.Peer, e.Step))
		case lockstep.Acknowledge:
			all = append(all, fmt.Sprintf("acknowledge %d with %d", e.Peer, e.Step))
		case lockstep.Probe:
			all = append(all, fmt.Sprintf("probe %d", e.Peer))
		case lockstep.Late:
			all = append(all, fmt.Sprintf("late %d with %d", e.Peer, e.Step))
		case lockstep.Broken:
			all = append(all, "broken: "+e.Err.Error())
		}
	}
	return strings.Join(all, ", ")
}

// line is an event and the effects that it is to have.
type line struct {
	event lockstep.Event
	want  string
}

func started() lockstep.Event { return lockstep.Event{Kind: lockstep.Started} }
func computed(step lockstep.Step) lockstep.Event {
	return lockstep.Event{Kind: lockstep.Computed, Step: step, Payload: "mine"}
}
func held(step lockstep.Step) lockstep.Event {
	return lockstep.Event{Kind: lockstep.Computed, Step: step, Payload: "mine", Held: true}
}
func received(step lockstep.Step, payload string) lockstep.Event {
	return lockstep.Event{Kind: lockstep.Received, Peer: 1, Step: step, Payload: payload}
}
func taken(peer lockstep.Peer, step lockstep.Step) lockstep.Event {
	return lockstep.Event{Kind: lockstep.Acknowledged, Peer: peer, Step: step}
}
func asked(step lockstep.Step) lockstep.Event {
	return lockstep.Event{Kind: lockstep.Asked, Peer: 1, Step: step}
}
func tick(now int64) lockstep.Event { return lockstep.Event{Kind: lockstep.Ticked, Now: now} }

func TestMachine(t *testing.T) {
	for name, script := range map[string][]line{
		"steps follow each other": {
			{started(), "compute 1 []"}, {computed(1), "send 1"}, {received(1, "a"), "compute 2 [a]"},
			{received(2, "b"), ""}, {computed(2), "send 2, compute 3 [b]"},
		},
		"nothing is computed before the start": {
			{tick(50 * ms), ""}, {received(1, "a"), ""}, {tick(9000 * ms), ""}, {started(), "compute 1 []"}, {computed(1), "send 1, compute 2 [a]"},
		},
		"what comes twice or late is passed over": {
			{started(), "compute 1 []"}, {received(1, "a"), ""}, {received(1, "x"), ""},
			{computed(1), "send 1, compute 2 [a]"}, {received(1, "y"), ""}, {computed(2), "send 2"}, {received(1, "z"), ""},
		},
		"a gap is asked for at once, and once": {
			{started(), "compute 1 []"}, {computed(1), "send 1"}, {received(2, "b"), "ask 1 for 1"}, {received(2, "b"), ""},
			{received(1, "a"), "compute 2 [a]"}, {computed(2), "send 2, compute 3 [b]"},
		},
		"who waits asks, and waits twice as long before it asks again": {
			{started(), "compute 1 []"}, {computed(1), "send 1"}, {tick(19 * ms), ""}, {tick(20 * ms), "ask 1 for 1"},
			{tick(59 * ms), ""}, {tick(60 * ms), "ask 1 for 1"}, {tick(139 * ms), ""}, {tick(140 * ms), "ask 1 for 1"},
			{tick(2000 * ms), "ask 1 for 1, late 1 with 1"},
		},
		"what is asked for is sent again, unless it has been taken": {
			{started(), "compute 1 []"}, {computed(1), "send 1"}, {asked(1), "resend 1 to 1"}, {received(1, "a"), "compute 2 [a]"},
			{computed(2), "send 2"}, {asked(1), "resend 1 to 1, resend 2 to 1"}, {received(2, "b"), "compute 3 [b]"}, {asked(1), "resend 2 to 1"}, {asked(9), "broken: lockstep: peer 0, epoch 0: peer 1 has taken step 8 and only 2 have been computed"},
		},
		"nobody runs more than its credit ahead of the recorder": {
			{started(), "compute 1 []"}, {received(1, "a"), ""}, {computed(1), "send 1, compute 2 [a]"}, {received(2, "b"), ""},
			{computed(2), "send 2, compute 3 [b]"}, {received(3, "c"), ""}, {computed(3), "send 3, compute 4 [c]"}, {received(4, "d"), ""},
			{computed(4), "send 4"}, {tick(20 * ms), "probe 2"}, {taken(2, 1), "compute 5 [d]"},
		},
		"a held step waits for the recorder": {
			{started(), "compute 1 []"}, {received(1, "a"), ""}, {held(1), "send 1"}, {tick(20 * ms), "probe 2"}, {taken(2, 1), "compute 2 [a]"},
		},
		"strangers and other epochs are not heard": {
			{started(), "compute 1 []"}, {computed(1), "send 1"},
			{lockstep.Event{Kind: lockstep.Received, Peer: 1, Epoch: 1, Step: 1, Payload: "x"}, ""},
			{lockstep.Event{Kind: lockstep.Received, Peer: 2, Step: 1, Payload: "x"}, ""}, {lockstep.Event{Kind: lockstep.Received, Peer: 7, Step: 1, Payload: "x"}, ""},
			{received(1, "a"), "compute 2 [a]"},
		},
		"a peer beyond its credit breaks the run": {
			{started(), "compute 1 []"}, {computed(1), "send 1"},
			{received(8, "x"), "broken: lockstep: peer 0, epoch 0: peer 1 has taken step 7 and only 1 have been computed"}, {received(1, "a"), ""},
		},
		"what was not asked for cannot be computed": {
			{started(), "compute 1 []"}, {computed(2), "broken: lockstep: peer 0, epoch 0: step 2 was computed, and step 1 is due"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, now := two(t), int64(0)
			for k, l := range script {
				now = max(now, l.event.Now)
				l.event.Now = now
				if got := words(m.Handle(l.event)); got != l.want {
					t.Fatalf("line %d: %q, want %q", k+1, got, l.want)
				}
			}
		})
	}
}

// A source that speaks for what is outside is needed for the very step, and the first
// one too.
func TestASourceWithoutLag(t *testing.T) {
	c := lockstep.Default()
	c.Peers, c.Sources, c.SourceLags, c.Consumers, c.Credit = 3, []lockstep.Peer{1, 2}, []lockstep.Step{1, 0}, []lockstep.Peer{1}, 4
	m, err := lockstep.New(c)
	if err != nil {
		t.Fatal(err)
	}
	outside := func(step lockstep.Step, payload string) lockstep.Event {
		return lockstep.Event{Kind: lockstep.Received, Peer: 2, Step: step, Payload: payload}
	}
	for k, l := range []line{
		{started(), ""}, {tick(20 * ms), "ask 2 for 1"}, {outside(2, "y"), "ask 2 for 1"}, {outside(1, "x"), "compute 1 [<nil> x]"},
		{received(1, "a"), ""}, {computed(1), "send 1, acknowledge 2 with 1, compute 2 [a y]"}, {received(2, "b"), ""}, {outside(2, "y"), ""},
		{computed(2), "send 2, acknowledge 2 with 2"}, {outside(4, "w"), "ask 2 for 3"}, {outside(3, "z"), "compute 3 [b z]"},
		{outside(11, "far"), "broken: lockstep: peer 0, epoch 0: peer 2 sent step 11 and only 3 has been taken: it has run beyond its credit of 4 steps"},
	} {
		if got := words(m.Handle(l.event)); got != l.want {
			t.Fatalf("line %d: %q, want %q", k+1, got, l.want)
		}
	}
}

func TestResetBeginsANewEpoch(t *testing.T) {
	m := two(t)
	m.Handle(started())
	m.Handle(computed(1))
	if err := m.Reset(0, 5); err == nil {
		t.Error("an epoch was begun again")
	}
	if err := m.Reset(1, 5); err != nil {
		t.Fatal(err)
	}
	if got := words(m.Handle(started())); got != "compute 5 []" {
		t.Errorf("after a reset to step 5: %q", got)
	}
	if got := words(m.Handle(received(4, "old"))); got != "" || m.Stats().Stale != 1 {
		t.Errorf("a payload of the old epoch: %q, %d stale", got, m.Stats().Stale)
	}
}

func TestConfigsThatCannotBe(t *testing.T) {
	for name, change := range map[string]func(*lockstep.Config){
		"self":    func(c *lockstep.Config) { c.Self = 3 },
		"order":   func(c *lockstep.Config) { c.Sources = []lockstep.Peer{2, 1} },
		"itself":  func(c *lockstep.Config) { c.Consumers = []lockstep.Peer{0} },
		"unknown": func(c *lockstep.Config) { c.Consumers = []lockstep.Peer{3} },
		"lags":    func(c *lockstep.Config) { c.Lags = []lockstep.Step{1} },
		"far":     func(c *lockstep.Config) { c.Sources, c.SourceLags = []lockstep.Peer{1}, []lockstep.Step{2} },
		"credit":  func(c *lockstep.Config) { c.Credit = 2 },
		"first":   func(c *lockstep.Config) { c.First = 0 },
		"times":   func(c *lockstep.Config) { c.AskFloorNs = 2e9 },
	} {
		c := lockstep.Default()
		c.Peers = 3
		change(&c)
		if _, err := lockstep.New(c); err == nil {
			t.Errorf("%s: a machine was made", name)
		}
	}
}

// BenchmarkStep is a step of a peer among others who all send to it: ns a step.
func BenchmarkStep(b *testing.B) {
	for _, peers := range []int{2, 8, 64} {
		b.Run(fmt.Sprintf("peers=%d", peers), func(b *testing.B) {
			c := lockstep.Default()
			c.Peers = peers
			for p := 1; p < peers; p++ {
				c.Sources, c.Consumers = append(c.Sources, lockstep.Peer(p)), append(c.Consumers, lockstep.Peer(p))
			}
			m, err := lockstep.New(c)
			if err != nil {
				b.Fatal(err)
			}
			payload := any("payload")
			m.Handle(started())
			b.ReportAllocs()
			for step := lockstep.Step(1); b.Loop(); step++ {
				m.Handle(lockstep.Event{Kind: lockstep.Computed, Now: int64(step), Step: step, Payload: payload})
				for p := 1; p < peers; p++ {
					m.Handle(lockstep.Event{Kind: lockstep.Received, Now: int64(step), Peer: lockstep.Peer(p), Step: step, Payload: payload})
				}
			}
			if int64(b.N) != m.Stats().Steps {
				b.Fatalf("%d steps of %d", m.Stats().Steps, b.N)
			}
		})
	}
}
