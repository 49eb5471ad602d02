package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/nats"
	"github.com/volley-snn/volley/cluster/keys"
	"github.com/volley-snn/volley/cluster/membership"
)

// What members of a cluster tell each other of themselves.
const (
	metaNATS  = "nats"  // URL for clients
	metaRoute = "route" // URL for servers of other nodes
)

// connectTimeout is how long a cluster may take to answer at first.
const connectTimeout = 5 * time.Second

// routeTimeout is how long the servers of a cluster may take to find each other: on
// machines that compute with all their cores it takes seconds.
const routeTimeout = 20 * time.Second

// site is this process's place on a cluster's bus.
type site struct {
	bus     bus.Bus
	own     *nats.Bus       // the same, as it is where --disturb changes bus
	server  *nats.Server    // of this process; nil where it is the user's
	address string          // that others join at, or use as --cluster
	url     string          // of the NATS server
	nodes   func() []string // that membership knows; nil where there is none
	closers []func()
}

func (s *site) close() {
	for k := len(s.closers) - 1; k >= 0; k-- {
		s.closers[k]()
	}
}

// siteFlags say which cluster, and how it is spoken to.
type siteFlags struct {
	name     string
	listen   string
	join     []string
	nats     []string
	config   string // of keys; empty for none
	insecure bool
}

// doors are what a process shows the servers and members of a cluster, with the
// cluster's keys or without.
type doors struct {
	server  nats.ServerOptions
	client  nats.Options
	members membership.Config
}

// doors reads the keys, where there are any.
func (f *siteFlags) doors() (*doors, error) {
	d := &doors{
		server:  nats.ServerOptions{Name: f.name, Insecure: f.insecure},
		client:  nats.Options{Name: f.name, ConnectTimeout: connectTimeout},
		members: membership.Config{Name: f.name, Join: f.join, Insecure: f.insecure, JoinTimeout: connectTimeout},
	}
	if f.config == "" {
		return d, nil
	}
	id, err := keys.Load(f.config)
	if err != nil {
		return nil, usageError{fmt.Errorf("--config: %w", err)}
	}
	d.server, d.client, d.members.Key = d.server.Closed(id), d.client.Closed(id), id.GossipKey
	return d, nil
}

// enter makes this process a node's place: on servers that run already, where NATS
// is named, else with a server of its own that finds those of the other nodes.
func enter(ctx context.Context, f siteFlags) (*site, error) {
	s := &site{}
	d, err := f.doors()
	if err != nil {
		return nil, err
	}
	if len(f.nats) > 0 {
		d.client.URLs = f.nats
		b, err := nats.Connect(ctx, d.client)
		if err != nil {
			return nil, err
		}
		s.closers = append(s.closers, func() { _ = b.Close() })
		s.bus, s.own, s.address, s.url = b, b, f.nats[0], f.nats[0]
		return s, nil
	}
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return nil, usageError{fmt.Errorf("--listen %s: expected HOST:PORT", f.listen)}
	}
	d.server.Listen, d.server.RouteListen = net.JoinHostPort(host, "0"), net.JoinHostPort(host, "0")
	server, err := nats.Start(d.server)
	if err != nil {
		return nil, err
	}
	s.server, s.url = server, server.ClientURL()
	s.closers = append(s.closers, server.Shutdown)
	d.members.Listen, d.members.Meta = f.listen, map[string]string{metaNATS: server.ClientURL(), metaRoute: server.RouteURL()}
	members, err := membership.Join(ctx, d.members)
	if err != nil {
		s.close()
		return nil, joining(f.join, err)
	}
	s.address = members.Self().Address
	s.nodes = func() []string { return workers(members.Members()) }
	s.closers = append(s.closers, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = members.Leave(ctx)
	})
	if err := routes(server, members.Members(), f.name); err != nil {
		s.close()
		return nil, err
	}
	go keepRoutes(server, members, f.name)
	if err := awaitRoutes(ctx, server, members); err != nil {
		s.close()
		return nil, err
	}
	b, err := server.Connect(ctx, d.client)
	if err != nil {
		s.close()
		return nil, err
	}
	s.bus, s.own = b, b
	s.closers = append(s.closers, func() { _ = b.Close() })
	return s, nil
}

// awaitRoutes returns when the server has routes to those of all nodes that are there: one
// that is gone, and of which this is not known yet, is not waited for any longer than that.
func awaitRoutes(ctx context.Context, server *nats.Server, members *membership.Cluster) error {
	for deadline := time.Now().Add(routeTimeout); ; {
		others := len(workers(members.Members())) - 1
		wait, cancel := context.WithTimeout(ctx, time.Second)
		err := server.AwaitPeers(wait, others)
		cancel()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case time.Now().After(deadline):
			return fmt.Errorf("the NATS servers of %d other nodes were found, and no route to all of them within %v: %w", others, routeTimeout, err)
		}
	}
}

// joining words why a cluster was not joined.
func joining(addresses []string, err error) error {
	at := strings.Join(addresses, ", ")
	switch {
	case errors.Is(err, membership.ErrAway):
		return fmt.Errorf("no node answers at %s within %v: is volley node running there? (%w)", at, connectTimeout, err)
	case errors.Is(err, membership.ErrKey):
		return fmt.Errorf("the node at %s does not understand: its key is another, or one side has none (%w)", at, err)
	}
	return err
}

// visit connects to a cluster as a client: at a node's address, or at NATS.
func visit(ctx context.Context, cluster, config string) (*site, error) {
	f := siteFlags{name: fmt.Sprintf("client-%d-%s", os.Getpid(), strings.ToLower(rand.Text()[:4])), join: []string{cluster}, config: config}
	if strings.HasPrefix(cluster, "nats://") || strings.HasPrefix(cluster, "tls://") {
		f.nats = []string{cluster}
		return enter(ctx, f)
	}
	if !strings.Contains(cluster, ":") {
		return nil, usageError{fmt.Errorf("--cluster %s: expected HOST:PORT of a node, or nats://HOST:PORT", cluster)}
	}
	host, _, err := net.SplitHostPort(cluster)
	if err == nil && config == "" && !loopback(host) {
		return nil, usageError{fmt.Errorf("--cluster %s: nodes of other machines are reached with the cluster's keys: expected --config with the %s of volley cluster init, or nats://HOST:PORT of servers that want none", cluster, keys.ClientConfigFile)}
	}
	d, err := f.doors()
	if err != nil {
		return nil, err
	}
	d.members.Role = membership.Client
	if !loopback(host) {
		d.members.Listen = "0.0.0.0:0" // where that cluster reaches us
	}
	members, err := membership.Join(ctx, d.members)
	if err != nil {
		return nil, joining([]string{cluster}, err)
	}
	var urls []string
	for _, m := range members.Members() {
		if url := m.Meta[metaNATS]; url != "" && m.Address == cluster {
			urls = append([]string{url}, urls...)
		} else if url != "" {
			urls = append(urls, url)
		}
	}
	nodes := workers(members.Members())
	leave, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = members.Leave(leave)
	if len(urls) == 0 {
		return nil, fmt.Errorf("no node of the cluster at %s tells where its NATS server is", cluster)
	}
	f.nats = urls
	s, err := enter(ctx, f)
	if err != nil {
		return nil, err
	}
	s.nodes = func() []string { return slices.Clone(nodes) }
	return s, nil
}

// workers names the nodes among members.
func workers(members []membership.Member) (names []string) {
	for _, m := range members {
		if m.Role == membership.Worker {
			names = append(names, m.Name)
		}
	}
	return names
}

// loopback reports whether a host is this machine for itself.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
