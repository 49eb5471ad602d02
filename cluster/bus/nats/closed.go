package nats

import "github.com/volley-snn/volley/cluster/keys"

// Closed returns the options with the cluster's keys: TLS and names on both
// listeners. Clients may use what is volley's own, and nothing else.
func (o ServerOptions) Closed(id *keys.Identity) ServerOptions {
	c := id.Config
	o.Cluster = c.Cluster
	o.TLS, o.RouteTLS = id.ServerTLS(), id.RouteTLS()
	ours := []string{"volley.>", "_INBOX.>"}
	o.Users = []User{
		{Name: c.NATS.User, Password: c.NATS.Password},
		{Name: c.Client.User, Password: c.Client.Password, Publish: ours, Subscribe: ours},
	}
	o.RouteUser, o.RoutePassword = c.Route.User, c.Route.Password
	return o
}

// Closed returns the options with the cluster's keys, for nodes and clients both.
func (o Options) Closed(id *keys.Identity) Options {
	o.TLS = id.ClientTLS()
	o.User, o.Password = id.Config.NATS.User, id.Config.NATS.Password
	return o
}
