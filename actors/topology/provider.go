package topology

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	actors "github.com/asynkron/protoactor-go/cluster"

	"github.com/volley-snn/volley/cluster/membership"
)

// What a member tells of its actors in membership's Meta.
const (
	addressKey = "actors"   // host:port of its actor system
	idKey      = "actor_id" // and its id
)

// updateTimeout bounds how long starting and stopping wait for others to hear.
const updateTimeout = 2 * time.Second

// Provider gives a membership to the actor library. It does not own it: whoever
// joined closes it, after Shutdown.
type Provider struct {
	members *membership.Cluster
	stop    chan struct{}
	stopped chan struct{}
	member  bool // in the topology, not only a watcher of it
}

var _ actors.ClusterProvider = (*Provider)(nil)

// New returns a provider of a membership that has been joined.
func New(members *membership.Cluster) *Provider { return &Provider{members: members} }

// StartMember implements ClusterProvider: it tells the members of this one's
// actors, and begins to follow them. Clients do not become members.
func (p *Provider) StartMember(c *actors.Cluster) error {
	if p.members.Self().Role != membership.Worker {
		return errors.New("topology: a client of the cluster starts as a member; expected StartClient")
	}
	host, port, err := c.ActorSystem.GetHostPort()
	if err != nil {
		return fmt.Errorf("topology: address of the actor system: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), updateTimeout)
	defer cancel()
	err = p.members.Update(ctx, map[string]string{addressKey: net.JoinHostPort(host, strconv.Itoa(port)), idKey: c.ActorSystem.ID})
	if err != nil {
		return fmt.Errorf("topology: %w", err)
	}
	p.member = true
	p.follow(c)
	return nil
}

// StartClient implements ClusterProvider: it only follows.
func (p *Provider) StartClient(c *actors.Cluster) error {
	p.follow(c)
	return nil
}

// Shutdown implements ClusterProvider. Gracefully means that the others are told
// before it returns that no actors are here any more.
func (p *Provider) Shutdown(graceful bool) error {
	if p.stop == nil {
		return nil // was not started, or is stopped
	}
	close(p.stop)
	<-p.stopped
	p.stop = nil
	if !graceful || !p.member {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), updateTimeout)
	defer cancel()
	if err := p.members.Update(ctx, map[string]string{addressKey: "", idKey: ""}); err != nil {
		return fmt.Errorf("topology: %w", err)
	}
	return nil
}

// follow hands each change of the members on.
func (p *Provider) follow(c *actors.Cluster) {
	p.stop, p.stopped = make(chan struct{}), make(chan struct{})
	stop, stopped := p.stop, p.stopped
	changed := p.members.Watch()
	go func() {
		defer close(stopped)
		for {
			c.MemberList.UpdateClusterTopology(topology(p.members.Members()))
			select {
			case <-changed:
			case <-stop:
				return
			case <-p.members.Done():
				return
			}
		}
	}()
}

// topology is the members that have actors, as the library has them. Its block list
// never takes an id again that left; so a member that was held dead by mistake
// comes back under another.
func topology(all []membership.Member) actors.Members {
	members := actors.Members{}
	for _, m := range all {
		host, port, err := net.SplitHostPort(m.Meta[addressKey])
		if err != nil || m.Role != membership.Worker || m.Meta[idKey] == "" {
			continue // not started
		}
		number, err := strconv.ParseInt(port, 10, 32)
		if err != nil {
			continue
		}
		id := m.Meta[idKey]
		if m.Returns > 0 {
			id += "~" + strconv.Itoa(m.Returns)
		}
		members = append(members, &actors.Member{Id: id, Host: host, Port: int32(number)})
	}
	return members
}
