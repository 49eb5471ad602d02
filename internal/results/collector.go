package results

import (
	"fmt"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/state"
)

// Collector finds out, while a network runs, what its model asks for under
// results. It is an engine.Observer.
type Collector struct {
	findings []finding
}

// finding is one of the model's results in the making.
type finding interface {
	engine.Observer
	engine.Keeper
	// finish is the finding after the run, as summary.json holds it.
	finish(s engine.Simulation) (any, error)
}

// New prepares the results of a network's model. Errors say which result asks for what is not there.
func New(n *kernel.Network) (*Collector, error) {
	c := &Collector{}
	for i := range n.Model.Results {
		r := &n.Model.Results[i]
		var f finding
		var err error
		switch r.Type {
		case "detection":
			f, err = newDetection(n, r)
		case "pairwise_kappa":
			f, err = newPairwiseKappa(n, r)
		case "classification":
			f, err = newClassification(n, r)
		case "receptive_fields":
			f, err = newFields(n, r)
		default:
			err = fmt.Errorf("type: no kind of result %q", r.Type)
		}
		if err != nil {
			return nil, fmt.Errorf("results.%s.%w", r.Name, err)
		}
		c.findings = append(c.findings, f)
	}
	return c, nil
}

// Observe shows a moment to every finding.
func (c *Collector) Observe(m *engine.Moment) error {
	for _, f := range c.findings {
		if err := f.Observe(m); err != nil {
			return err
		}
	}
	return nil
}

// Save writes what every finding has seen, in the order of the model.
func (c *Collector) Save(w *state.Writer) error {
	for _, f := range c.findings {
		if err := f.Save(w); err != nil {
			return err
		}
	}
	return nil
}

// Load reads what Save wrote for the same results.
func (c *Collector) Load(r *state.Reader) error {
	for _, f := range c.findings {
		if err := f.Load(r); err != nil {
			return err
		}
	}
	return nil
}

// sightless is a finding that looks at the end only: it has no state.
type sightless struct{}

func (sightless) Observe(*engine.Moment) error { return nil }
func (sightless) Save(*state.Writer) error     { return nil }
func (sightless) Load(*state.Reader) error     { return nil }

// Finish is every finding by name, in the order of the model.
func (c *Collector) Finish(s engine.Simulation) (names []string, byName map[string]any, err error) {
	byName = map[string]any{}
	for i, f := range c.findings {
		name := s.Compiled().Model.Results[i].Name
		if byName[name], err = f.finish(s); err != nil {
			return nil, nil, fmt.Errorf("results.%s: %w", name, err)
		}
		names = append(names, name)
	}
	return names, byName, nil
}

// projection finds a projection by name.
func projection(n *kernel.Network, name string) (*kernel.Projection, error) {
	for _, p := range n.Projections {
		if p.Name == name {
			return p, nil
		}
	}
	return nil, fmt.Errorf("projection: no projection %q", name)
}

// population finds a population or input by name.
func population(n *kernel.Network, name string) *kernel.Population {
	for _, p := range n.Populations {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// inputOf is the model's input of a name.
func inputOf(m *model.Model, name string) *model.Input {
	for i := range m.Inputs {
		if m.Inputs[i].Name == name {
			return &m.Inputs[i]
		}
	}
	return nil
}
