package nats

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Options say to which servers to connect, and how.
type Options struct {
	// URLs of one or more servers of one cluster, nats://host:port or
	// tls://host:port. They are tried in this order; further servers of the cluster
	// are learned from the first that answers, and taken when it goes away.
	URLs []string

	// Name of this connection, as servers show it. Default "volley".
	Name string

	// User and Password, if the server wants them.
	User, Password string

	// CredentialsFile is a .creds file of a NATS operator: a JWT and its NKey.
	// Instead of User and Password.
	CredentialsFile string

	// TLS is for servers that want it; nil connects in the clear, unless a URL says
	// tls://. A server without TLS is then refused.
	TLS *tls.Config

	// ConnectTimeout bounds Connect over all URLs together. Default 5 s. Lower it
	// on a LAN to be told sooner of a wrong address.
	ConnectTimeout time.Duration

	// ReconnectWait is the pause between attempts to get back, after all servers
	// were tried once. Default 50 ms: a run stands still meanwhile.
	ReconnectWait time.Duration

	// GiveUpAfter is how long a broken connection is tried before it is closed for
	// good (GivenUp). Default 1 minute, enough for a server to be restarted.
	// Negative: never.
	GiveUpAfter time.Duration

	// PingInterval is how often the server is pinged; three pings without an answer
	// break the connection. Default 2 s, so that a cut without a reset is noticed
	// within 8 s. Lower values notice sooner and break connections of a node that
	// merely has no CPU time.
	PingInterval time.Duration

	// MaxPendingBytes is how much may wait for one subscription; beyond it messages
	// are dropped, and that is told. Default 1 GiB: more than the run protocol's
	// credit lets wait, so that reaching it means a hanging subscriber.
	MaxPendingBytes int64
}

// Default returns the defaults of Options, with no server.
func Default() Options {
	return Options{
		Name: "volley", ConnectTimeout: 5 * time.Second, ReconnectWait: 50 * time.Millisecond,
		GiveUpAfter: time.Minute, PingInterval: 2 * time.Second, MaxPendingBytes: 1 << 30,
	}
}

// filled puts defaults where nothing is said.
func (o Options) filled() Options {
	d := Default()
	if o.Name == "" {
		o.Name = d.Name
	}
	if o.ConnectTimeout == 0 {
		o.ConnectTimeout = d.ConnectTimeout
	}
	if o.ReconnectWait == 0 {
		o.ReconnectWait = d.ReconnectWait
	}
	if o.GiveUpAfter == 0 {
		o.GiveUpAfter = d.GiveUpAfter
	}
	if o.PingInterval == 0 {
		o.PingInterval = d.PingInterval
	}
	if o.MaxPendingBytes == 0 {
		o.MaxPendingBytes = d.MaxPendingBytes
	}
	return o
}

// Validate tells everything that is wrong with the options.
func (o Options) Validate() error {
	var faults []error
	if len(o.URLs) == 0 {
		faults = append(faults, errors.New("nats: expected the URL of a server, got none"))
	}
	for _, s := range o.URLs {
		if err := checkURL(s); err != nil {
			faults = append(faults, err)
		}
	}
	if o.CredentialsFile != "" && (o.User != "" || o.Password != "") {
		faults = append(faults, errors.New("nats: a credentials file and a user: expected one of them"))
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"ConnectTimeout", o.ConnectTimeout}, {"ReconnectWait", o.ReconnectWait}, {"PingInterval", o.PingInterval}} {
		if d.value < 0 {
			faults = append(faults, fmt.Errorf("nats: %s: expected more than 0, is %v", d.name, d.value))
		}
	}
	if o.MaxPendingBytes < 0 {
		faults = append(faults, fmt.Errorf("nats: MaxPendingBytes: expected more than 0, is %d", o.MaxPendingBytes))
	}
	return errors.Join(faults...)
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return fmt.Errorf("nats: %w", err)
	}
	if (u.Scheme != "nats" && u.Scheme != "tls") || u.Hostname() == "" {
		return fmt.Errorf("nats: URL %q: expected nats://host:port or tls://host:port", s)
	}
	return nil
}
