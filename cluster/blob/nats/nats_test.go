package nats_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/cluster/blob/blobtest"
)

// start starts a NATS server on loopback, with JetStream unless the options say not.
func start(t *testing.T, change func(o *server.Options)) *server.Server {
	t.Helper()
	o := &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir()}
	if change != nil {
		change(o)
	}
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not listen")
	}
	return s
}

// open opens what a server keeps under a bucket and prefix.
func open(t *testing.T, s *server.Server, path string) blob.Store {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	b, err := blob.Open(ctx, "nats://"+s.Addr().String()+path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNATS(t *testing.T) {
	s := start(t, nil)
	t.Run("a bucket", func(t *testing.T) { blobtest.Run(t, open(t, s, "/whole")) })
	t.Run("under a prefix", func(t *testing.T) { blobtest.Run(t, open(t, s, "/shared/runs/a")) })
	t.Run("creators on many connections", func(t *testing.T) {
		blobtest.Contend(t, open(t, s, "/many"), open(t, s, "/many"), open(t, s, "/many"), open(t, s, "/many"))
	})
	t.Run("nothing is left of what is gone", func(t *testing.T) { nothingIsLeft(t, s) })
	t.Run("what NATS's own tools see", func(t *testing.T) { ownTools(t, s) })
	t.Run("to read", func(t *testing.T) {
		where := "nats://" + s.Addr().String()
		if _, err := blob.OpenToRead(t.Context(), where+"/another"); err == nil || !strings.Contains(err.Error(), "no such bucket") {
			t.Errorf("a bucket that is not there: %v", err)
		}
		if _, err := blob.OpenToRead(t.Context(), where+"/whole"); err != nil {
			t.Error(err)
		}
	})
}

// nothingIsLeft counts the messages of a bucket whose blobs were replaced, deleted and
// given up.
func nothingIsLeft(t *testing.T, s *server.Server) {
	b := open(t, s, "/left")
	ctx := t.Context()
	for k := range 3 {
		data := bytes.Repeat([]byte{byte(k)}, 1<<20)
		if err := b.Put(ctx, "a", bytes.NewReader(data), int64(len(data))); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Put(ctx, "b", strings.NewReader("short"), 1<<20); err == nil {
		t.Error("a reader that ends early was taken")
	}
	if err := b.Delete(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	conn, err := natsgo.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, _ := jetstream.New(conn)
	stream, err := js.Stream(ctx, "OBJ_left")
	if err != nil {
		t.Fatal(err)
	}
	if n := stream.CachedInfo().State.Msgs; n != 0 {
		t.Errorf("%d messages are left in an empty bucket", n)
	}
}

// ownTools reads with nats.go what was put, and the other way round.
func ownTools(t *testing.T, s *server.Server) {
	ctx := t.Context()
	conn, err := natsgo.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, _ := jetstream.New(conn)
	theirs, err := js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: "theirs"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := theirs.PutString(ctx, "x/y", "of theirs"); err != nil {
		t.Fatal(err)
	}
	b := open(t, s, "/theirs")
	if all, err := b.List(ctx, "x/"); err != nil || len(all) != 1 || all[0] != (blob.Entry{Key: "x/y", Size: 9}) {
		t.Errorf("%v, %v", all, err)
	}
	if err := b.Create(ctx, "x/z", []byte("of ours")); err != nil {
		t.Fatal(err)
	}
	if got, err := theirs.GetString(ctx, "x/z"); err != nil || got != "of ours" {
		t.Errorf("%q, %v", got, err)
	}
	if err := theirs.Delete(ctx, "x/z"); err != nil {
		t.Fatal(err)
	}
	if err := b.Create(ctx, "x/z", []byte("again")); err != nil {
		t.Errorf("a key that their tools deleted is not free: %v", err)
	}
}

// Three servers that keep three copies: creators at all of them are kept apart, and what
// one wrote the others read, when one of the three has died too.
func TestNATSReplicated(t *testing.T) {
	var all []*server.Server
	var routes []*url.URL
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		u, _ := url.Parse("nats-route://" + l.Addr().String())
		routes = append(routes, u)
		l.Close()
	}
	for k, u := range routes {
		all = append(all, start(t, func(o *server.Options) {
			o.ServerName = fmt.Sprint("s", k)
			o.Cluster.Name, o.Cluster.Host, o.Cluster.Port = "c", u.Hostname(), portOf(u)
			o.Routes = routes
		}))
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ready := 0
		for _, s := range all {
			if s.JetStreamIsCurrent() {
				ready++
			}
		}
		if ready == 3 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the servers elect no leader")
		}
	}
	a, b, c := open(t, all[0], "/r?replicas=3"), open(t, all[1], "/r?replicas=3"), open(t, all[2], "/r")
	blobtest.Contend(t, a, b, c)
	all[2].Shutdown()
	if err := a.Create(t.Context(), "after/a", []byte("x")); err != nil {
		t.Fatalf("with two of three servers: %v", err)
	}
	if r, err := b.Get(t.Context(), "after/a"); err != nil {
		t.Error(err)
	} else {
		r.Close()
	}
	blobtest.Contend(t, blob.Under(a, "more"), blob.Under(b, "more"))
}

func portOf(u *url.URL) (port int) {
	_, _ = fmt.Sscan(u.Port(), &port)
	return port
}

// One error each for what a user can change.
func TestNATSThatCannotBeOpened(t *testing.T) {
	s := start(t, func(o *server.Options) {
		o.Users = []*server.User{
			{Username: "all", Password: "p"},
			{Username: "none", Password: "p", Permissions: &server.Permissions{Publish: &server.SubjectPermission{Allow: []string{"volley.>"}}}},
			{Username: "reads", Password: "p", Permissions: &server.Permissions{Publish: &server.SubjectPermission{Deny: []string{"$JS.API.STREAM.CREATE.>"}}}},
		}
	})
	plain := start(t, func(o *server.Options) { o.JetStream = false })
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	for _, c := range []struct{ name, at, user, password, want string }{
		{"unreachable", free.Addr().String(), "", "", "no NATS server can be reached there"},
		{"wrong password", s.Addr().String(), "all", "q", "no permission: the credentials"},
		{"not allowed", s.Addr().String(), "none", "p", "no permission: "},
		{"may not make a bucket", s.Addr().String(), "reads", "p", "the bucket is not there and cannot be made: "},
		{"no JetStream", plain.Addr().String(), "", "", "expected one with JetStream"},
		{"well", s.Addr().String(), "all", "p", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("NATS_USER", c.user)
			t.Setenv("NATS_PASSWORD", c.password)
			began := time.Now()
			_, err := blob.Open(t.Context(), "nats://"+c.at+"/b")
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.at)) {
				t.Errorf("error %v, expected %q and the address", err, c.want)
			}
			if took := time.Since(began); took > 8*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
