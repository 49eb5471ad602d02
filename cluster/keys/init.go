package keys

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Options say what Init makes.
type Options struct {
	// Cluster is the cluster's name. Default "volley".
	Cluster string

	// Hosts are names and IP addresses of the nodes, for NATS clients other than
	// volley, which compare the name that they connect to with the certificate.
	// localhost, 127.0.0.1 and ::1 are always among them.
	Hosts []string

	// Validity of the certificates from now on. Default 10 years.
	Validity time.Duration
}

// DefaultValidity is how long certificates hold.
const DefaultValidity = 10 * 365 * 24 * time.Hour

func (o Options) filled() Options {
	if o.Cluster == "" {
		o.Cluster = Default().Cluster
	}
	if o.Validity == 0 {
		o.Validity = DefaultValidity
	}
	return o
}

// Validate tells everything that is wrong with the options.
func (o Options) Validate() error {
	o = o.filled()
	var faults []error
	if !subjectSafe(o.Cluster) {
		faults = append(faults, fmt.Errorf("keys: cluster %q: expected 1 to 63 letters, digits, - and _", o.Cluster))
	}
	if o.Validity < 0 {
		faults = append(faults, fmt.Errorf("keys: validity %v: expected more than 0", o.Validity))
	}
	for _, h := range o.Hosts {
		if h == "" || strings.ContainsAny(h, " :/@") && net.ParseIP(h) == nil {
			faults = append(faults, fmt.Errorf("keys: host %q: expected a name or an IP address, without a port", h))
		}
	}
	return errors.Join(faults...)
}

// Init makes the keys of a new cluster in a directory, which it creates with mode
// 0700 if it is not there. Files have mode 0600. It refuses to overwrite any of
// them, with an fs.ErrExist, and writes nothing then. It returns the names of the
// files.
func Init(dir string, o Options) (files []string, err error) {
	o = o.filled()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	contents, err := generate(o)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	var there []error
	for _, f := range contents {
		path := filepath.Join(dir, f.name)
		if _, err := os.Lstat(path); err == nil {
			there = append(there, fmt.Errorf("keys: %s: %w; choose another directory, or remove it if no cluster uses it", path, fs.ErrExist))
		}
	}
	if len(there) > 0 {
		return nil, errors.Join(there...)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	for _, f := range contents {
		if err := create(filepath.Join(dir, f.name), f.data); err != nil {
			for _, name := range files { // half a set of keys is of no use
				os.Remove(filepath.Join(dir, name))
			}
			return nil, fmt.Errorf("keys: %w", err)
		}
		files = append(files, f.name)
	}
	return files, nil
}

// create writes a file that must not be there.
func create(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(path)
	}
	return err
}

type file struct {
	name string
	data []byte
}

// generate makes the contents of all files.
func generate(o Options) ([]file, error) {
	ca, err := newAuthority(o)
	if err != nil {
		return nil, err
	}
	node, err := ca.issue(nodeName, o, true)
	if err != nil {
		return nil, err
	}
	client, err := ca.issue(clientName, o, false)
	if err != nil {
		return nil, err
	}
	gossip := make([]byte, 32)
	rand.Read(gossip)

	c := Default()
	c.Cluster, c.GossipKey = o.Cluster, base64.StdEncoding.EncodeToString(gossip)
	c.NATS.Password, c.Client.Password, c.Route.Password = rand.Text(), rand.Text(), rand.Text()
	nodeConfig, err := marshal(c, "of the nodes of this cluster; secret")
	if err != nil {
		return nil, err
	}
	c.Certificate, c.Key, c.NATS, c.Client, c.Route = ClientFile, ClientKeyFile, c.Client, Login{}, Login{}
	clientConfig, err := marshal(c, "of those who submit runs to this cluster; secret")
	if err != nil {
		return nil, err
	}
	return []file{
		{CAFile, ca.certificate}, {CAKeyFile, ca.privateKey},
		{NodeFile, node.certificate}, {NodeKeyFile, node.privateKey},
		{ClientFile, client.certificate}, {ClientKeyFile, client.privateKey},
		{ConfigFile, nodeConfig}, {ClientConfigFile, clientConfig},
	}, nil
}

func marshal(c Config, what string) ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	data, err := yaml.Marshal(c)
	return append([]byte("# Keys "+what+". For volley's --config.\n"), data...), err
}
