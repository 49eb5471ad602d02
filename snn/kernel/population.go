package kernel

import (
	"fmt"
	"io/fs"
	"math"
	"strings"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/input"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/random"
)

// Population is a population or input of the compiled network.
type Population struct {
	Index int
	Name  string
	Model string
	Range snn.Range

	// Receptors and their weight grids (the quantum of each, in its unit); none for an input.
	Receptors []neuron.Receptor
	Quanta    []float64

	spec     neuron.Spec
	params   neuron.Params // complete; one number, or one a neuron of the population
	state    neuron.Params
	adaptive *model.AdaptiveThreshold
	single   bool // state in float32

	source input.Recipe // an input's spikes; nil for neurons
	labels [][]byte     // of an input's items, by set; nil where a set has none
	key    random.Key   // an input's, or a stochastic neuron model's
}

// IsInput reports whether the population is made of spike sources.
func (p *Population) IsInput() bool { return p.source != nil }

// IsInjected reports whether the population's spikes come from outside of the run.
func (p *Population) IsInjected() bool {
	_, ok := p.source.(input.SpikeTrainInjector)
	return ok
}

// Injected is the populations whose spikes come from outside of the run.
func (n *Network) Injected() (all []*Population) {
	for _, p := range n.Populations {
		if p.IsInjected() {
			all = append(all, p)
		}
	}
	return all
}

// Size is the number of neurons.
func (p *Population) Size() int { return p.Range.Len() }

// Members is the planted group of a volleys input, as ascending indices in the
// population; nil for any other.
func (p *Population) Members() []int {
	if v, ok := p.source.(input.Volleys); ok {
		return v.MemberList(p.key)
	}
	return nil
}

// Items is the number of items in a set of an input that presents some, else 0.
func (p *Population) Items(set int) int {
	if items, ok := p.source.(input.Items); ok {
		return items.Items(set)
	}
	return 0
}

// Labels is the labels of the items of a set, or nil.
func (p *Population) Labels(set int) []byte { return p.labels[set] }

// ImageSize is the height and width of an input's images; 0 and 0 where it shows none.
func (p *Population) ImageSize() (rows, cols int) {
	if m, ok := p.source.(input.Images); ok && len(m.Sets) > 0 {
		return m.Sets[0].Rows, m.Sets[0].Cols
	}
	return 0, 0
}

// receptor finds the port that a weight enters by: the named one, or the one that takes its sign.
func (p *Population) receptor(name string, weight float64) (int, error) {
	r, err := neuron.FindReceptor(p.Receptors, name, weight)
	if err != nil {
		return 0, fmt.Errorf("%s (%s): receptor_type: %w", p.Name, p.Model, err)
	}
	return r, nil
}

func compilePopulation(m *model.Population, seeds model.Seeds, files fs.FS) (*Population, error) {
	spec, ok := neuron.Lookup(m.Model)
	if !ok {
		return nil, fmt.Errorf("populations.%s.model: no neuron model %q", m.Name, m.Model)
	}
	p := &Population{Name: m.Name, Model: spec.Name, spec: spec, adaptive: m.AdaptiveThreshold, single: m.Precision == "float32"}
	p.key = random.Seed(seeds.Input, random.Escape).Sub(nameKey(m.Name))
	var err error
	if p.params, err = columns(spec.Params, m.Params, m.Size, random.Seed(seeds.Network, random.Parameters).Sub(nameKey(m.Name)), files); err != nil {
		return nil, fmt.Errorf("populations.%s.params.%w", m.Name, err)
	}
	if p.state, err = columns(spec.State, m.Initial, m.Size, random.Seed(seeds.Initial, random.Initial).Sub(nameKey(m.Name)), files); err != nil {
		return nil, fmt.Errorf("populations.%s.initial.%w", m.Name, err)
	}
	// the model file's numbers have been checked, but not yet what files hold and what was drawn
	if faults := spec.Faults(p.params, m.Size); faults != nil {
		return nil, fmt.Errorf("populations.%s.params: %s", m.Name, strings.Join(faults, "; "))
	}
	if faults := spec.StateFaults(p.state); faults != nil {
		return nil, fmt.Errorf("populations.%s.initial: %s", m.Name, strings.Join(faults, "; "))
	}
	p.Receptors = spec.Receptors(p.params)
	return p, nil
}

// columns turns a model's values into numbers: one, or one a neuron.
func columns(vars []neuron.Var, given map[string]model.Value, size int, key random.Key, files fs.FS) (neuron.Params, error) {
	out := neuron.Params{}
	for k, v := range vars {
		value, ok := given[v.Name]
		if !ok {
			continue
		}
		switch {
		case value.File != "":
			column, err := readColumn(files, value.File, value.Column)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", v.Name, err)
			}
			value.List = column
			fallthrough
		case value.List != nil:
			if !v.List && len(value.List) != size {
				return nil, fmt.Errorf("%s: %d values for %d neurons", v.Name, len(value.List), size)
			}
			out[v.Name] = value.List
		case value.Dist.IsConstant():
			out[v.Name] = []float64{value.Dist.A}
		case v.List:
			return nil, fmt.Errorf("%s: a list of numbers is expected, not a distribution", v.Name)
		default:
			column, sub := make([]float64, size), key.Sub(uint64(k))
			for i := range column {
				column[i] = value.Dist.Draw(sub, uint64(i))
			}
			out[v.Name] = column
		}
	}
	return out.Complete(vars), nil
}

// nameKey hashes a name (FNV-1a), so that what is drawn for a part of the model
// does not change when another part is added before it.
func nameKey(name string) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range []byte(name) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}

// Ticks rounds a time to ticks; an infinite one is later than any run lasts.
func Ticks(ms, dtMs float64) snn.Tick { return ticks(ms, dtMs) }

func ticks(ms, dtMs float64) snn.Tick {
	if math.IsInf(ms, 1) {
		return math.MaxInt64 / 4
	}
	return snn.Tick(math.Round(ms / dtMs))
}
