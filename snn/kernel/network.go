package kernel

import (
	"errors"
	"fmt"
	"io/fs"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/protocol"
	"github.com/volley-snn/volley/snn/random"
)

// Network is a compiled model: what all partitions share. It is read-only.
type Network struct {
	Model       *model.Model
	DtMs        float64
	Seeds       model.Seeds // with Base filled in
	Populations []*Population
	Projections []*Projection

	// Interval is the smallest delay between populations, in ticks: what a
	// partition emits in one step reaches nobody before the next.
	Interval snn.Tick
	// End is the last tick; with a protocol, the longest that it may last.
	End snn.Tick

	Protocol *protocol.Protocol // nil where no items are presented
	Watched  *Population        // whose spikes a trial counts

	Signals   []Signal   // variables recorded over time
	Snapshots []Snapshot // weights recorded at times

	stimuli  []*stimulus
	measures []*Measurement // by number
	longest  snn.Tick       // longest delay
	neurons  int
	total    snn.GID
}

// Neurons is the number of neurons without input populations; Size is with them.
func (n *Network) Neurons() int { return n.neurons }

// Size is the number of GIDs.
func (n *Network) Size() int { return int(n.total) }

// Compile resolves a valid model: GIDs, ticks, keys, grids. Data files are read
// from files. The error is a model.Faults of all that is wrong: what files say and
// what populations cannot give.
func Compile(m *model.Model, files fs.FS) (*Network, error) {
	n := &Network{Model: m, DtMs: m.Dt, Seeds: seeds(m.Seeds)}
	c := compiler{n: n, files: files, byName: map[string]*Population{}}
	c.populations()
	if c.faults == nil {
		c.projections()
		c.compileStimuli()
	}
	if c.faults == nil {
		c.protocol()
		c.signals()
		c.snapshots()
		c.grids()
		c.layouts()
	}
	if c.faults != nil {
		return nil, m.Faults(c.faults...)
	}
	n.Interval, n.longest = longestDelay, 1
	for _, p := range n.Projections {
		n.Interval, n.longest = min(n.Interval, p.minDelay), max(n.longest, p.maxDelay)
	}
	n.End = ticks(m.Duration, m.Dt)
	if n.Protocol != nil {
		n.End = n.Protocol.LongestTicks()
	}
	c.measurements()
	if c.faults != nil {
		return nil, m.Faults(c.faults...)
	}
	return n, nil
}

func seeds(s model.Seeds) model.Seeds {
	for _, own := range []*uint64{&s.Network, &s.Initial, &s.Input} {
		if *own == 0 {
			*own = s.Base
		}
	}
	return s
}

// compiler gathers faults, so that a model's are reported together.
type compiler struct {
	n      *Network
	files  fs.FS
	byName map[string]*Population
	faults []error
}

// fault keeps an error, or each of those that were joined.
func (c *compiler) fault(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		c.faults = append(c.faults, joined.Unwrap()...)
		return
	}
	c.faults = append(c.faults, err)
}

// ruleKey is the key of a projection that a connection rule's faults are about.
var ruleKey = map[string]string{
	"one_to_one": "rule", "all_to_all": "rule", "fixed_indegree": "indegree", "fixed_outdegree": "outdegree",
	"fixed_total_number": "N", "pairwise_bernoulli": "p", "explicit": "file",
}

func (c *compiler) populations() {
	add := func(p *Population, size int) {
		p.Index = len(c.n.Populations)
		if uint64(c.n.total)+uint64(size) > math.MaxUint32 {
			c.fault(fmt.Errorf("%s: more than %d neurons in all", p.Name, uint32(math.MaxUint32)))
			return
		}
		p.Range = snn.Range{First: c.n.total, End: c.n.total + snn.GID(size)}
		c.n.total = p.Range.End
		c.n.Populations = append(c.n.Populations, p)
		c.byName[p.Name] = p
	}
	m := c.n.Model
	for i := range m.Populations {
		p, err := compilePopulation(&m.Populations[i], c.n.Seeds, c.files)
		if err != nil {
			c.fault(err)
			continue
		}
		add(p, m.Populations[i].Size)
		c.n.neurons += m.Populations[i].Size
	}
	for i := range m.Inputs {
		p, err := compileInput(m, &m.Inputs[i], c.n.Seeds, c.files)
		if err != nil {
			c.fault(err)
			continue
		}
		for _, f := range p.source.Check(m.Dt) {
			c.fault(fmt.Errorf("inputs.%s: %s", p.Name, f))
		}
		add(p, p.source.Size())
	}
}

func (c *compiler) projections() {
	m := c.n.Model
	for i := range m.Projections {
		p, err := c.projection(&m.Projections[i])
		if err != nil {
			c.fault(err)
			continue
		}
		p.Index = len(c.n.Projections)
		c.n.Projections = append(c.n.Projections, p)
	}
}

func (c *compiler) projection(m *model.Projection) (*Projection, error) {
	p := &Projection{Name: m.Name, Model: m, Source: c.byName[m.Source], Target: c.byName[m.Target], weight: m.Weight.Dist, delay: m.Delay.Dist}
	if p.Source == nil {
		return nil, fmt.Errorf("projections.%s.source: no population or input %q", m.Name, m.Source)
	}
	if p.Target == nil || p.Target.IsInput() {
		return nil, fmt.Errorf("projections.%s.target: no population %q", m.Name, m.Target)
	}
	key := nameKey(m.Name)
	p.key = random.Seed(c.n.Seeds.Network, random.Connectivity).Sub(key)
	p.weightKey = random.Seed(c.n.Seeds.Network, random.Weights).Sub(key)
	p.delayKey = random.Seed(c.n.Seeds.Network, random.Delays).Sub(key)
	p.roundingKey = random.Seed(c.n.Seeds.Network, random.Rounding).Sub(key)
	p.space = connect.Space{Sources: p.Source.Size(), Targets: p.Target.Size(), Same: p.Source == p.Target}
	if err := c.rule(p); err != nil {
		return nil, fmt.Errorf("projections.%s.%w", m.Name, err)
	}
	if faults := p.rule.Check(p.space); faults != nil {
		for k, f := range faults {
			faults[k] = fmt.Errorf("projections.%s.%s: %w", m.Name, ruleKey[m.Rule], f)
		}
		return nil, errors.Join(faults...)
	}
	if err := p.setDelays(c.n.DtMs); err != nil {
		return nil, err
	}
	if m.SSDP != nil && !p.sameDelay() {
		return nil, fmt.Errorf("projections.%s.delay: ssdp_synapse takes one delay for all", m.Name)
	}
	if err := p.setSynapse(); err != nil {
		return nil, fmt.Errorf("projections.%s.%w", m.Name, err)
	}
	if err := p.setGate(c.files, c.n.DtMs); err != nil {
		return nil, fmt.Errorf("projections.%s.ssdp.gate.%w", m.Name, err)
	}
	p.setWeightBound()
	if err := p.checkPlastic(); err != nil {
		return nil, fmt.Errorf("projections.%s.%w", m.Name, err)
	}
	return p, nil
}

// grids fixes the quantum of every receptor.
func (c *compiler) grids() {
	grids := map[*Population][]grid{}
	for _, p := range c.n.Populations {
		g := make([]grid, len(p.Receptors))
		for r, port := range p.Receptors {
			for _, m := range c.n.Model.Populations {
				if m.Name == p.Name {
					g[r].fixed = m.WeightQuantum[port.Name]
				}
			}
		}
		grids[p] = g
	}
	for _, p := range c.n.Projections {
		perTick := float64(p.rule.InDegreeBound(p.space)) * float64(max(p.Source.spec.MostSpikes, 1))
		ports, err := p.ports()
		if err != nil {
			c.fault(fmt.Errorf("projections.%s: %w", p.Name, err))
			continue
		}
		for _, r := range ports {
			grids[p.Target][r].add(p.weightBound, perTick)
		}
	}
	for _, s := range c.n.stimuli {
		if s.poisson != nil {
			grids[s.target][s.receptor].add(s.weight, float64(s.poisson.Bound(c.n.DtMs)))
		}
	}
	for _, p := range c.n.Populations {
		for r := range p.Receptors {
			q, err := grids[p][r].quantum("populations." + p.Name + ".weight_quantum." + p.Receptors[r].Name)
			if err != nil {
				c.fault(err)
			}
			p.Quanta = append(p.Quanta, q)
		}
	}
}

// ports is the receptors that the projection's weights may enter by.
func (p *Projection) ports() ([]int, error) {
	if p.Plastic() {
		r, err := p.plasticReceptor()
		return []int{r}, err
	}
	low, high := p.weightRange()
	if named := p.Model.Receptor != "" && p.Model.Receptor != "0"; named || low == high {
		r, err := p.Target.receptor(p.Model.Receptor, high)
		return []int{r}, err
	}
	var ports []int
	for _, w := range []float64{low, high} {
		r, err := p.Target.receptor("", w)
		if err != nil {
			return nil, err
		}
		if len(ports) == 0 || ports[0] != r {
			ports = append(ports, r)
		}
	}
	return ports, nil
}

// entered is the ports that static synapses are made for: where no weight is above 0,
// that of the weights below, whatever port a 0 would enter by.
func (p *Projection) entered() ([]int, error) {
	ports, err := p.ports()
	if _, high := p.weightRange(); high == 0 && len(ports) > 1 {
		ports = ports[:1]
	}
	return ports, err
}

func (p *Projection) weightRange() (low, high float64) {
	if p.list != nil && p.list.weights != nil {
		low, high = math.Inf(1), math.Inf(-1)
		for _, w := range p.list.weights {
			low, high = min(low, w), max(high, w)
		}
		return low, high
	}
	return p.weight.Range()
}
