package pretended

import (
	"time"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/cluster/lockstep"
	"github.com/volley-snn/volley/cluster/lockstep/simulated"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn/random"
)

// Config says what is pretended.
type Config struct {
	Network *partition.Network
	Plan    *partition.Plan
	DtMs    float64
	Ticks   int // of a step
	Lag     int // 1 or 2
	Steps   int
	Window  int // steps of the windows that the network's Sums are of
	Counts  int // numbers of a share of one
	Seed    uint64
	Faults  simulated.Faults // Tamper is ours
}

// Report is what went on, a step, between the nodes of the plan.
type Report struct {
	Nodes, Steps int

	Published Mean // messages by a node: one an audience, and the recorder's
	Delivered Mean // messages to a node from others
	BytesOut  Mean // published, by a node
	BytesIn   Mean // delivered, to a node
	Words     Mean // asks, acknowledgements and probes to a node

	Sums *Sums `json:",omitempty"` // where the network has any

	// OrchestrationNs is the processor time that the protocol took, a node and
	// step, the simulation's own queue included.
	OrchestrationNs float64
}

// Sums is what the nodes that sum windows up for others have of it, a step.
type Sums struct {
	FanIn, Depth int
	Direct       bool
	Windows      int // whose sums have come to all
	LateSteps    int // most steps from a window's end until a node had its sum
}

// Mean is over the nodes; Most is of the one that has most.
type Mean struct{ Mean, Most float64 }

// mean is of what each of the nodes has, a step.
func mean(nodes, steps int, of func(node int) int64) (m Mean) {
	total, most := int64(0), int64(0)
	for k := range nodes {
		x := of(k)
		total, most = total+x, max(most, x)
	}
	return Mean{float64(total) / float64(nodes*steps), float64(most) / float64(steps)}
}

// counts is a share of a window: numbers of one or two bytes.
func counts(n int) []int64 {
	all := make([]int64, n)
	for k := range all {
		all[k] = int64(k * 37 % 300)
	}
	return all
}

// eventsEach bounds what may happen, a message: beyond it the run hangs.
const eventsEach = 400

// Run lets the nodes of the plan exchange steps. Cost: about a microsecond a message,
// and what drawing and writing the spikes takes. The error is a broken invariant or a
// hang of the protocol.
func Run(c Config) (*Report, error) {
	nodes := len(c.Plan.Shares)
	spent := time.Duration(0)
	configs, bodies := peers(&c, &spent)
	words := make([]int64, nodes+1)
	c.Faults.Tamper = func(to lockstep.Peer, e *lockstep.Event) bool {
		if e.Kind != lockstep.Received {
			words[to]++
		} else if int(to) < nodes {
			bodies[to].(*node).taken.add(e.Payload.(*step).bytesFor(to))
		}
		return true
	}
	cluster, err := simulated.New(c.Seed, configs, bodies, c.Faults)
	if err != nil {
		return nil, err
	}
	links := nodes
	for k := range c.Plan.Shares {
		links += len(c.Plan.Shares[k].Consumers)
	}
	start := time.Now()
	if err := cluster.Run(eventsEach * (links + 3*nodes) * c.Steps); err != nil {
		return nil, err
	}
	r := &Report{Nodes: nodes, Steps: c.Steps}
	r.OrchestrationNs = float64((time.Since(start) - spent).Nanoseconds()) / float64(nodes*c.Steps)
	sent := func(k int) *Count { return &bodies[k].(*node).sent }
	taken := func(k int) *Count { return &bodies[k].(*node).taken }
	r.Published = mean(nodes, c.Steps, func(k int) int64 { return sent(k).Messages })
	r.BytesOut = mean(nodes, c.Steps, func(k int) int64 { return sent(k).Bytes })
	r.Delivered = mean(nodes, c.Steps, func(k int) int64 { return taken(k).Messages })
	r.BytesIn = mean(nodes, c.Steps, func(k int) int64 { return taken(k).Bytes })
	r.Words = mean(nodes, c.Steps, func(k int) int64 { return words[k] })
	if len(c.Plan.Sums) > 0 {
		r.Sums = sumsOf(&c, bodies)
	}
	return r, nil
}

func sumsOf(c *Config, bodies []simulated.Body) *Sums {
	t := &c.Plan.Sums[0]
	s := &Sums{FanIn: t.FanIn, Depth: t.Depth(), Direct: t.Direct}
	for k := range c.Plan.Shares {
		n := bodies[k].(*node)
		s.LateSteps = max(s.LateSteps, n.late)
		if windows := n.known / len(c.Plan.Sums); k == 0 || windows < s.Windows {
			s.Windows = windows
		}
	}
	return s
}

// peers configures the nodes of the plan and their recorder.
func peers(c *Config, spent *time.Duration) ([]lockstep.Config, []simulated.Body) {
	nodes, last := len(c.Plan.Shares), lockstep.Step(c.Steps)
	var configs []lockstep.Config
	var bodies []simulated.Body
	record := lockstep.Default()
	record.Self, record.Peers, record.Lag = lockstep.Peer(nodes), nodes+1, 0
	for k, s := range c.Plan.Shares {
		own := lockstep.Default()
		own.Self, own.Peers, own.Lag, own.Recorder = lockstep.Peer(k), nodes+1, lockstep.Step(max(c.Lag, 1)), record.Self
		for _, p := range s.Sources {
			own.Sources = append(own.Sources, lockstep.Peer(p))
		}
		for _, p := range s.Consumers {
			own.Consumers, own.Lags = append(own.Consumers, lockstep.Peer(p)), append(own.Lags, own.Lag)
		}
		own.Consumers, own.Lags = append(own.Consumers, record.Self), append(own.Lags, 0)
		record.Sources = append(record.Sources, own.Self)
		configs = append(configs, own)
		bodies = append(bodies, &node{c: c, self: k, draws: random.Seed(c.Seed, random.Order).Sub(uint64(k)).Stream(), last: last, spent: spent,
			statistics: exchange.NewStatistics(k, c.Plan.Sums), counts: counts(c.Counts)})
	}
	return append(configs, record), append(bodies, &recorder{last})
}
