package topology

import (
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	actors "github.com/asynkron/protoactor-go/cluster"
	"github.com/asynkron/protoactor-go/remote"

	"github.com/volley-snn/volley/cluster/membership"
)

const patience = 20 * time.Second

func join(t *testing.T, name string, meta map[string]string, at ...string) *membership.Cluster {
	t.Helper()
	c := membership.Quick()
	c.SuspicionMult = 6 // the machine may be busy with other tests
	c.Name, c.Join, c.Meta = name, at, meta
	m, err := membership.Join(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// nowhere places no actor: the plan does.
type nowhere struct{}

func (nowhere) Get(*actors.ClusterIdentity) *actor.PID        { return nil }
func (nowhere) RemovePid(*actors.ClusterIdentity, *actor.PID) {}
func (nowhere) Setup(*actors.Cluster, []string, bool)         {}
func (nowhere) Shutdown()                                     {}

// Members that have actors are in the topology, one that has none and a client are
// not; one that dies leaves it, one that stops its actors too.
func TestMembersAreTopology(t *testing.T) {
	a := join(t, "a", nil)
	at := a.Self().Address
	b := join(t, "b", map[string]string{addressKey: "127.0.0.1:1111", idKey: "bb"}, at)
	join(t, "idle", nil, at)

	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	system := actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return quiet }))
	provider := New(a)
	c := actors.New(system, actors.Configure("volley", provider, nowhere{}, remote.Configure("127.0.0.1", 0)))
	seen := make(chan *actors.ClusterTopology, 100)
	system.EventStream.Subscribe(func(event any) {
		if t, ok := event.(*actors.ClusterTopology); ok {
			seen <- t
		}
	})
	c.StartMember()
	t.Cleanup(func() { c.Remote.Shutdown(false) })

	self := system.ID
	expect(t, seen, self, "bb")
	third := join(t, "c", map[string]string{addressKey: "127.0.0.1:2222", idKey: "cc"}, b.Self().Address)
	expect(t, seen, self, "bb", "cc")
	b.Close() // dies
	left := expect(t, seen, self, "cc")
	if len(left.Left) != 1 || left.Left[0].Id != "bb" {
		t.Errorf("left %v, expected bb", left.Left)
	}
	if err := third.Leave(t.Context()); err != nil {
		t.Errorf("Leave: %v", err)
	}
	expect(t, seen, self)

	for range 2 {
		if err := provider.Shutdown(true); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
	}
	if meta := a.Self().Meta; meta[addressKey] != "" || meta[idKey] != "" {
		t.Errorf("after Shutdown this member still tells %v", meta)
	}
}

// expect waits for a topology of exactly these ids, in any order.
func expect(t *testing.T, seen <-chan *actors.ClusterTopology, ids ...string) *actors.ClusterTopology {
	t.Helper()
	slices.Sort(ids)
	var got []string
	for deadline := time.After(patience); ; {
		select {
		case topology := <-seen:
			got = nil
			for _, m := range topology.Members {
				got = append(got, m.Id)
			}
			slices.Sort(got)
			if slices.Equal(got, ids) {
				return topology
			}
		case <-deadline:
			t.Fatalf("last topology %v, expected %v", got, ids)
		}
	}
}

// A member that was held dead by mistake comes back under another id, which the
// library's block list does not know; what is no worker with actors is left out.
func TestTopology(t *testing.T) {
	meta := map[string]string{addressKey: "10.0.0.1:80", idKey: "x"}
	got := topology([]membership.Member{
		{Role: membership.Worker, Meta: meta},
		{Role: membership.Worker, Meta: meta, Returns: 2},
		{Role: membership.Client, Meta: meta},
		{Role: membership.Worker},
		{Role: membership.Worker, Meta: map[string]string{addressKey: "10.0.0.1:http", idKey: "x"}},
	})
	if len(got) != 2 || got[0].Id != "x" || got[1].Id != "x~2" || got[0].Host != "10.0.0.1" || got[0].Port != 80 {
		t.Errorf("got %v", got)
	}
}

// A client starts as a watcher, and is refused as a member.
func TestClient(t *testing.T) {
	c := membership.Quick()
	c.Name, c.Role = "cli", membership.Client
	m, err := membership.Join(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := New(m).StartMember(nil); err == nil {
		t.Error("a client became a member")
	}
	if err := New(m).Shutdown(true); err != nil {
		t.Errorf("Shutdown of what was never started: %v", err)
	}
}
