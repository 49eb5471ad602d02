package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/volley-snn/volley/cluster/bus/nats"
	"github.com/volley-snn/volley/cluster/membership"
)

// routeGrace is how long a server goes on trying to reach that of a member which is
// gone without a word: it may be back.
const routeGrace = time.Minute

// keepRoutes lets a server find those of members that come, and forget those of members
// that go, until this process is a member no more.
func keepRoutes(server *nats.Server, members *membership.Cluster, self string) {
	for e := range members.Events() {
		switch e.Kind {
		case membership.Joined, membership.Updated:
			if err := routes(server, []membership.Member{e.Member}, self); err != nil {
				fmt.Fprintln(os.Stderr, "volley: a route to", e.Member.Name, "failed:", err)
			}
		case membership.Left:
			forgetRoute(server, members, e.Member.Meta[metaRoute])
		case membership.Dead:
			time.AfterFunc(routeGrace, func() { forgetRoute(server, members, e.Member.Meta[metaRoute]) })
		}
	}
}

// forgetRoute has a server look for another no more, unless a member has it.
func forgetRoute(server *nats.Server, members *membership.Cluster, url string) {
	if url == "" || slices.ContainsFunc(members.Members(), func(m membership.Member) bool { return m.Meta[metaRoute] == url }) {
		return
	}
	if err := server.RemoveRoutes(url); err != nil {
		fmt.Fprintln(os.Stderr, "volley: a route to a node that is gone stays:", err)
	}
}

// routes lets a server find those of other members.
func routes(server *nats.Server, members []membership.Member, self string) error {
	var urls []string
	for _, m := range members {
		if url := m.Meta[metaRoute]; url != "" && m.Name != self {
			urls = append(urls, url)
		}
	}
	if len(urls) == 0 {
		return nil
	}
	return server.AddRoutes(urls...)
}
