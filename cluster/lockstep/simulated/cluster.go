// Package simulated runs the peers of a lockstep in one goroutine: what happens
// when, and what is lost, follows from a seed, so that a run that fails is repeated
// exactly.
package simulated

import (
	"fmt"

	"github.com/volley-snn/volley/cluster/lockstep"
)

// Body is what a peer computes. payloads are its sources', as in lockstep.Compute.
type Body interface {
	Compute(step lockstep.Step, payloads []any) (payload any, held, last bool)
}

// Faults says what goes wrong, and how often: shares of messages, or of steps.
type Faults struct {
	Drop, Duplicate float64
	Delay           float64 // by up to LongNs, so that messages overtake each other
	Slow            float64 // steps that take up to LongNs
	Pause           float64 // events after which a peer hears and does nothing for up to LongNs
	LongNs          int64

	// Tamper, where not nil, may change a message on its way or lose it (false).
	Tamper func(to lockstep.Peer, e *lockstep.Event) bool
}

// Cluster is the peers and what is under way between them. Time is simulated.
type Cluster struct {
	Machines []*lockstep.Machine

	bodies   []Body
	consumer [][]lockstep.Peer
	faults   Faults
	chance   chance
	now      int64
	queue    queue
	asleep   []int64 // until when a peer hears nothing
	computed []lockstep.Step
	ended    []bool
	over     int
	events   int
}

const (
	tickNs    = 10e6
	latencyNs = 50e3
)

// New makes a cluster of the configured peers, one body each.
func New(seed uint64, configs []lockstep.Config, bodies []Body, faults Faults) (*Cluster, error) {
	c := &Cluster{bodies: bodies, faults: faults, chance: chance(seed), asleep: make([]int64, len(configs)), computed: make([]lockstep.Step, len(configs)), ended: make([]bool, len(configs))}
	for i := range configs {
		m, err := lockstep.New(configs[i])
		if err != nil {
			return nil, err
		}
		c.Machines = append(c.Machines, m)
		c.consumer = append(c.consumer, configs[i].Consumers)
		c.computed[i] = configs[i].First - 1
		c.post(0, lockstep.Peer(i), lockstep.Event{Kind: lockstep.Started})
		c.post(tickNs+c.upTo(tickNs), lockstep.Peer(i), lockstep.Event{Kind: lockstep.Ticked})
	}
	return c, nil
}

// Computed is the last step that a peer has computed.
func (c *Cluster) Computed(p lockstep.Peer) lockstep.Step { return c.computed[p] }

// Run lets things happen until every peer has computed its last step. The error is
// a broken invariant, or a hang: more events than limit.
func (c *Cluster) Run(limit int) error {
	for c.over < len(c.Machines) {
		if c.events++; c.events > limit {
			return fmt.Errorf("hang: %d of %d peers have ended after %d events; steps computed: %v", c.over, len(c.Machines), limit, c.computed)
		}
		if p := c.queue.first(); p.at < c.asleep[p.to] {
			c.queue.putOff(c.asleep[p.to])
			continue
		}
		p := c.queue.take()
		c.now = p.at
		if err := c.deliver(&p); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) deliver(p *posted) error {
	e := p.event
	e.Now = c.now
	if e.Kind == lockstep.Ticked {
		c.post(tickNs, p.to, e)
	}
	for _, f := range c.Machines[p.to].Handle(e) {
		if err := c.effect(p.to, &f); err != nil {
			return err
		}
	}
	if c.faults.Pause > 0 && c.chance.is(c.faults.Pause) {
		c.asleep[p.to] = c.now + c.upTo(c.faults.LongNs)
	}
	return nil
}

func (c *Cluster) effect(from lockstep.Peer, f *lockstep.Effect) error {
	epoch := c.Machines[from].Epoch()
	switch f.Kind {
	case lockstep.Compute:
		return c.compute(from, f)
	case lockstep.Send:
		for _, to := range c.consumer[from] {
			c.send(to, lockstep.Event{Kind: lockstep.Received, Peer: from, Epoch: epoch, Step: f.Step, Payload: f.Payload})
		}
	case lockstep.Resend:
		c.send(f.Peer, lockstep.Event{Kind: lockstep.Received, Peer: from, Epoch: epoch, Step: f.Step, Payload: f.Payload})
	case lockstep.Ask:
		c.send(f.Peer, lockstep.Event{Kind: lockstep.Asked, Peer: from, Epoch: epoch, Step: f.Step})
	case lockstep.Acknowledge:
		c.send(f.Peer, lockstep.Event{Kind: lockstep.Acknowledged, Peer: from, Epoch: epoch, Step: f.Step})
	case lockstep.Probe:
		c.send(f.Peer, lockstep.Event{Kind: lockstep.Probed, Peer: from, Epoch: epoch})
	case lockstep.Broken:
		return f.Err
	}
	return nil
}

// compute lets the body compute; that it is done is heard of some time later.
func (c *Cluster) compute(p lockstep.Peer, f *lockstep.Effect) error {
	if want := c.computed[p] + 1; f.Step != want || c.ended[p] {
		return fmt.Errorf("peer %d is to compute step %d, and %d is next (ended: %v)", p, f.Step, want, c.ended[p])
	}
	payload, held, last := c.bodies[p].Compute(f.Step, f.Payloads)
	c.computed[p] = f.Step
	if last {
		c.ended[p] = true
		c.over++
	}
	took := 20e3 + c.upTo(100e3)
	if c.chance.is(c.faults.Slow) {
		took += c.upTo(c.faults.LongNs)
	}
	c.post(took, p, lockstep.Event{Kind: lockstep.Computed, Step: f.Step, Payload: payload, Held: held, Last: last})
	return nil
}

// send puts a message on its way, or does what the faults say.
func (c *Cluster) send(to lockstep.Peer, e lockstep.Event) {
	if c.faults.Tamper != nil && !c.faults.Tamper(to, &e) || c.chance.is(c.faults.Drop) {
		return
	}
	copies := 1
	if c.chance.is(c.faults.Duplicate) {
		copies = 2
	}
	for range copies {
		after := latencyNs + c.upTo(latencyNs)
		if c.chance.is(c.faults.Delay) {
			after += c.upTo(c.faults.LongNs)
		}
		c.post(after, to, e)
	}
}

func (c *Cluster) post(after int64, to lockstep.Peer, e lockstep.Event) {
	c.queue.push(posted{at: c.now + after, to: to, event: e})
}

// upTo draws from 0 to ns.
func (c *Cluster) upTo(ns int64) int64 { return int64(c.chance.next() % uint64(ns+1)) }
