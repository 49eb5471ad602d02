package twin

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/input"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/protocol"
)

// Spike is one spike of a run.
type Spike struct {
	Tick snn.Tick
	GID  snn.GID
}

// Run simulates the network to its end, and returns every spike by tick, then GID.
// A parrot's spike stands as often as it was repeated.
func (n *Network) Run() []Spike {
	if n.m.Protocol == nil {
		for end := n.ticks(n.m.Duration); n.now < end; {
			n.tick()
		}
		return n.spikes()
	}
	c := protocol.NewConductor(n.protocol())
	for trial, more := c.Next(); more; trial, more = c.Next() {
		n.beginTrial(&trial)
		for n.now < trial.End {
			n.tick()
		}
		n.endTrial()
		c.End(n.spikesOf(n.named(n.m.Protocol.Watch), trial.Start))
	}
	return n.spikes()
}

// tick advances the network by one tick: first all neurons, by what arrives now,
// then all synapses, by who spiked now.
func (n *Network) tick() {
	n.now++
	spikes := make([]int, n.size)
	n.raster = append(n.raster, spikes)
	for _, p := range n.populations {
		if p.source != nil {
			for _, i := range p.source.Spikes(n.now, nil) {
				spikes[int(p.first)+int(i)]++
			}
			continue
		}
		for i := range p.size {
			spikes[int(p.first)+i] = n.update(p, i)
		}
		if p.threshold != nil {
			p.threshold.after(n.now, spikes[p.first:][:p.size], n)
		}
	}
	for _, p := range n.projections {
		for _, s := range p.synapses {
			n.cross(p, s)
		}
		if m := p.m.Normalize; m != nil && m.Every > 0 && n.now%max(n.ticks(m.Every), 1) == 0 && n.scales() {
			p.normalize()
		}
		if p.windows != nil {
			p.windows.after(n.now, n.trial)
		}
	}
}

// update advances neuron i of a population and returns how often it spiked.
func (n *Network) update(p *population, i int) int {
	in := neuron.Input{Tick: n.now, Quantum: p.quanta}
	for r := range p.receptors {
		a := arrival{p.first + snn.GID(i), r, n.now}
		in.Sums = append(in.Sums, []int32{int32(n.flying[a])})
		delete(n.flying, a)
	}
	for _, s := range n.stimuli {
		switch {
		case s.target != p:
		case s.drives != nil:
			quanta := int32(s.weight/p.quanta[s.receptor] + 0.5)
			s.drives[i].Add(n.now, in.Sums[s.receptor], quanta)
		default:
			if in.Current == nil {
				in.Current = []float64{0}
			}
			s.currents[i].AddCurrent(n.now, in.Current)
		}
	}
	if p.threshold != nil {
		in.Threshold = p.threshold.theta[i : i+1]
	}
	return len(p.neurons[i].Update(&in, nil))
}

// cross lets a synapse learn from the spikes of its target that arrive now, and
// then carry those of its source, each of which it may learn from too.
func (n *Network) cross(p *projection, s *Synapse) {
	if s.stdp != nil {
		if emitted := n.now - s.delay; emitted > max(p.since, 0) {
			for range n.raster[emitted][int(p.target.first)+s.Target] {
				s.stdp.Arrive(&s.Weight, n.now, n.rate())
			}
		}
	}
	for range n.raster[n.now][int(p.source.first)+s.Source] {
		quanta := s.carries
		switch {
		case p.release != nil:
			factor := p.release.Next(&s.release, int64(n.now-s.last))
			s.last = n.now
			quanta = p.quanta(s, float64(factor*s.Weight))
		case s.stdp != nil:
			s.stdp.Spike(&s.Weight, n.now, n.rate())
			quanta = p.quanta(s, s.Weight)
		case p.windows != nil:
			quanta = p.quanta(s, s.Weight)
		}
		n.flying[arrival{p.target.first + snn.GID(s.Target), s.receptor, n.now + s.delay}] += quanta
	}
}

// normalize scales the weights onto each target so that they sum to what the model
// asks for; bounds hold afterwards.
func (p *projection) normalize() {
	sums := make([]float64, p.target.size)
	for _, s := range p.synapses {
		sums[s.Target] += s.Weight
	}
	for _, s := range p.synapses {
		if sum := sums[s.Target]; float64(sum*p.m.Normalize.Sum) > 0 {
			s.Weight = min(max(float64(s.Weight*(p.m.Normalize.Sum/sum)), p.low), p.high)
		}
	}
}

// rate is the factor on what synapses learn.
func (n *Network) rate() float64 {
	switch {
	case n.trial == nil:
		return 1
	case n.trial.Plasticity:
		return n.trial.Rate
	}
	return 0
}

// homeostasis is the factor on what thresholds learn.
func (n *Network) homeostasis() float64 {
	switch {
	case n.trial == nil:
		return 1
	case n.trial.Homeostasis:
		return n.trial.Rate
	}
	return 0
}

// scales reports whether weights are normalised.
func (n *Network) scales() bool {
	return n.trial == nil || n.trial.Plasticity && n.trial.Homeostasis
}

// beginTrial shows the inputs their item, and sets populations back that the
// protocol resets: what is on its way to them is lost, and synapses from or onto
// them begin anew.
func (n *Network) beginTrial(trial *protocol.Trial) {
	n.trial = trial
	for _, p := range n.populations {
		if p.source != nil {
			p.source.Begin(trial.Trial)
		}
		if !p.resets {
			continue
		}
		for i, neuron := range p.neurons {
			neuron.Reset()
			for a := range n.flying {
				if a.gid == p.first+snn.GID(i) {
					delete(n.flying, a)
				}
			}
		}
	}
	for _, p := range n.projections {
		if p.windows != nil && p.target.resets {
			p.windows.arrivals = nil
		}
		if !p.source.resets && !p.target.resets {
			continue
		}
		p.since = n.now
		for _, s := range p.synapses {
			if s.stdp != nil {
				s.stdp.Restart()
			}
			if p.release != nil {
				s.release, s.last = p.release.Start(), n.now
			}
		}
	}
}

// endTrial settles what is settled once a trial.
func (n *Network) endTrial() {
	for _, p := range n.projections {
		if p.m.Normalize != nil && p.m.Normalize.Every == 0 && n.scales() {
			p.normalize()
		}
	}
	for _, p := range n.populations {
		if p.threshold != nil {
			p.threshold.settle(n.homeostasis())
		}
	}
}

func (n *Network) protocol() *protocol.Protocol {
	var sets []protocol.Set
	for i := range n.m.Inputs {
		if m := &n.m.Inputs[i]; m.Name == n.m.Protocol.Input {
			for k, s := range m.Sets {
				sets = append(sets, protocol.Set{Name: s.Name, Items: n.named(m.Name).recipe.(input.Items).Items(k)})
			}
		}
	}
	p, faults := protocol.New(n.m.Protocol, n.m.Dt, n.seeds.Input, sets)
	for _, err := range faults {
		check(err)
	}
	return p
}

// spikesOf counts the spikes of a population after tick from.
func (n *Network) spikesOf(p *population, from snn.Tick) (count int64) {
	for _, spikes := range n.raster[from+1:] {
		for _, k := range spikes[p.first:][:p.size] {
			count += int64(k)
		}
	}
	return count
}

func (n *Network) spikes() (all []Spike) {
	for t, spikes := range n.raster {
		for gid, k := range spikes {
			for range k {
				all = append(all, Spike{snn.Tick(t), snn.GID(gid)})
			}
		}
	}
	return all
}

// Synapses is the synapses of a projection, by target, then source.
func (n *Network) Synapses(projection string) []*Synapse {
	for _, p := range n.projections {
		if p.m.Name == projection {
			return p.synapses
		}
	}
	return nil
}
