package model

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/synchrony"
)

// Validate checks a model that was built in Go; a loaded one has been checked.
// The error is a Faults.
func (m *Model) Validate() error {
	if f := m.check(nil); len(f) > 0 {
		return f
	}
	return nil
}

// check finds what is wrong between the parts. units holds the unit that each
// weight was written in, by path.
func (m *Model) check(units map[string]string) Faults {
	c := checker{m: m, units: units, names: map[string]string{}, neurons: map[string]neuron.Spec{}, receptors: map[string][]neuron.Receptor{}}
	c.fault("dt", m.Dt > 0 && !math.IsInf(m.Dt, 0), "must be > 0 ms, is %g ms", m.Dt)
	c.fault("duration", m.Protocol != nil || (m.Duration >= m.Dt && m.Duration/m.Dt < 1<<50), "must be at least one tick (%g ms), is %g ms", m.Dt, m.Duration)
	c.fault("discard", m.Discard >= 0 && (m.Discard < m.Duration || m.Protocol != nil), "must be at least 0 ms and below the duration, is %g ms", m.Discard)
	c.fault("populations", len(m.Populations) > 0 || len(m.Inputs) > 0, "there is no population and no input: nothing would happen")
	for i := range m.Populations {
		c.population(&m.Populations[i])
	}
	for i := range m.Inputs {
		c.name("inputs."+m.Inputs[i].Name, m.Inputs[i].Name, "input")
	}
	for i := range m.Stimuli {
		c.stimulus(&m.Stimuli[i])
	}
	for i := range m.Projections {
		c.projection(&m.Projections[i])
	}
	for i := range m.Synchrony {
		c.synchrony(&m.Synchrony[i])
	}
	return c.faults
}

type checker struct {
	m       *Model
	units   map[string]string
	names   map[string]string // "population" or "input", by name
	neurons map[string]neuron.Spec

	receptors map[string][]neuron.Receptor // by population, where its parameters say which
	faults    Faults
}

func (c *checker) fault(path string, ok bool, format string, args ...any) {
	if !ok {
		c.faults = append(c.faults, Fault{Path: path, Message: fmt.Sprintf(format, args...)})
	}
}

func (c *checker) name(path, name, kind string) {
	_, twice := c.names[name]
	c.fault(path, !twice, "the name stands for a population and an input; names must differ")
	c.names[name] = kind
}

func (c *checker) population(p *Population) {
	path := "populations." + p.Name
	c.name(path, p.Name, "population")
	spec, ok := neuron.Lookup(p.Model)
	if !ok {
		c.fault(path+".model", false, "no neuron model %q", p.Model)
		return
	}
	c.neurons[p.Name] = spec
	c.fault(path+".size", p.Size >= 1, "must be at least 1, is %d", p.Size)
	c.fault(path+".precision", p.Precision != "float32" || spec.Float32, "%s keeps its state in float64 only", spec.Name)
	c.parameters(p, spec)
	initial := neuron.Params{}
	for name, v := range p.Initial {
		if initial[name] = v.List; v.List == nil && v.File == "" {
			low, high := v.Dist.Range()
			initial[name] = []float64{low, high}
		}
	}
	for _, fault := range spec.StateFaults(initial) {
		name, _, _ := strings.Cut(fault, " ")
		c.fault(path+".initial."+name, false, "%s", fault)
	}
}

// parameters checks the numbers of a population against its neuron model: all that
// are given, and both ends of what is drawn. Those of files are not known here.
func (c *checker) parameters(p *Population, spec neuron.Spec) {
	path := "populations." + p.Name
	given, known := neuron.Params{}, true
	for _, v := range spec.Params {
		switch value, ok := p.Params[v.Name]; {
		case !ok:
		case value.File != "":
			known = known && !v.List
		case value.List != nil:
			given[v.Name] = value.List
		default:
			low, _ := value.Dist.Range()
			given[v.Name] = []float64{low}
		}
	}
	all := given.Complete(spec.Params)
	for _, v := range spec.Params {
		value := p.Params[v.Name]
		if value.List != nil || value.Dist.IsConstant() {
			continue
		}
		low := all[v.Name]
		_, high := value.Dist.Range()
		all[v.Name] = []float64{high}
		for _, fault := range spec.Faults(all, p.Size) {
			name, _, _ := strings.Cut(fault, " ")
			c.fault(path+".params."+v.Name, name != v.Name, "%s", fault)
		}
		all[v.Name] = low
	}
	for _, fault := range spec.Faults(all, p.Size) {
		at := path
		if name, _, _ := strings.Cut(fault, " "); given[name] != nil {
			at = path + ".params." + name
		}
		c.fault(at, false, "%s", fault)
	}
	if known {
		c.receptors[p.Name] = spec.Receptors(all)
	}
}

// weight checks the unit of a weight onto a population, and which receptor it
// enters by.
func (c *checker) weight(path, target, receptor string) {
	ports, ok := c.receptors[target]
	if !ok || c.units == nil {
		return
	}
	spec := c.neurons[target]
	var names []string
	for _, r := range ports {
		names = append(names, r.Name)
	}
	at := strings.TrimSuffix(path, "weight") + "receptor_type"
	if receptor == "" || receptor == "0" {
		if len(ports) > 1 && ports[0].Sign == 0 {
			c.fault(at, false, "is missing: which of the receptors %s of %s (%s)", strings.Join(names, ", "), target, spec.Name)
			return
		}
	} else if !slices.Contains(names, receptor) {
		c.fault(at, false, "%s has no receptor %q; %s", spec.Name, receptor, suggest(receptor, names))
		return
	}
	if have, given := c.units[path]; given && len(ports) > 0 {
		c.fault(path, have == ports[0].Unit, "is in %s; the receptors of %s (%s) take %s", orNone(have), target, spec.Name, orNone(ports[0].Unit))
	}
}

func orNone(unit string) string {
	if unit == "" {
		return "bare numbers"
	}
	return unit
}

func (c *checker) stimulus(s *Stimulus) {
	path := "stimuli." + s.Name
	c.fault(path+".target", c.names[s.Target] == "population", "no population %q; %s", s.Target, suggest(s.Target, c.known("population")))
	c.fault(path+".start", s.Start >= 0 && s.Stop >= s.Start, "start (%g ms) and stop (%g ms) must rise from 0 ms", s.Start, s.Stop)
	if s.Model == "poisson_generator" {
		c.weight(path+".weight", s.Target, s.Receptor)
	}
}

func (c *checker) known(kinds ...string) []string {
	var names []string
	for _, name := range sortedKeys(c.names) {
		for _, k := range kinds {
			if c.names[name] == k {
				names = append(names, name)
			}
		}
	}
	return names
}

func (c *checker) projection(p *Projection) {
	path := "projections." + p.Name
	_, ok := c.names[p.Source]
	c.fault(path+".source", ok, "no population or input %q; %s", p.Source, suggest(p.Source, c.known("population", "input")))
	c.fault(path+".target", c.names[p.Target] == "population", "no population %q; %s", p.Target, suggest(p.Target, c.known("population")))
	if p.File == "" {
		low, _ := p.Delay.Dist.Range()
		c.fault(path+".delay", low/c.m.Dt >= 0.5 || !p.Delay.Dist.IsConstant(), "must be at least one tick (%g ms), is %g ms", c.m.Dt, low)
		_, high := p.Delay.Dist.Range()
		c.fault(path+".delay", high/c.m.Dt <= 1<<15, "reaches %g ms; at most %g ms (2^15 ticks)", high, c.m.Dt*(1<<15))
	}
	c.weight(path+".weight", p.Target, p.Receptor)
	c.fault(path+".weight_bits", p.Bits == 0 || p.Bits == 16 || p.Bits == 32, "must be 16 or 32, is %d", p.Bits)
	if s := p.SSDP; s != nil {
		c.fault(path+".ssdp.window", s.Window/c.m.Dt >= 1, "must be at least one tick (%g ms), is %g ms", c.m.Dt, s.Window)
		c.fault(path+".ssdp.w_max", s.WMin < s.WMax, "must be above w_min (%g), is %g", s.WMin, s.WMax)
		c.fault(path+".ssdp.sigma", s.Sigma > 0, "must be > 0 ms, is %g ms", s.Sigma)
		c.fault(path+".ssdp.gate.bins", s.Gate.Type == "none" || s.Gate.Type == "" || s.Gate.Measure == "S" || s.Window/c.m.Dt >= float64(s.Gate.Bins)-1e-9,
			"%d bins of a tick (%g ms) or more do not fit a window of %g ms", s.Gate.Bins, c.m.Dt, s.Window)
		c.fault(path+".ssdp.gate.reward", s.Gate.Type != "dopamine" || s.Gate.Reward != "", "is missing: a dopamine gate needs a file with columns time_ms and reward")
	}
	c.synapse(p, path)
	c.fault(path+".ssdp", (p.Synapse == "ssdp_synapse") == (p.SSDP != nil), "synapse_model ssdp_synapse and a block ssdp belong together")
}

func (c *checker) synchrony(s *Synchrony) {
	path := "synchrony." + s.Name
	applies := synchrony.OfPopulation
	switch {
	case (s.Population == "") == (s.Projection == ""):
		c.fault(path, false, "expected either a population or a projection to measure")
	case s.Projection != "":
		applies = synchrony.OfProjection
		known := map[string]bool{}
		for i := range c.m.Projections {
			known[c.m.Projections[i].Name] = true
		}
		c.fault(path+".projection", known[s.Projection], "no projection %q; %s", s.Projection, suggest(s.Projection, sortedKeys(known)))
	default:
		c.fault(path+".population", c.names[s.Population] != "", "no population or input %q; %s", s.Population, suggest(s.Population, c.known("population", "input")))
		c.fault(path+".window", s.Window/c.m.Dt >= float64(s.Bins)-1e-9, "must hold %d bins of a tick (%g ms) or more, is %g ms", s.Bins, c.m.Dt, s.Window)
	}
	c.fault(path+".window", s.Window/c.m.Dt >= 0.5, "must be at least one tick (%g ms), is %g ms", c.m.Dt, s.Window)
	c.fault(path+".sigma", s.Sigma > 0, "must be > 0 ms, is %g ms", s.Sigma)
	var names []string
	for _, m := range applies {
		names = append(names, string(m))
	}
	for i, name := range s.Measures {
		c.fault(fmt.Sprintf("%s.measures[%d]", path, i), slices.Contains(names, name), "%q is not one of %s", name, strings.Join(names, ", "))
	}
}
