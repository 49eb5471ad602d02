package membership

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen.
const patience = 15 * time.Second

func config(name string, join ...string) Config {
	c := Quick()
	c.SuspicionMult = 6 // the machine may be busy with other tests
	c.Name, c.Join = name, join
	return c
}

func join(t *testing.T, c Config) *Cluster {
	t.Helper()
	l, err := Join(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// expect reads events until one of a kind comes of a name.
func expect(t *testing.T, l *Cluster, kind Kind, name string) Member {
	t.Helper()
	deadline := time.After(patience)
	var seen []string
	for {
		select {
		case e := <-l.Events():
			if e.Kind == kind && e.Member.Name == name {
				return e.Member
			}
			seen = append(seen, e.Kind.String()+" "+e.Member.Name)
		case <-deadline:
			t.Fatalf("%s saw %v within %v, expected that %s %v", l.Self().Name, seen, patience, name, kind)
		}
	}
}

// Members that come through different ones see each other, with what they tell of
// themselves; one that leaves has left, one that is cut off is dead.
func TestJoinLeaveDie(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	with := func(c Config) Config { c.Key = key; return c }
	first := with(config("a"))
	first.Meta = map[string]string{"nats": "nats://127.0.0.1:4222"}
	a := join(t, first)
	second := with(config("b", a.Self().Address))
	second.Meta = map[string]string{"bus": "here"}
	b := join(t, second)
	client := with(config("cli", b.Self().Address))
	client.Role = Client
	c := join(t, client)

	if m := expect(t, c, Joined, "a"); m.Meta["nats"] != "nats://127.0.0.1:4222" || m.Role != Worker || m.Address != a.Self().Address || m.ID != a.Self().ID {
		t.Errorf("the client sees a as %+v", m)
	}
	expect(t, a, Joined, "b")
	if m := expect(t, a, Joined, "cli"); m.Role != Client {
		t.Errorf("a sees the client as %+v", m)
	}
	var names []string
	for _, m := range a.Members() {
		names = append(names, m.Name)
	}
	if !slices.Equal(names, []string{"a", "b", "cli"}) {
		t.Errorf("members %v", names)
	}

	if err := b.Update(t.Context(), map[string]string{"load": "0.5"}); err != nil {
		t.Fatal(err)
	}
	if m := expect(t, a, Updated, "b"); m.Meta["load"] != "0.5" || m.Meta["bus"] != "here" {
		t.Errorf("b after its update: %+v", m)
	}
	if err := b.Update(t.Context(), map[string]string{"load": ""}); err != nil {
		t.Fatal(err)
	}
	if m := expect(t, a, Updated, "b"); len(m.Meta) != 1 {
		t.Errorf("b after it took something back: %+v", m)
	}

	if err := c.Leave(t.Context()); err != nil {
		t.Errorf("Leave: %v", err)
	}
	expect(t, a, Left, "cli")
	for range c.Events() { // ends: it is closed
	}
	b.Close()
	expect(t, a, Dead, "b")
	if all := a.Members(); len(all) != 1 || all[0].ID != a.Self().ID {
		t.Errorf("members that are left: %+v", all)
	}
}

// A name is refused while a living member has it, and taken over once that one is
// found dead, by another id.
func TestNameTaken(t *testing.T) {
	a := join(t, config("a"))
	b := join(t, config("b", a.Self().Address))
	expect(t, a, Joined, "b")
	again := config("b", a.Self().Address)
	again.JoinTimeout = time.Second
	start := time.Now()
	_, err := Join(t.Context(), again)
	if !errors.Is(err, ErrNameTaken) || !strings.Contains(err.Error(), b.Self().Address) {
		t.Errorf("got %v, expected ErrNameTaken and who has it", err)
	}
	if took := time.Since(start); took > patience/2 {
		t.Errorf("refused after %v, expected about JoinTimeout", took)
	}
	own := config("a", a.Self().Address)
	own.JoinTimeout = time.Second
	if _, err := Join(t.Context(), own); !errors.Is(err, ErrNameTaken) {
		t.Errorf("the name of the member asked: %v", err)
	}
	b.Close()
	again.JoinTimeout = patience
	next := join(t, again)
	if next.Self().ID == b.Self().ID {
		t.Error("two lives with one id")
	}
	expect(t, a, Dead, "b")
	if m := expect(t, a, Joined, "b"); m.ID != next.Self().ID {
		t.Errorf("a sees %s, expected %s", m.ID, next.Self().ID)
	}
}

// The member that all others joined at dies and is started anew, alone: they find
// it again.
func TestRejoin(t *testing.T) {
	a := join(t, config("a"))
	c := config("b", a.Self().Address)
	c.RejoinInterval = 50 * time.Millisecond
	b := join(t, c)
	expect(t, b, Joined, "a")
	a.Close()
	expect(t, b, Dead, "a")
	next := config("a")
	next.Listen = a.Self().Address
	again := join(t, next)
	if m := expect(t, b, Joined, "a"); m.ID != again.Self().ID {
		t.Errorf("b sees %s, expected %s", m.ID, again.Self().ID)
	}
	expect(t, again, Joined, "b")
}

// Each way of not being let in is one error of its kind within the stated time.
func TestRefused(t *testing.T) {
	closedPort := func() string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	}()
	mute, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mute.Close() })
	web, err := net.Listen("tcp", "127.0.0.1:0") // speaks another protocol
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { web.Close() })
	go func() {
		for {
			c, err := web.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			c.Close()
		}
	}()
	key, other := []byte("0123456789abcdef"), []byte("fedcba9876543210")
	locked := config("locked")
	locked.Key = key
	lockedAt := join(t, locked).Self().Address
	plainAt := join(t, config("plain")).Self().Address
	for _, c := range []struct {
		name string
		at   string
		key  []byte
		want error
	}{
		{"nobody listens", closedPort, key, ErrAway},
		{"no answer", mute.Addr().String(), key, ErrAway},
		{"another protocol", web.Addr().String(), nil, ErrKey},
		{"another protocol, with a key", web.Addr().String(), key, ErrKey},
		{"no key", lockedAt, nil, ErrKey},
		{"wrong key", lockedAt, other, ErrKey},
		{"key among the plain", plainAt, key, ErrKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := config("new", c.at)
			o.Key, o.JoinTimeout = c.key, 600*time.Millisecond
			start := time.Now()
			l, err := Join(t.Context(), o)
			if err == nil {
				l.Close()
			}
			if !errors.Is(err, c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, expected one line and %v", err, c.want)
			}
			if took := time.Since(start); took > 15*time.Second {
				t.Errorf("took %v, expected at most about JoinTimeout", took)
			}
		})
	}
	t.Run("canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		if _, err := Join(ctx, config("new", closedPort)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, expected Canceled", err)
		}
	})
}

// What others tell of themselves is checked before it counts.
func TestForeignMeta(t *testing.T) {
	good := wire{Version: Version, Name: "a", Incarnation: "x", Role: Worker}
	if _, _, err := decode("a-x", "1.2.3.4:5", marshal(good)); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*wire){
		"version":     func(w *wire) { w.Version = 99 },
		"name":        func(w *wire) { w.Name = "b" },
		"incarnation": func(w *wire) { w.Incarnation = "" },
		"role":        func(w *wire) { w.Role = "king" },
	} {
		w := good
		change(&w)
		if _, _, err := decode("a-x", "1.2.3.4:5", marshal(w)); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), "1.2.3.4:5") {
			t.Errorf("wrong %s: %v", what, err)
		}
	}
	if _, _, err := decode("a-x", "", []byte("consul")); !errors.Is(err, ErrForeign) {
		t.Errorf("foreign meta: %v", err)
	}
}

func marshal(w wire) []byte {
	data, err := json.Marshal(w)
	if err != nil {
		panic(err)
	}
	return data
}

func FuzzDecode(f *testing.F) {
	f.Add("a-x", marshal(wire{Version: Version, Name: "a", Incarnation: "x", Role: Worker}))
	f.Fuzz(func(t *testing.T, id string, meta []byte) {
		m, _, err := decode(id, "", meta)
		if err == nil && (m.ID != id || m.Name+"-"+m.Incarnation != id) {
			t.Errorf("%q became %+v", id, m)
		}
	})
}

func TestConfigFaults(t *testing.T) {
	c := Config{Name: "a b", Role: "king", Listen: "0.0.0.0:7946", Join: []string{"x", "y:0"}, Key: []byte("short"), Advertise: "host:1", ProbeTimeout: time.Second}
	err := c.Validate()
	for _, want := range []string{"expected letters", "expected worker or client", `"x": expected host:port`, "expected the port that the member listens on", "expected 16, 24 or 32 bytes", "expected an IP address", "less than ProbeInterval"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("faults %v; expected %q among them", err, want)
		}
	}
	c = Config{Name: "a", Listen: "0.0.0.0:7946"}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "no gossip key") {
		t.Errorf("open to all without a key: %v", err)
	}
	c.Insecure = true
	if err := c.Validate(); err != nil {
		t.Errorf("by explicit choice: %v", err)
	}
	big := config("a")
	big.Meta = map[string]string{"x": strings.Repeat("x", 600)}
	if _, err := Join(t.Context(), big); err == nil || !strings.Contains(err.Error(), "expected at most 512") {
		t.Errorf("too much meta: %v", err)
	}
}

// Nobody reads the events: only outcomes wait, and nothing hangs.
func TestEventsUnread(t *testing.T) {
	a := join(t, config("a"))
	for _, name := range []string{"b", "c"} {
		l := join(t, config(name, a.Self().Address))
		if err := l.Leave(t.Context()); err != nil {
			t.Errorf("Leave: %v", err)
		}
	}
	deadline := time.Now().Add(patience)
	for len(a.Members()) > 1 && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	d := join(t, config("d", a.Self().Address))
	expect(t, a, Joined, "d")
	if err := d.Leave(t.Context()); err != nil {
		t.Errorf("Leave: %v", err)
	}
	expect(t, a, Left, "d")
	if err := a.Leave(t.Context()); err != nil {
		t.Errorf("Leave of the last: %v", err)
	}
}
