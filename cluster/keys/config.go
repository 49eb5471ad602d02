package keys

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"

	"github.com/goccy/go-yaml"
)

// The names that Init gives to files. All but the certificates are secret.
const (
	ConfigFile       = "cluster.yaml" // of nodes
	ClientConfigFile = "client.yaml"  // of clients
	CAFile           = "ca.crt"
	CAKeyFile        = "ca.key" // needed only to issue further certificates
	NodeFile         = "node.crt"
	NodeKeyFile      = "node.key"
	ClientFile       = "client.crt"
	ClientKeyFile    = "client.key"
)

// ClientFiles are those that a machine needs which only submits runs.
func ClientFiles() []string { return []string{ClientConfigFile, CAFile, ClientFile, ClientKeyFile} }

// Config is cluster.yaml or client.yaml. Paths are relative to its directory.
type Config struct {
	// Version of this format. 1.
	Version int `yaml:"version"`

	// Cluster is the name that all its members share.
	Cluster string `yaml:"cluster"`

	// CA is the file of the authority's certificate, Certificate and Key those of
	// this member's.
	CA          string `yaml:"ca"`
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`

	// GossipKey is 32 bytes in base64, the same on all members.
	GossipKey string `yaml:"gossip_key"`

	// NATS is what this member shows to NATS servers.
	NATS Login `yaml:"nats"`

	// Client is what a node's NATS server expects of clients; empty on clients.
	Client Login `yaml:"client,omitempty"`

	// Route is what nodes' NATS servers show each other; empty on clients.
	Route Login `yaml:"route,omitempty"`
}

// Login is a name and a password.
type Login struct {
	User     string `yaml:"user"`
	Password string `yaml:"password"`
}

// Default returns the configuration of a node without its secrets.
func Default() Config {
	return Config{
		Version: 1, Cluster: "volley", CA: CAFile, Certificate: NodeFile, Key: NodeKeyFile,
		NATS: Login{User: "node"}, Client: Login{User: "client"}, Route: Login{User: "route"},
	}
}

// IsNode says whether the configuration is of a node, rather than of a client.
func (c Config) IsNode() bool { return c.Route != Login{} }

// Validate tells everything that is wrong with the configuration.
func (c Config) Validate() error {
	var faults []error
	wrong := func(format string, v ...any) { faults = append(faults, fmt.Errorf(format, v...)) }
	if c.Version != 1 {
		wrong("version: expected 1, got %d", c.Version)
	}
	if !subjectSafe(c.Cluster) {
		wrong("cluster %q: expected 1 to 63 letters, digits, - and _", c.Cluster)
	}
	for _, f := range []struct{ name, value string }{{"ca", c.CA}, {"certificate", c.Certificate}, {"key", c.Key}} {
		if f.value == "" {
			wrong("%s: expected a file", f.name)
		}
	}
	if key, err := base64.StdEncoding.DecodeString(c.GossipKey); err != nil || len(key) != 32 {
		wrong("gossip_key: expected 32 bytes in base64, got %d characters", len(c.GossipKey))
	}
	checkLogin := func(name string, l Login) {
		if l.User == "" || len(l.Password) < 16 {
			wrong("%s: expected a user, and a password of at least 16 characters", name)
		}
	}
	checkLogin("nats", c.NATS)
	if c.IsNode() || c.Client != (Login{}) {
		checkLogin("client", c.Client)
		checkLogin("route", c.Route)
	}
	return errors.Join(faults...)
}

func subjectSafe(name string) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return name != "" && len(name) <= 63
}

// readConfig reads a configuration; a field that it does not know is an error with
// line and column.
func readConfig(path string) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, err
	}
	var c Config
	if err := yaml.UnmarshalWithOptions(data, &c, yaml.Strict()); err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	if err := c.Validate(); err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}
