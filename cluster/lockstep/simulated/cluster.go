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

// Restorer is a body that can be set back.
type Restorer interface {
	// Restore sets the body back to where step first is computed next. Steps below
	// first+Lag are computed without payloads: what was under way is its own to keep.
	Restore(first lockstep.Step)
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

// RollBack begins an epoch at a step that no peer is short of by more than its next:
// each hears of it some time later, and goes on in the old one until then. The bodies
// must be Restorers.
func (c *Cluster) RollBack(epoch uint64, first lockstep.Step) {
	for p := range c.Machines {
		c.post(c.upTo(c.faults.LongNs), lockstep.Peer(p), lockstep.Event{Kind: rollBack, Epoch: epoch, Step: first})
	}
}

// rollBack is an event of ours: a peer begins an epoch.
const rollBack lockstep.EventKind = 255

func (c *Cluster) rollBack(p lockstep.Peer, epoch uint64, first lockstep.Step) error {
	if err := c.Machines[p].Reset(epoch, first); err != nil {
		return err
	}
	if c.ended[p] {
		c.ended[p] = false
		c.over--
	}
	c.computed[p] = first - 1
	c.bodies[p].(Restorer).Restore(first)
	return nil
}

// Computed is the last step that a peer has computed.
func (c *Cluster) Computed(p lockstep.Peer) lockstep.Step { return c.computed[p] }

// Run lets things happen until every peer has computed its last step and knows that
// it was taken. The error is a broken invariant, or a hang: more events than limit.
func (c *Cluster) Run(limit int) error {
	for c.over < len(c.Machines) || !c.finished() {
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

func (c *Cluster) finished() bool {
	for _, m := range c.Machines {
		if !m.Finished() {
			return false
		}
	}
	return true
}

func (c *Cluster) deliver(p *posted) error {
	e := p.event
	e.Now = c.now
	switch {
	case e.Kind == lockstep.Ticked:
		c.post(tickNs, p.to, e)
	case e.Kind == lockstep.Computed && e.Epoch != c.Machines[p.to].Epoch():
		return nil // it was set back meanwhile
	case e.Kind == rollBack:
		if err := c.rollBack(p.to, e.Epoch, e.Step); err != nil {
			return err
		}
		e = lockstep.Event{Kind: lockstep.Started, Now: c.now}
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
	c.post(took, p, lockstep.Event{Kind: lockstep.Computed, Epoch: c.Machines[p].Epoch(), Step: f.Step, Payload: payload, Held: held, Last: last})
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
