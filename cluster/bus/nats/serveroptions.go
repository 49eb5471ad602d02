package nats

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
)

// User may connect to a server.
type User struct {
	Name, Password string

	// Publish and Subscribe are the patterns that the user may use; empty is all.
	// A client needs _INBOX.> among Subscribe for answers to its requests.
	Publish, Subscribe []string
}

// ServerOptions say how a server inside this process is reached.
type ServerOptions struct {
	// Name of the server, unique in its cluster: the node's name.
	Name string

	// Listen is the host:port for clients; port 0 takes a free one. Default
	// 127.0.0.1:0.
	Listen string

	// RouteListen is the host:port for the servers of other nodes; empty: none.
	RouteListen string

	// Advertise is the host, a name or an address, that others reach this server at
	// where it listens on all addresses (0.0.0.0). Default: the machine's first
	// address that is not a loopback one.
	Advertise string

	// Discreet leaves it to clients which servers they know: they are not told of the
	// others, whose addresses may not be those at which the clients reach them.
	Discreet bool

	// Routes are route URLs of other servers, nats-route://host:port.
	Routes []string

	// Cluster is the name that all servers of one cluster share. Default "volley".
	Cluster string

	// Users that may connect; none: anybody may.
	Users []User

	// RouteUser and RoutePassword are what servers show each other; the same on all.
	RouteUser, RoutePassword string

	// TLS is for clients, RouteTLS for routes. Nil is plain, which is refused
	// unless the address is a loopback one or Insecure is set.
	TLS, RouteTLS *tls.Config

	// Insecure allows plain connections on addresses that other machines reach:
	// whoever reaches them may then read and disturb every run.
	Insecure bool

	// MaxBytes is the largest message. Default 1 MiB, NATS's own; larger ones make
	// others wait behind them.
	MaxBytes int

	// MaxPendingBytes is how far a client may fall behind in reading before it is
	// cut off. Default 256 MiB: a node that is stopped for a second survives.
	MaxPendingBytes int64

	// WriteTimeout is how long the server waits for a client's socket to take
	// anything before it is cut off. Default 10 s.
	WriteTimeout time.Duration

	// PingInterval is how often silent clients and routes are pinged; after three
	// unanswered pings they are cut off. Default 5 s.
	PingInterval time.Duration

	// StartTimeout bounds Start. Default 5 s.
	StartTimeout time.Duration

	// Log is told the server's warnings and errors, one line each; nil: nobody. It
	// is called from several goroutines.
	Log func(line string)
}

// DefaultServer returns the defaults of ServerOptions.
func DefaultServer() ServerOptions {
	return ServerOptions{
		Name: "volley", Listen: "127.0.0.1:0", Cluster: "volley",
		MaxBytes: 1 << 20, MaxPendingBytes: 256 << 20, WriteTimeout: 10 * time.Second,
		PingInterval: 5 * time.Second, StartTimeout: 5 * time.Second,
	}
}

func (o ServerOptions) filled() ServerOptions {
	d := DefaultServer()
	if o.Name == "" {
		o.Name = d.Name
	}
	if o.Listen == "" {
		o.Listen = d.Listen
	}
	if o.Cluster == "" {
		o.Cluster = d.Cluster
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = d.MaxBytes
	}
	if o.MaxPendingBytes == 0 {
		o.MaxPendingBytes = d.MaxPendingBytes
	}
	if o.WriteTimeout == 0 {
		o.WriteTimeout = d.WriteTimeout
	}
	if o.PingInterval == 0 {
		o.PingInterval = d.PingInterval
	}
	if o.StartTimeout == 0 {
		o.StartTimeout = d.StartTimeout
	}
	return o
}

// Validate tells everything that is wrong with the options.
func (o ServerOptions) Validate() error {
	o = o.filled()
	faults := []error{o.checkListen("Listen", o.Listen, o.TLS != nil)}
	if o.RouteListen != "" {
		faults = append(faults, o.checkListen("RouteListen", o.RouteListen, o.RouteTLS != nil))
	} else if len(o.Routes) > 0 {
		faults = append(faults, errors.New("nats: Routes without RouteListen: expected both or neither"))
	}
	for _, r := range o.Routes {
		_, err := o.routeURL(r)
		faults = append(faults, err)
	}
	if o.MaxBytes < 256<<10 {
		faults = append(faults, fmt.Errorf("nats: MaxBytes: expected at least 256 KiB, the largest message of a run, is %d", o.MaxBytes))
	}
	if o.MaxPendingBytes < int64(o.MaxBytes) {
		faults = append(faults, fmt.Errorf("nats: MaxPendingBytes: expected at least MaxBytes, is %d", o.MaxPendingBytes))
	}
	if strings.ContainsAny(o.Advertise, " /") || strings.Contains(o.Advertise, ":") && net.ParseIP(o.Advertise) == nil {
		faults = append(faults, fmt.Errorf("nats: Advertise %q: expected a host without a port", o.Advertise))
	}
	for _, u := range o.Users {
		if u.Name == "" || u.Password == "" {
			faults = append(faults, fmt.Errorf("nats: user %q: expected a name and a password", u.Name))
		}
	}
	return errors.Join(faults...)
}

func (o ServerOptions) checkListen(field, address string, encrypted bool) error {
	host, _, err := splitAddress(address)
	if err != nil {
		return fmt.Errorf("nats: %s: %w", field, err)
	}
	if !encrypted && !o.Insecure && !loopback(host) {
		return fmt.Errorf("nats: %s %s is reached by other machines and has no TLS: expected keys (volley cluster init), a loopback address, or --insecure", field, address)
	}
	return nil
}

// loopback says whether a host is this machine for itself.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func splitAddress(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("address %q: expected host:port", address)
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("address %q: expected a port of 0 to 65535", address)
	}
	return host, port, nil
}

// server gives the options as nats-server has them.
func (o ServerOptions) server() (*natsserver.Options, error) {
	host, port, err := splitAddress(o.Listen)
	if err != nil {
		return nil, err
	}
	s := &natsserver.Options{
		ServerName: o.Name, Host: host, Port: free(port),
		NoSigs: true, NoSystemAccount: true,
		MaxPayload: int32(o.MaxBytes), MaxPending: o.MaxPendingBytes, WriteDeadline: o.WriteTimeout,
		PingInterval: o.PingInterval, MaxPingsOut: 3,
		MaxClosedClients: keptClosed,
	}
	if o.TLS != nil {
		s.TLSConfig, s.TLS, s.TLSVerify, s.TLSTimeout = o.TLS, true, true, 2
	}
	for _, u := range o.Users {
		s.Users = append(s.Users, u.server())
	}
	if o.RouteListen == "" {
		return s, nil
	}
	if s.Cluster.Host, s.Cluster.Port, err = splitAddress(o.RouteListen); err != nil {
		return nil, err
	}
	s.Cluster.Name, s.Cluster.Port = o.Cluster, free(s.Cluster.Port)
	s.Cluster.Username, s.Cluster.Password = o.RouteUser, o.RoutePassword
	s.Cluster.NoAdvertise = o.Discreet
	s.Cluster.PoolSize = -1 // one connection a pair: order, and fewer goroutines
	if o.RouteTLS != nil {
		s.Cluster.TLSConfig, s.Cluster.TLSTimeout = o.RouteTLS, 2
	}
	for _, r := range o.Routes {
		u, err := o.routeURL(r)
		if err != nil {
			return nil, err
		}
		s.Routes = append(s.Routes, u)
	}
	if len(s.Routes) == 0 {
		s.Routes = []*url.URL{}
	}
	return s, nil
}

// keptClosed is how many clients that have left a server remembers; 10,000 by itself.
const keptClosed = 100

// free is how nats-server says that any free port will do.
func free(port int) int {
	if port == 0 {
		return natsserver.RANDOM_PORT
	}
	return port
}

func (u User) server() *natsserver.User {
	s := &natsserver.User{Username: u.Name, Password: u.Password}
	if len(u.Publish) > 0 || len(u.Subscribe) > 0 {
		s.Permissions = &natsserver.Permissions{}
		if len(u.Publish) > 0 {
			s.Permissions.Publish = &natsserver.SubjectPermission{Allow: u.Publish}
		}
		if len(u.Subscribe) > 0 {
			s.Permissions.Subscribe = &natsserver.SubjectPermission{Allow: u.Subscribe}
		}
	}
	return s
}
