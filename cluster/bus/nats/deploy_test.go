package nats_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/nats"
	"github.com/volley-snn/volley/cluster/keys"
)

// deploy/nats/nats.conf starts a server that volley's nodes and clients get into
// with their keys, and nobody else.
func TestDeployedConfiguration(t *testing.T) {
	conf, err := os.ReadFile("../../../deploy/nats/nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if _, err := keys.Init("keys", keys.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("nats.conf", conf, 0o600); err != nil {
		t.Fatal(err)
	}
	node, err := keys.Load(filepath.Join("keys", keys.ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	client, err := keys.Load(filepath.Join("keys", keys.ClientConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("VOLLEY_SERVER_NAME", "one")
	t.Setenv("VOLLEY_NODE_PASSWORD", node.Config.NATS.Password)
	t.Setenv("VOLLEY_CLIENT_PASSWORD", node.Config.Client.Password)
	t.Setenv("VOLLEY_ROUTE_PASSWORD", node.Config.Route.Password)
	o, err := natsserver.ProcessConfigFile("nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	if o.Port != 4222 || o.Cluster.Port != 6222 || o.MaxPayload != 1<<20 || o.MaxPending != 256<<20 || o.PingInterval != 5*time.Second || o.Cluster.Password != node.Config.Route.Password {
		t.Errorf("read as %+v", o)
	}
	o.Host, o.Port, o.Cluster.Host, o.Cluster.Port = "127.0.0.1", natsserver.RANDOM_PORT, "127.0.0.1", natsserver.RANDOM_PORT
	o.NoSigs, o.NoLog = true, true
	s, err := natsserver.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer s.Shutdown()
	if !s.ReadyForConnections(5 * time.Second) {
		t.Fatal("the server does not listen")
	}
	at := nats.Options{URLs: []string{"tls://" + s.Addr().String()}}
	b := connect(t, at.Closed(node))
	if err := b.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	c := connect(t, at.Closed(client))
	if err := c.Publish("elsewhere", nil); err != nil {
		t.Fatal(err)
	}
	expect(t, c, bus.Refused)
	stranger, _ := identities(t)
	if _, err := nats.Connect(t.Context(), at.Closed(stranger)); !errors.Is(err, bus.ErrRefused) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := nats.Connect(t.Context(), at); !errors.Is(err, bus.ErrRefused) {
		t.Errorf("nobody: %v", err)
	}
}
