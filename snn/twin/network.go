package twin

import (
	"hash/fnv"
	"io/fs"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/input"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/protocol"
	"github.com/volley-snn/volley/snn/random"
)

// Network is a network and the state of its simulation.
type Network struct {
	m     *model.Model
	files fs.FS
	seeds model.Seeds

	populations []*population // of neurons, then inputs
	stimuli     []*stimulus
	projections []*projection
	size        int

	now    snn.Tick
	raster [][]int           // raster[t][gid]: spikes of tick t
	flying map[arrival]int64 // what is on its way, in quanta
	trial  *protocol.Trial   // under way; nil without a protocol
}

// arrival is where and when a spike arrives.
type arrival struct {
	gid      snn.GID
	receptor int
	tick     snn.Tick
}

// population is neurons of one model, or the sources of an input.
type population struct {
	name       string
	first      snn.GID
	size       int
	mostSpikes int  // of a neuron in a tick; 0 stands for 1
	resets     bool // its state is set back when a trial starts

	// of neurons
	receptors []neuron.Receptor
	quanta    []float64 // size of a quantum by receptor, in its unit
	neurons   []neuron.Group
	threshold *threshold // nil where it does not adapt

	// of an input
	recipe input.Recipe
	source input.Source
}

// stimulus is a generator onto a population, made for each of its neurons.
type stimulus struct {
	target    *population
	generator input.PoissonGenerator // the Poisson generator, if it is one
	receptor  int
	weight    float64
	drives    []*input.Drive  // one a neuron
	currents  []input.Current // one a neuron
}

// New makes the network of a model that [kernel.Compile] accepts: for others it
// panics. Files that the model names are read from files.
//
// [kernel.Compile]: https://pkg.go.dev/github.com/volley-snn/volley/snn/kernel#Compile
func New(m *model.Model, files fs.FS) *Network {
	n := &Network{m: m, files: files, seeds: m.Seeds, flying: map[arrival]int64{}, raster: make([][]int, 1)}
	for _, seed := range []*uint64{&n.seeds.Network, &n.seeds.Initial, &n.seeds.Input} {
		if *seed == 0 {
			*seed = m.Seeds.Base
		}
	}
	for i := range m.Populations {
		n.addPopulation(&m.Populations[i])
	}
	for i := range m.Inputs {
		n.addInput(&m.Inputs[i])
	}
	for i := range m.Stimuli {
		n.addStimulus(&m.Stimuli[i])
	}
	for i := range m.Projections {
		n.addProjection(&m.Projections[i])
	}
	n.setQuanta()
	return n
}

// key is what is drawn for an end and a named part of the model.
func key(seed uint64, purpose random.Purpose, name string) random.Key {
	h := fnv.New64a()
	h.Write([]byte(name))
	return random.Seed(seed, purpose).Sub(h.Sum64())
}

func (n *Network) ticks(ms float64) snn.Tick { return snn.Tick(math.Round(ms / n.m.Dt)) }

// place gives a population its GIDs.
func (n *Network) place(p *population) {
	p.first = snn.GID(n.size)
	n.size += p.size
	n.populations = append(n.populations, p)
}

func (n *Network) named(name string) *population {
	for _, p := range n.populations {
		if p.name == name {
			return p
		}
	}
	panic("twin: no population " + name)
}

func (n *Network) addPopulation(m *model.Population) {
	spec, _ := neuron.Lookup(m.Model)
	params := n.numbers(spec.Params, m.Params, m.Size, key(n.seeds.Network, random.Parameters, m.Name))
	state := n.numbers(spec.State, m.Initial, m.Size, key(n.seeds.Initial, random.Initial, m.Name))
	p := &population{name: m.Name, size: m.Size, mostSpikes: spec.MostSpikes, receptors: spec.Receptors(params)}
	n.place(p)
	for i := range m.Size {
		p.neurons = append(p.neurons, spec.New(neuron.Config{
			N: 1, First: p.first + snn.GID(i), DtMs: n.m.Dt, Key: key(n.seeds.Input, random.Escape, m.Name),
			Params: one(params, spec.Params, i), State: one(state, spec.State, i), Float32: m.Precision == "float32",
		}))
	}
	if m.AdaptiveThreshold != nil {
		p.threshold = newThreshold(m.AdaptiveThreshold, m.Size)
	}
	if n.m.Protocol != nil {
		for _, name := range n.m.Protocol.Reset {
			p.resets = p.resets || name == m.Name
		}
	}
}

// numbers are the values of a population's parameters, one for all neurons or one
// a neuron. Neuron i draws number i, under a key that counts the parameters.
func (n *Network) numbers(vars []neuron.Var, given map[string]model.Value, size int, key random.Key) neuron.Params {
	all := neuron.Params{}
	for k, v := range vars {
		value, ok := given[v.Name]
		if !ok {
			continue
		}
		if all[v.Name] = n.list(value); all[v.Name] != nil {
			continue
		}
		if value.Dist.IsConstant() {
			all[v.Name] = []float64{value.Dist.A}
			continue
		}
		for i := range size {
			all[v.Name] = append(all[v.Name], value.Dist.Draw(key.Sub(uint64(k)), uint64(i)))
		}
	}
	return all.Complete(vars)
}

// one is the parameters of neuron i.
func one(all neuron.Params, vars []neuron.Var, i int) neuron.Params {
	own := neuron.Params{}
	for _, v := range vars {
		own[v.Name] = all[v.Name]
		if !v.List && len(all[v.Name]) > 1 {
			own[v.Name] = all[v.Name][i : i+1]
		}
	}
	return own
}

// list is the numbers that a value gives one by one, or nil.
func (n *Network) list(v model.Value) []float64 {
	if v.File != "" {
		return n.table(v.File)[v.Column]
	}
	return v.List
}

func (n *Network) values(v model.Value) input.Values {
	return input.Values{Dist: v.Dist, List: n.list(v)}
}
