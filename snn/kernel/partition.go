package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/input"
)

// Partition holds the neurons of a contiguous range of GIDs with all their
// incoming synapses. It is not safe for concurrent use; partitions share nothing
// but the read-only Network.
type Partition struct {
	Range snn.Range

	n       *Network
	slices  []*slice
	pullers []puller
	blocks  []block // every projection's, for sizes
	log     *spikeLog
	now     snn.Tick // state is that after this tick

	out [2]Batch // the batch of a step stays until the step after the next
	odd int
}

// block is a projection's synapses in this partition.
type block struct {
	projection *Projection
	puller     puller
}

// Input is what arrives at a partition for one step.
type Input struct {
	To snn.Tick // the step is (now, To]

	// Spikes are the batches of the step before, of every partition, in
	// partition order; empty in the first step.
	Spikes []*Batch

	// Trial, where not nil, starts with this step; Reset says that the states of
	// the protocol's populations are set back first.
	Trial *input.Trial
	Reset bool
}

// Output is what a partition emits in one step.
type Output struct {
	Spikes *Batch // owned by the partition; valid until the step after the next
}

// Build makes the partition of a range of GIDs. Cost: time and memory follow the
// synapses onto the range, and nothing else of the network is made.
func Build(n *Network, r snn.Range) (*Partition, error) {
	p := &Partition{Range: r, n: n, log: newSpikeLog(int(n.longest+n.Interval), n.Populations)}
	for _, pop := range n.Populations {
		own := pop.Range.Intersect(r)
		if own.Len() == 0 {
			continue
		}
		lo := int(own.First - pop.Range.First)
		s := newSlice(n, pop, lo, lo+own.Len(), 1)
		p.slices = append(p.slices, s)
		for _, proj := range n.Projections {
			if proj.Target != pop {
				continue
			}
			pullers, err := buildStatic(proj, s, n.DtMs)
			if err != nil {
				return nil, err
			}
			for _, b := range pullers {
				p.pullers = append(p.pullers, b)
				p.blocks = append(p.blocks, block{proj, b})
			}
		}
	}
	return p, nil
}

// Now is the tick that the partition's state belongs to.
func (p *Partition) Now() snn.Tick { return p.now }

// Step advances the partition over (Now, in.To], which must be at most the
// network's interval long.
func (p *Partition) Step(in Input) Output {
	if len(in.Spikes) > 0 && in.Spikes[0].Ticks() > 0 {
		b := in.Spikes[0]
		p.log.append(b.From, b.From+snn.Tick(b.Ticks()), in.Spikes)
	}
	if in.Trial != nil {
		p.begin(in.Trial, in.Reset)
	}
	p.odd ^= 1
	out := &p.out[p.odd]
	out.begin(p.now)
	for t := p.now + 1; t <= in.To; t++ {
		for _, b := range p.pullers {
			b.pull(t, p.log)
		}
		for _, s := range p.slices {
			s.update(t)
			for _, i := range s.fired {
				out.GIDs = append(out.GIDs, s.first+snn.GID(i))
			}
		}
		out.endTick()
	}
	p.now = in.To
	return Output{Spikes: out}
}

func (p *Partition) begin(trial *input.Trial, reset bool) {
	for _, s := range p.slices {
		if s.source != nil {
			s.source.Begin(*trial)
		} else if reset && p.n.resets(s.population) {
			s.reset(p.now)
		}
	}
}

// resets reports whether the protocol sets a population's state back at each trial.
func (n *Network) resets(p *Population) bool {
	if n.Model.Protocol == nil {
		return false
	}
	for _, name := range n.Model.Protocol.Reset {
		if name == p.Name {
			return true
		}
	}
	return false
}
