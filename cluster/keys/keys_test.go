package keys

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// made returns a directory of fresh keys, and the node's and client's identities.
func made(t *testing.T, o Options) (dir string, node, client *Identity) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "new", "keys")
	if _, err := Init(dir, o); err != nil {
		t.Fatal(err)
	}
	node, err := Load(filepath.Join(dir, ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	client, err = Load(filepath.Join(dir, ClientConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	return dir, node, client
}

func TestInit(t *testing.T) {
	dir, node, client := made(t, Options{Cluster: "lab", Hosts: []string{"n1.lab", "10.0.0.1"}})
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v; expected 0600", e.Name(), info.Mode(), err)
		}
	}
	if want := []string{"ca.crt", "ca.key", "client.crt", "client.key", "client.yaml", "cluster.yaml", "node.crt", "node.key"}; !slices.Equal(names, want) {
		t.Errorf("files %v, expected %v", names, want)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("directory has mode %v, %v; expected 0700", info.Mode(), err)
	}
	if !node.Config.IsNode() || client.Config.IsNode() || node.Config.Cluster != "lab" {
		t.Errorf("node's %+v, client's %+v", node.Config, client.Config)
	}
	if len(node.GossipKey) != 32 || string(node.GossipKey) != string(client.GossipKey) {
		t.Error("node and client have not the same gossip key of 32 bytes")
	}
	if client.Config.NATS != node.Config.Client {
		t.Error("nodes do not expect what clients show")
	}
	for _, host := range []string{"n1.lab", "10.0.0.1", "localhost", "127.0.0.1", nodeName} {
		if err := node.certificate.Leaf.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
	again, other, _ := made(t, Options{})
	if string(other.GossipKey) == string(node.GossipKey) || other.Config.NATS == node.Config.NATS {
		t.Errorf("two clusters have one secret: %s and %s", dir, again)
	}
}

// A directory that holds keys is left as it is.
func TestInitRefusesToOverwrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, NodeKeyFile)
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Init(dir, Options{}); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, expected ErrExist and the file", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "precious" {
		t.Errorf("the file is now %q", data)
	}
	if all, _ := os.ReadDir(dir); len(all) != 1 {
		t.Errorf("%d files, expected the one", len(all))
	}
	if _, err := Init(t.TempDir(), Options{Cluster: "a b"}); err == nil || !strings.Contains(err.Error(), "expected 1 to 63 letters") {
		t.Errorf("cluster's name: %v", err)
	}
}

// All that is wrong with a configuration is told at once.
func TestLoadFaults(t *testing.T) {
	change := func(t *testing.T, name string, f func(string) string) string {
		dir, _, _ := made(t, Options{})
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f(string(data))), 0o600); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, ConfigFile)
	}
	for _, c := range []struct {
		name, file string
		change     func(string) string
		want       []string
	}{
		{"fields", ConfigFile, func(string) string { return "version: 2\ncluster: a b\ngossip_key: xx\n" },
			[]string{"version: expected 1, got 2", `cluster "a b"`, "ca: expected a file", "key: expected a file", "gossip_key: expected 32 bytes", "nats: expected a user"}},
		{"unknown field", ConfigFile, func(s string) string { return s + "colour: red\n" }, []string{"colour"}},
		{"no YAML", ConfigFile, func(string) string { return ":\n\t-" }, []string{ConfigFile}},
		{"no PEM", CAFile, func(string) string { return "hello" }, []string{"ca.crt: expected a certificate in PEM"}},
		{"key of another", NodeKeyFile, func(string) string { return string(anotherKey(t)) }, []string{"private key does not match"}},
		{"file away", ConfigFile, func(s string) string { return strings.Replace(s, "ca.crt", "gone.crt", 1) }, []string{"gone.crt"}},
		{"client's for a node", ConfigFile, func(s string) string {
			return strings.NewReplacer("node.crt", "client.crt", "node.key", "client.key").Replace(s)
		}, []string{"client.crt: x509: certificate is valid for client.volley.internal, not node.volley.internal"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(change(t, c.file, c.change))
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, expected %q", err, want)
				}
			}
		})
	}
	t.Run("open to all", func(t *testing.T) {
		dir, _, _ := made(t, Options{})
		for _, name := range []string{ConfigFile, NodeKeyFile} {
			if err := os.Chmod(filepath.Join(dir, name), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Load(filepath.Join(dir, ConfigFile))
		if err == nil || strings.Count(err.Error(), "lets everybody read") != 2 {
			t.Errorf("got %v, expected both files", err)
		}
	})
	t.Run("out of date", func(t *testing.T) {
		dir := t.TempDir()
		if _, err := Init(dir, Options{Validity: time.Nanosecond}); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(filepath.Join(dir, ConfigFile)); err == nil || !strings.Contains(err.Error(), "node.crt: holds from") {
			t.Errorf("got %v, expected its dates", err)
		}
	})
	if _, err := Load(filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, expected ErrNotExist", err)
	}
}

func anotherKey(t *testing.T) []byte {
	dir, _, _ := made(t, Options{})
	data, err := os.ReadFile(filepath.Join(dir, NodeKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Who is let in where: a handshake of each pair.
func TestTLS(t *testing.T) {
	_, node, client := made(t, Options{})
	_, stranger, strangerClient := made(t, Options{})
	for _, c := range []struct {
		name           string
		server, client *tls.Config
		want           bool
	}{
		{"node at node", node.ServerTLS(), node.ClientTLS(), true},
		{"client at node", node.ServerTLS(), client.ClientTLS(), true},
		{"stranger's client at node", node.ServerTLS(), strangerClient.ClientTLS(), false},
		{"client at stranger", stranger.ServerTLS(), client.ClientTLS(), false},
		{"client at another client, who plays a node", client.ServerTLS(), client.ClientTLS(), false},
		{"nobody at node", node.ServerTLS(), &tls.Config{InsecureSkipVerify: true}, false},
		{"old TLS", node.ServerTLS(), func() *tls.Config {
			c := client.ClientTLS()
			c.MinVersion, c.MaxVersion = 0, tls.VersionTLS12
			return c
		}(), false},
		{"route of two nodes", node.RouteTLS(), node.RouteTLS(), true},
		{"route of a client", node.RouteTLS(), client.RouteTLS(), false},
		{"route to a client", client.RouteTLS(), node.RouteTLS(), false},
		{"route of a stranger", node.RouteTLS(), stranger.RouteTLS(), false},
		{"route of nobody", node.RouteTLS(), &tls.Config{InsecureSkipVerify: true}, false},
	} {
		if err := handshake(t, c.server, c.client); (err == nil) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// handshake returns the first error of either side, of which one byte goes each way.
func handshake(t *testing.T, server, client *tls.Config) error {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	a, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	deadline := time.Now().Add(10 * time.Second)
	a.SetDeadline(deadline)
	b.SetDeadline(deadline)
	served := make(chan error, 1)
	go func() {
		s := tls.Server(a, server)
		_, err := s.Read(make([]byte, 1))
		if err == nil {
			_, err = s.Write([]byte{1})
		}
		if err != nil {
			a.Close()
		}
		served <- err
	}()
	c := tls.Client(b, client)
	_, err = c.Write([]byte{1})
	if err == nil {
		_, err = c.Read(make([]byte, 1))
	}
	b.Close()
	return errors.Join(<-served, err)
}
