package membership

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// Config says who a member is, how it is reached, and how soon it believes that
// another is dead.
//
// With the defaults a killed member is dead for all after about ProbeInterval +
// SuspicionMult * max(1, log10(members)) * ProbeInterval: 2 to 3 s among ten.
type Config struct {
	// Name of this node, unique in the cluster: letters, digits, '-' and '_', at
	// most 63. A name that a living member has is refused.
	Name string

	// Role of this node. Default Worker.
	Role Role

	// Listen is the host:port for gossip, on TCP and UDP both. Port 0 takes a free
	// one. Default 127.0.0.1:0.
	Listen string

	// Advertise is the host:port that others reach Listen at, where the two differ
	// (NAT, containers). Default: Listen's, or of 0.0.0.0 the machine's first
	// private address.
	Advertise string

	// Join is the gossip addresses of members, any of them; none starts a cluster.
	Join []string

	// Meta is told to all members. At most about 300 bytes with names and values:
	// it travels in every packet that tells of this member.
	Meta map[string]string

	// Key encrypts gossip: 16, 24 or 32 bytes (AES-GCM), the same on all members.
	// Without it Listen must be a loopback address, or Insecure set.
	Key []byte

	// Insecure allows gossip in the clear on addresses that other machines reach:
	// whoever reaches them may then join.
	Insecure bool

	// JoinTimeout is how long Join tries its addresses, and waits for a predecessor
	// of the same name to be found dead, before it fails. Default 10 s.
	JoinTimeout time.Duration

	// RejoinInterval is how often the addresses of Join are tried again that are no
	// current member's. It heals what was apart for longer than gossip remembers the
	// dead (30 s), and finds a first node that was started anew. Default 10 s.
	RejoinInterval time.Duration

	// LeaveTimeout is how long Leave waits for others to hear of it. Default 2 s.
	LeaveTimeout time.Duration

	// ProbeInterval is the time between two probes, each of one other member in
	// turn. Default 500 ms. Lower finds deaths sooner and costs packets.
	ProbeInterval time.Duration

	// ProbeTimeout is how long a probed member has to answer before others are asked
	// to probe it. Default 250 ms. It must be less than ProbeInterval, and more than
	// a busy node takes to get CPU time: lower raises false deaths.
	ProbeTimeout time.Duration

	// SuspicionMult is how long a member is suspected before it is held dead, in
	// units of max(1, log10(members)) * ProbeInterval. Default 4. Nodes use all
	// their CPU for the run, so this leaves them time to contradict.
	SuspicionMult int

	// GossipInterval is the time between two packets of news, each to GossipNodes
	// members. Default 100 ms. Lower spreads news sooner.
	GossipInterval time.Duration

	// GossipNodes is how many members hear the news each time. Default 3.
	GossipNodes int

	// Log is told warnings and errors of gossip, one line each; nil: nobody. It is
	// called from several goroutines.
	Log func(line string)
}

// Default is for nodes of one site that compute with all their cores.
func Default() Config {
	return Config{
		Role: Worker, Listen: "127.0.0.1:0",
		JoinTimeout: 10 * time.Second, RejoinInterval: 10 * time.Second, LeaveTimeout: 2 * time.Second,
		ProbeInterval: 500 * time.Millisecond, ProbeTimeout: 250 * time.Millisecond, SuspicionMult: 4,
		GossipInterval: 100 * time.Millisecond, GossipNodes: 3,
	}
}

// Quick finds deaths in well under a second, and finds more than there are on a
// busy machine. For tests.
func Quick() Config {
	c := Default()
	c.ProbeInterval, c.ProbeTimeout, c.SuspicionMult = 100*time.Millisecond, 50*time.Millisecond, 3
	c.GossipInterval = 20 * time.Millisecond
	return c
}

// filled puts defaults where nothing is said.
func (c Config) filled() Config {
	d := Default()
	if c.Role == "" {
		c.Role = d.Role
	}
	if c.Listen == "" {
		c.Listen = d.Listen
	}
	for _, f := range []struct {
		value  *time.Duration
		preset time.Duration
	}{
		{&c.JoinTimeout, d.JoinTimeout}, {&c.RejoinInterval, d.RejoinInterval}, {&c.LeaveTimeout, d.LeaveTimeout}, {&c.ProbeInterval, d.ProbeInterval},
		{&c.ProbeTimeout, d.ProbeTimeout}, {&c.GossipInterval, d.GossipInterval},
	} {
		if *f.value == 0 {
			*f.value = f.preset
		}
	}
	if c.SuspicionMult == 0 {
		c.SuspicionMult = d.SuspicionMult
	}
	if c.GossipNodes == 0 {
		c.GossipNodes = d.GossipNodes
	}
	return c
}

// Validate tells everything that is wrong with the configuration.
func (c Config) Validate() error {
	c = c.filled()
	var faults []error
	wrong := func(format string, v ...any) { faults = append(faults, fmt.Errorf("membership: "+format, v...)) }
	if err := checkName(c.Name); err != nil {
		faults = append(faults, err)
	}
	if c.Role != Worker && c.Role != Client {
		wrong("role %q: expected worker or client", c.Role)
	}
	switch host, _, err := splitAddress(c.Listen); {
	case err != nil:
		wrong("listen %w", err)
	case len(c.Key) == 0 && !c.Insecure && !loopback(host):
		wrong("listen %s is reached by other machines and there is no gossip key: expected keys (volley cluster init), a loopback address, or --insecure", c.Listen)
	}
	if c.Advertise != "" {
		if host, port, err := splitAddress(c.Advertise); err != nil {
			wrong("advertise %w", err)
		} else if net.ParseIP(host) == nil || port == 0 {
			wrong("advertise %s: expected an IP address and a port", c.Advertise)
		}
	}
	for _, a := range c.Join {
		if _, port, err := splitAddress(a); err != nil {
			wrong("join %w", err)
		} else if port == 0 {
			wrong("join %s: expected the port that the member listens on", a)
		}
	}
	if n := len(c.Key); n != 0 && n != 16 && n != 24 && n != 32 {
		wrong("gossip key: expected 16, 24 or 32 bytes, got %d", n)
	}
	if c.ProbeTimeout <= 0 || c.ProbeTimeout >= c.ProbeInterval {
		wrong("ProbeTimeout %v: expected more than 0 and less than ProbeInterval %v", c.ProbeTimeout, c.ProbeInterval)
	}
	if c.JoinTimeout < 0 || c.RejoinInterval < 0 || c.LeaveTimeout < 0 || c.GossipInterval < 0 || c.SuspicionMult < 0 || c.GossipNodes < 0 {
		wrong("times and counts must be at least 0")
	}
	return errors.Join(faults...)
}

func checkName(name string) error {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return fmt.Errorf("membership: name %q: expected letters, digits, - and _", name)
		}
	}
	if name == "" || len(name) > 63 {
		return fmt.Errorf("membership: name %q: expected 1 to 63 characters", name)
	}
	return nil
}

func splitAddress(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("%q: expected host:port", address)
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("%q: expected a port of 0 to 65535", address)
	}
	return host, port, nil
}

// loopback says whether a host is this machine for itself.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
