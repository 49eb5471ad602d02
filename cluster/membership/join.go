package membership

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"net"
	"strings"
	"time"

	"github.com/hashicorp/memberlist"
)

// retryInterval is the pause between two attempts to join.
const retryInterval = 100 * time.Millisecond

// Join makes this process a member. It returns when one of the addresses of
// Config.Join has taken it in, at once if there is none. It fails with one error
// when ctx is done, within JoinTimeout, or at once if a member does not understand
// it (ErrKey) or is foreign (ErrForeign).
func Join(ctx context.Context, c Config) (*Cluster, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.filled()
	l := newCluster(c, strings.ToLower(rand.Text()[:8]))
	options, err := l.memberlist()
	if err != nil {
		return nil, err
	}
	if l.list, err = memberlist.Create(options); err != nil {
		return nil, fmt.Errorf("membership: listening on %s: %w", c.Listen, err)
	}
	l.self.Address = l.list.LocalNode().Address()
	if len(c.Join) > 0 {
		if err := l.join(ctx); err != nil {
			l.Close()
			return nil, err
		}
		go l.rejoin()
	}
	go l.tell()
	return l, nil
}

// join tries until a member takes us in.
func (l *Cluster) join(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.config.JoinTimeout)
	defer cancel()
	last := error(nil) // of the attempt before: it says more than that time ran out in this one
	for {
		done := make(chan error, 1)
		go func() {
			_, err := l.list.Join(l.config.Join)
			done <- err
		}()
		var err error
		select {
		case err = <-done:
		case <-ctx.Done():
			err = context.DeadlineExceeded
		}
		if err == nil {
			return nil
		}
		if err != context.DeadlineExceeded || last == nil {
			last = l.explain(err)
		}
		err = last
		if errors.Is(err, ErrKey) || errors.Is(err, ErrForeign) {
			return err
		}
		select {
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), context.Canceled) {
				return context.Canceled
			}
			return err
		case <-time.After(retryInterval):
		}
	}
}

// rejoin tries the addresses of Join that are no member's, now and then.
func (l *Cluster) rejoin() {
	tick := time.NewTicker(l.config.RejoinInterval)
	defer tick.Stop()
	for {
		select {
		case <-l.done:
			return
		case <-tick.C:
		}
		there := map[string]bool{}
		for _, m := range l.Members() {
			there[m.Address] = true
		}
		var missing []string
		for _, address := range l.config.Join {
			if !there[address] { // a name is never an address: it is asked each time
				missing = append(missing, address)
			}
		}
		if len(missing) > 0 {
			l.list.Join(missing) // failing is the usual case; the next time may do
		}
	}
}

// explain says what an error of memberlist, which has only a text, means.
func (l *Cluster) explain(err error) error {
	where := strings.Join(l.config.Join, ", ")
	if refusal := l.takeRefusal(); refusal != nil {
		return refusal
	}
	text := strings.TrimPrefix(strings.Join(strings.Fields(err.Error()), " "), "1 error occurred: * ")
	for _, sign := range []string{"EOF", "connection reset", "remote error", "decrypt", "encrypt", "msgpack", "unknown msgType", "label", "invalid", "exceeds", "too large"} {
		if strings.Contains(text, sign) {
			return fmt.Errorf("%w by %s: another gossip key than the cluster's (give the cluster's --config), or no node of volley: %s", ErrKey, where, text)
		}
	}
	return fmt.Errorf("%w at %s within %v: %s", ErrAway, where, l.config.JoinTimeout, text)
}

// memberlist gives the configuration as memberlist has it.
func (l *Cluster) memberlist() (*memberlist.Config, error) {
	c := l.config
	m := memberlist.DefaultLANConfig()
	host, port, err := splitAddress(c.Listen)
	if err != nil {
		return nil, err
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if host != "" && net.ParseIP(host) == nil {
		addrs, err := net.LookupHost(host)
		if err != nil {
			return nil, fmt.Errorf("membership: listen %s: %w", c.Listen, err)
		}
		host = addrs[0]
	}
	m.Name = l.self.ID
	m.BindAddr, m.BindPort = host, port
	m.AdvertiseAddr, m.AdvertisePort = "", port
	if host == "" {
		m.BindAddr = "0.0.0.0"
	}
	if c.Advertise != "" {
		if m.AdvertiseAddr, m.AdvertisePort, err = splitAddress(c.Advertise); err != nil {
			return nil, err
		}
	}
	m.TCPTimeout = min(5*time.Second, c.JoinTimeout)
	m.ProbeInterval, m.ProbeTimeout, m.SuspicionMult = c.ProbeInterval, c.ProbeTimeout, c.SuspicionMult
	m.GossipInterval, m.GossipNodes = c.GossipInterval, c.GossipNodes
	m.RequireNodeNames = false
	m.SecretKey = c.Key
	d := delegate{l}
	m.Delegate, m.Events, m.Merge, m.Alive = d, d, d, d
	m.Logger = log.New(lines{c.Log}, "", 0)
	m.LogOutput = nil
	if n := len(l.meta(true)); n > memberlist.MetaMaxSize {
		return nil, fmt.Errorf("membership: name and meta take %d bytes, expected at most %d", n, memberlist.MetaMaxSize)
	}
	return m, nil
}

// lines passes memberlist's warnings and errors on.
type lines struct{ tell func(string) }

// Write implements io.Writer; memberlist writes one line at a time.
func (l lines) Write(p []byte) (int, error) {
	line := strings.TrimSpace(string(p))
	if l.tell != nil && (strings.Contains(line, "[WARN]") || strings.Contains(line, "[ERR]")) {
		l.tell(line)
	}
	return len(p), nil
}
