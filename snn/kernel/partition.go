package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/delivery"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/state"
)

// Partition holds the neurons of a contiguous range of GIDs with all their
// incoming synapses. It is not safe for concurrent use; partitions share nothing
// but the read-only Network.
type Partition struct {
	Range snn.Range

	n       *Network
	slices  []*slice
	statics []*static
	pushers []plastic
	blocks  []block // every projection's, for sizes and weights
	meters  []*meter
	scalers []*normalizer
	log     *spikeLog
	now     snn.Tick // state is that after this tick

	// arrivals is what static synapses bring in the tick under way: by receptor
	// number, then neuron, MaxTargets more than there are.
	arrivals [][]int32

	trial *Trial

	out    [2]Batch // the batch of a step stays until the step after the next
	odd    int
	shares []Share

	samples []Samples // of the step under way

	before map[*Projection]int64 // synapses crossed before the partition was restored
}

// plastic is a projection whose weights change: spikes are pushed through it
// when they are received.
type plastic interface {
	keeper
	receive(t snn.Tick, log *spikeLog)
	size() blockSize
	// weights yields each target of the slice with its sources and weights.
	weights(yield func(target int, sources []uint32, weights []float64))
	// target is the slice it projects to.
	target() *slice
}

// windowLearner is a plastic projection that learns window by window.
type windowLearner interface {
	plastic
	fired(t snn.Tick, neurons []uint32)
	aggregate(a *Aggregate)
	// ends reports whether a window, or the gap before one, is over at now, and
	// whether it is a window that counts.
	ends(now snn.Tick) (whole, over bool)
	close() Share
	open(now snn.Tick, trial *Trial)
	setRate(rate float64)
	// forget drops the spikes that were in flight to targets whose state is set back.
	forget()

	// saveWindow, loadShare, setShare and loadGate are of the statistics of windows,
	// see windowed; gated reports whether there is anything for loadGate.
	saveWindow(s *saver)
	loadShare(r *state.Reader) *Aggregate
	setShare(counts []int64)
	gated() bool
	loadGate(r *state.Reader, n, at int)
}

// Input is what arrives at a partition for one step.
type Input struct {
	To snn.Tick // the step is (now, To]; see Network.Boundary

	// Spikes are the batches of the step before, of every partition, in
	// partition order; empty in the first step.
	Spikes []*Batch

	// Aggregates are the windows whose shares were emitted in the step before;
	// those that no plastic projection learns from may be left out.
	Aggregates []Aggregate

	// Trial, where not nil, starts with this step: first the states of the
	// protocol's reset populations are set back.
	Trial *Trial

	// Injected is the spikes that injected populations emit in this step, all of
	// them or those of this partition; nil where there are none.
	Injected *Batch
}

// Output is what a partition emits in one step.
type Output struct {
	Spikes *Batch  // owned by the partition; valid until the step after the next
	Shares []Share // of windows that ended with the step before, or, where nothing learns from them, in this one; valid until the next step

	Samples []Samples // of recorded variables, by tick, then signal; valid until the next step
}

// Build makes the partition of a range of GIDs. Cost: time and memory follow the
// synapses onto the range, and nothing else of the network is made.
func Build(n *Network, r snn.Range) (*Partition, error) {
	return BuildIn(Environment{}, n, r)
}

// Environment is what building may use of the system.
type Environment struct {
	Memory   delivery.Alloc     // for synapses; delivery.Heap where nil
	Progress func(synapses int) // called now and then with how many more static ones there are; may be nil
}

// told tells Progress, after many synapses of which it does not count any, that
// building goes on; it returns how many have been made since.
func (env Environment) told(since int) int {
	const every = 1 << 18
	if since < every || env.Progress == nil {
		return since
	}
	env.Progress(0)
	return 0
}

// BuildIn is Build in an environment; none changes a result.
func BuildIn(env Environment, n *Network, r snn.Range) (*Partition, error) {
	p := &Partition{Range: r, n: n, log: newSpikeLog(int(n.lookBack()), n.Populations), before: map[*Projection]int64{}}
	for _, pop := range n.Populations {
		own := pop.Range.Intersect(r)
		if own.Len() == 0 {
			continue
		}
		lo := int(own.First - pop.Range.First)
		s := newSlice(n, pop, lo, lo+own.Len())
		p.slices = append(p.slices, s)
		for r := range s.ring {
			if len(p.arrivals) == r {
				p.arrivals = append(p.arrivals, make([]int32, p.Range.Len()+delivery.MaxTargets))
			}
			s.receives(r, p.arrivals[r][own.First-p.Range.First:])
		}
		for _, proj := range n.Projections {
			if proj.Target == pop && proj.Plastic() {
				if err := p.build(env, proj, s); err != nil {
					return nil, err
				}
			}
		}
	}
	if err := p.buildStatics(env); err != nil {
		return nil, err
	}
	for k := range n.measures {
		if m := newMeter(n, k, p.sliceOf); m != nil {
			p.meters = append(p.meters, m)
		}
	}
	return p, nil
}

// sliceOf is the slice of a population that the partition holds, or nil.
func (p *Partition) sliceOf(pop *Population) *slice {
	for _, s := range p.slices {
		if s.population == pop {
			return s
		}
	}
	return nil
}

// ringTicks is how far ahead of now a spike may be pushed onto a population's receptor.
func (n *Network) ringTicks(pop *Population, receptor int) int {
	ahead := snn.Tick(1)
	for _, p := range n.Projections {
		if p.Target != pop || !p.Plastic() {
			continue
		}
		if r, err := p.plasticReceptor(); err == nil && r == receptor { // else building it fails
			ahead = max(ahead, p.maxDelay+1)
		}
	}
	return int(ahead)
}

func (p *Partition) build(env Environment, proj *Projection, s *slice) error {
	var b plastic
	var err error
	if proj.synapse != nil {
		b, err = buildSpikeDriven(env, proj, s, p.n.DtMs)
	} else {
		b, err = buildSSDP(env, p.n, proj, s)
	}
	if err != nil {
		return err
	}
	p.pushers = append(p.pushers, b)
	if w, ok := b.(scalable); ok && proj.Model.Normalize != nil {
		p.scalers = append(p.scalers, newNormalizer(proj, w, p.n.DtMs))
	}
	p.blocks = append(p.blocks, block{proj, b})
	return nil
}

// Now is the tick that the partition's state belongs to.
func (p *Partition) Now() snn.Tick { return p.now }

// Step advances the partition over (Now, in.To].
func (p *Partition) Step(in Input) Output {
	p.receive(in)
	p.odd ^= 1
	out := &p.out[p.odd]
	out.begin(p.now)
	p.samples = p.samples[:0]
	for t := p.now + 1; t <= in.To; t++ {
		for _, b := range p.statics {
			b.pull(t, p.log, p.arrivals)
		}
		for _, s := range p.slices {
			s.collect(t)
			s.update(t)
			for _, i := range s.fired {
				out.GIDs = append(out.GIDs, s.first+snn.GID(i))
			}
		}
		for _, b := range p.pushers {
			if w, ok := b.(windowLearner); ok {
				w.fired(t, b.target().fired)
			}
		}
		for _, m := range p.meters {
			p.shares = m.after(t, p.log, p.trial, p.shares)
		}
		if len(p.n.Signals) > 0 {
			p.sample(t)
		}
		out.endTick()
	}
	p.now = in.To
	return Output{Spikes: out, Shares: p.shares, Samples: p.samples}
}

// receive takes what arrived: spikes first, which carry the weights of when they
// were emitted; then the ends of windows; then the start of a trial.
func (p *Partition) receive(in Input) {
	if len(in.Spikes) > 0 && in.Spikes[0].Ticks() > 0 {
		first := in.Spikes[0].From + 1
		p.log.append(first-1, p.now, in.Spikes)
		for _, b := range p.pushers {
			for t := first; t <= p.now; t++ {
				b.receive(t, p.log)
				p.normalize(b, t)
			}
		}
	}
	p.shares = p.shares[:0]
	for _, b := range p.pushers {
		w, ok := b.(windowLearner)
		if !ok {
			continue
		}
		for i := range in.Aggregates {
			w.aggregate(&in.Aggregates[i])
		}
		if whole, over := w.ends(p.now); over {
			if whole {
				p.shares = append(p.shares, w.close())
			}
			w.open(p.now, p.trial)
		}
	}
	for _, n := range p.scalers {
		n.ended(p.now, p.trial)
	}
	if in.Trial != nil {
		p.begin(in.Trial)
	}
	for _, s := range p.slices {
		if s.injector != nil {
			s.inject(in.Injected)
		}
	}
}

func (p *Partition) begin(trial *Trial) {
	first := p.trial == nil
	p.trial = trial
	for _, n := range p.scalers {
		n.done = false
	}
	for _, s := range p.slices {
		if s.source != nil {
			s.source.Begin(trial.Trial)
			continue
		}
		if p.n.resets(s.population) {
			s.reset(p.now)
		}
		if s.threshold != nil {
			if !first { // else no trial has ended
				s.threshold.settle()
			}
			s.threshold.rate = trial.Rate
			if !trial.Homeostasis {
				s.threshold.rate = 0
			}
		}
	}
	for _, b := range p.pushers {
		if w, ok := b.(spikeDriven); ok {
			w.begin(p.now, trial, p.n.restarts(w.of()))
		}
		if w, ok := b.(windowLearner); ok {
			rate := trial.Rate
			if !trial.Plasticity {
				rate = 0
			}
			w.setRate(rate)
			if p.n.resets(b.target().population) {
				w.forget()
			}
			w.open(p.now, trial)
		}
	}
	for _, m := range p.meters {
		m.begin(p.n, p.now, trial)
	}
}

// resets reports whether the protocol sets a population's state back at each trial.
func (n *Network) resets(p *Population) bool {
	if n.Model.Protocol == nil {
		return false
	}
	for _, name := range n.Model.Protocol.Reset {
		if name == p.Name || name == model.All && !p.IsInput() {
			return true
		}
	}
	return false
}

// Weights yields the weights of a plastic projection onto this partition: target
// by target, each with its sources in ascending order; indices count within the
// populations. The slices are reused.
func (p *Partition) Weights(projection *Projection, yield func(target int, sources []uint32, weights []float64)) {
	for _, b := range p.blocks {
		if w, ok := b.holds.(plastic); ok && b.projection == projection {
			w.weights(yield)
		}
	}
}
