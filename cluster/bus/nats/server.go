package nats

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	natsgo "github.com/nats-io/nats.go"
)

// Server is a NATS server inside this process.
type Server struct {
	o ServerOptions
	s *natsserver.Server

	mu      sync.Mutex
	current *natsserver.Options // as last loaded
	routes  map[string]bool
}

// Start starts a server and returns when it takes connections.
func Start(o ServerOptions) (*Server, error) {
	o = o.filled()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	options, err := o.server()
	if err != nil {
		return nil, err
	}
	s, err := natsserver.NewServer(options.Clone())
	if err != nil {
		return nil, fmt.Errorf("nats: server %s: %w", o.Name, err)
	}
	log := &logger{tell: o.Log}
	s.SetLoggerV2(log, false, false, false)
	s.Start()
	if !s.ReadyForConnections(o.StartTimeout) {
		s.Shutdown()
		if said := log.fatal(); said != nil {
			return nil, fmt.Errorf("nats: server %s: %w", o.Name, said)
		}
		return nil, fmt.Errorf("nats: server %s does not listen on %s and %s within %v", o.Name, o.Listen, o.RouteListen, o.StartTimeout)
	}
	// From here on the ports that the system chose stay, over a reload too.
	if a := s.Addr(); a != nil {
		_, options.Port, err = splitAddress(a.String())
	}
	if a := s.ClusterAddr(); a != nil && err == nil {
		options.Cluster.Port = a.Port
	}
	if err != nil {
		s.Shutdown()
		return nil, err
	}
	server := &Server{o: o, s: s, current: options, routes: map[string]bool{}}
	for _, r := range o.Routes {
		server.routes[r] = true
	}
	return server, nil
}

// Connect returns a connection inside the process: no socket and no TLS, but the
// user's name and password if the server has users.
func (s *Server) Connect(ctx context.Context, o Options) (*Bus, error) {
	o.URLs, o.TLS = nil, nil
	o = o.filled()
	b, err := connect(ctx, o, natsgo.InProcessServer(s.s))
	if err != nil {
		return nil, fmt.Errorf("nats: server %s, in process: %w", s.o.Name, err)
	}
	return b, nil
}

// Bare is a connection inside the process as nats.go makes it by itself: for
// measuring what ours costs beside it.
func (s *Server) Bare() (*natsgo.Conn, error) { return natsgo.Connect("", natsgo.InProcessServer(s.s)) }

// ClientURL is where clients connect: the host that was listened on, or Advertise's
// where that is no address for others.
func (s *Server) ClientURL() string {
	scheme := "nats"
	if s.o.TLS != nil {
		scheme = "tls"
	}
	return fmt.Sprintf("%s://%s", scheme, s.o.reached(s.s.Addr()))
}

// RouteURL is where servers of other nodes connect; empty without RouteListen.
func (s *Server) RouteURL() string {
	a := s.s.ClusterAddr()
	if a == nil {
		return ""
	}
	return "nats-route://" + s.o.reached(a)
}

// reached is the host:port that others reach an address of ours at.
func (o ServerOptions) reached(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return a.String()
	}
	host := o.Advertise
	if host == "" {
		host = firstAddress()
	}
	return net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}

// firstAddress is this machine's first address that is not a loopback one, or the
// loopback one if it has no other.
func firstAddress() string {
	all, err := net.InterfaceAddrs()
	if err == nil {
		for _, a := range all {
			if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() && n.IP.To4() != nil {
				return n.IP.String()
			}
		}
	}
	return "127.0.0.1"
}

// AddRoutes has the server connect to the route URLs of others, and go on trying.
// It is enough that each server knows one that is there: they tell each other of
// the rest. URLs that it has already are no error.
func (s *Server) AddRoutes(urls ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.current.Clone()
	added := false
	for _, text := range urls {
		if s.routes[text] || text == s.RouteURL() {
			continue
		}
		u, err := s.o.routeURL(text)
		if err != nil {
			return err
		}
		next.Routes = append(next.Routes, u)
		s.routes[text] = true
		added = true
	}
	if !added {
		return nil
	}
	return s.reload(next)
}

// RemoveRoutes ends the connections to the route URLs of others, and the attempts to
// make them. URLs that it has not are no error.
func (s *Server) RemoveRoutes(urls ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.current.Clone()
	removed := false
	for _, text := range urls {
		if !s.routes[text] {
			continue
		}
		u, err := s.o.routeURL(text)
		if err != nil {
			return err
		}
		next.Routes = slices.DeleteFunc(next.Routes, func(r *url.URL) bool { return r.Host == u.Host })
		delete(s.routes, text)
		removed = true
	}
	if !removed {
		return nil
	}
	return s.reload(next)
}

// reload has the server take options; the caller holds mu.
func (s *Server) reload(next *natsserver.Options) error {
	if err := s.s.ReloadOptions(next.Clone()); err != nil {
		return fmt.Errorf("nats: server %s: other routes: %w", s.o.Name, err)
	}
	s.current = next
	return nil
}

// Peers counts the other servers that this one has a route to.
func (s *Server) Peers() int {
	seen := map[string]bool{}
	if z, err := s.s.Routez(nil); err == nil {
		for _, r := range z.Routes {
			seen[r.RemoteID] = true
		}
	}
	return len(seen)
}

// AwaitPeers returns when the server has routes to n others, or with an error when
// ctx is done.
func (s *Server) AwaitPeers(ctx context.Context, n int) error {
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for s.Peers() < n {
		select {
		case <-ctx.Done():
			return fmt.Errorf("nats: server %s has routes to %d servers, expected %d: %w", s.o.Name, s.Peers(), n, ctx.Err())
		case <-poll.C:
		}
	}
	return nil
}

// Shutdown stops the server. Its clients find another server, or notice that
// there is none.
func (s *Server) Shutdown() {
	s.s.Shutdown()
	s.s.WaitForShutdown()
}

// routeURL adds what other servers want to see to a route's URL.
func (o ServerOptions) routeURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err == nil && (u.Scheme != "nats-route" || u.Port() == "") {
		err = errors.New("expected nats-route://host:port")
	}
	if err != nil {
		return nil, fmt.Errorf("nats: route %q: %w", text, err)
	}
	if o.RouteUser != "" {
		u.User = url.UserPassword(o.RouteUser, o.RoutePassword)
	}
	return u, nil
}
