package model

import (
	"fmt"
	"math"
	"reflect"
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
	if !(m.Dt > 0) || math.IsInf(m.Dt, 0) {
		c.fault("dt", false, "must be > 0 ms, is %g ms", m.Dt)
		return c.faults // what else is wrong cannot be told without ticks
	}
	c.fault("duration", m.Protocol != nil || (m.Duration >= m.Dt && m.Duration/m.Dt < 1<<50), "must be at least one tick (%g ms), is %g ms", m.Dt, m.Duration)
	c.fault("discard", m.Discard >= 0 && (m.Discard < m.Duration || m.Protocol != nil || m.Duration < m.Dt), "must be at least 0 ms and below the duration, is %g ms", m.Discard)
	c.fault("populations", len(m.Populations) > 0 || len(m.Inputs) > 0, "there is no population and no input: nothing would happen")
	for i := range m.Populations {
		c.population(&m.Populations[i])
	}
	for i := range m.Inputs {
		c.name("inputs."+m.Inputs[i].Name, m.Inputs[i].Name, anInput)
	}
	for i := range m.Inputs {
		c.input(&m.Inputs[i])
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
	c.references(reflect.ValueOf(*m), "")
	return c.faults
}

// What a name stands for.
const aPopulation, anInput = "a population", "an input"

type checker struct {
	m       *Model
	units   map[string]string
	names   map[string]string // what each name stands for
	neurons map[string]neuron.Spec

	receptors map[string][]neuron.Receptor // by population, where its parameters say which
	neuronsIn int                          // all, inputs too
	faults    Faults
}

func (c *checker) fault(path string, ok bool, format string, args ...any) {
	if !ok {
		c.faults = append(c.faults, Fault{Path: path, Message: fmt.Sprintf(format, args...)})
	}
}

func (c *checker) name(path, name, kind string) {
	if first, twice := c.names[name]; twice {
		c.fault(path, false, "the name already stands for %s; names of populations and inputs must differ", first)
		return
	}
	c.names[name] = kind
}

// mostNeurons is how many GIDs there are.
const mostNeurons = math.MaxUint32

// count adds to the neurons in all, and faults the part in which they get too many.
func (c *checker) count(path string, size int) {
	if c.neuronsIn <= mostNeurons && size > mostNeurons-c.neuronsIn {
		c.fault(path+".size", false, "makes more than %d neurons in all", mostNeurons)
	}
	c.neuronsIn += min(size, mostNeurons+1)
}

func (c *checker) input(in *Input) {
	path := "inputs." + in.Name
	c.count(path, in.Size)
	switch in.Model {
	case "volleys":
		if in.Like != "" {
			like := slices.ContainsFunc(c.m.Inputs, func(other Input) bool { return other.Name == in.Like && other.Model == "volleys" && other.Like == "" })
			c.fault(path+".like", like && in.Like != in.Name, "no input %q of kind volleys with rates of its own", in.Like)
			return
		}
		c.fault(path, in.Size > 0, "size is missing: number of sources")
		c.fault(path, in.Rate.given(), "rate is missing: rate of each source")
	case "spike_train_injector":
		c.fault(path+".model", c.m.Protocol == nil, "spikes cannot be injected where a protocol presents items: when its trials end hangs on spikes, and an injector's ticks are fixed before these are known")
	case "spike_times":
		c.fault(path, in.File != "" || in.Times != nil, "file or times is missing: the spikes to replay")
		c.fault(path, in.File == "" || in.Size > 0, "size is missing: number of sources")
	}
}

// given reports whether anything was said.
func (v Value) given() bool { return v.Dist.Kind != "" || v.File != "" || v.List != nil }

func (c *checker) population(p *Population) {
	path := "populations." + p.Name
	c.name(path, p.Name, aPopulation)
	spec, ok := neuron.Lookup(p.Model)
	if !ok {
		var names []string
		for _, s := range neuron.Models() {
			names = append(names, s.Name)
		}
		c.fault(path+".model", false, "no neuron model %q; %s", p.Model, suggest(p.Model, names))
		return
	}
	c.neurons[p.Name] = spec
	c.fault(path+".size", p.Size >= 1, "must be at least 1, is %d", p.Size)
	c.count(path, p.Size)
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
		for _, word := range strings.Fields(fault) { // the first that was given is to blame
			if given[word] != nil {
				at = path + ".params." + word
				break
			}
		}
		c.fault(at, false, "%s", fault)
	}
	if !known {
		return
	}
	c.receptors[p.Name] = spec.Receptors(all)
	var names []string
	for _, r := range c.receptors[p.Name] {
		names = append(names, r.Name)
	}
	for _, name := range sortedKeys(p.WeightQuantum) {
		at := path + ".weight_quantum." + name
		if !slices.Contains(names, name) {
			c.fault(at, false, "%s has no receptor %q; %s", spec.Name, name, suggest(name, names))
			continue
		}
		c.fault(at, p.WeightQuantum[name] > 0, "must be > 0, is %g", p.WeightQuantum[name])
		c.weight(at, p.Name)
	}
}

// receptor checks which receptor of target is named at path.receptor_type, and that
// it takes weights of their sign.
func (c *checker) receptor(path, target, receptor string, weight Value) {
	ports := c.receptors[target]
	if len(ports) == 0 {
		return
	}
	spec := c.neurons[target]
	var names []string
	for _, r := range ports {
		names = append(names, r.Name)
	}
	k := slices.Index(names, receptor)
	switch {
	case receptor == "" || receptor == "0":
		c.fault(path, len(ports) == 1 || ports[0].Sign != 0, "receptor_type is missing: which of the receptors %s of %s (%s)", strings.Join(names, ", "), target, spec.Name)
	case k < 0:
		c.fault(path+".receptor_type", false, "%s has no receptor %q; %s", spec.Name, receptor, suggest(receptor, names))
	case ports[k].Sign != 0 && weight.Dist.IsConstant():
		c.fault(path+".weight", weight.Dist.A*float64(ports[k].Sign) >= 0, "the receptor %s of %s (%s) takes no weight of this sign, is %g", receptor, target, spec.Name, weight.Dist.A)
	}
}

// weight checks the unit of a weight onto a population.
func (c *checker) weight(path, target string) {
	if have, given := c.units[path]; given && len(c.receptors[target]) > 0 {
		want := c.receptors[target][0].Unit
		c.fault(path, have == want, "is in %s; the receptors of %s (%s) take %s", orNone(have), target, c.neurons[target].Name, orNone(want))
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
	c.fault(path+".start", s.Start >= 0 && s.Stop >= s.Start, "start (%g ms) and stop (%g ms) must rise from 0 ms", s.Start, s.Stop)
	if s.Model == "poisson_generator" {
		c.fault(path, s.Weight.given(), "weight is missing: one for all targets")
		c.receptor(path, s.Target, s.Receptor, s.Weight)
		c.weight(path+".weight", s.Target)
		c.reasonable(path+".weight", s.Weight)
	}
}

// whole faults a window of one tick or more that is no number of ticks: rounding it
// would measure something else than is said.
func (c *checker) whole(path string, ms float64) {
	ticks := ms / c.m.Dt
	c.fault(path, ticks < 1 || math.IsInf(ticks, 0) || math.Abs(ticks-math.Round(ticks)) <= 1e-6*max(1, ticks*1e-6),
		"must be a multiple of the tick (%g ms), is %g ms", c.m.Dt, ms)
}

// largestWeight is beyond anything that a neuron's equations have use for, in the
// units of all receptors.
const largestWeight = 1e12

// reasonable faults weights beyond largestWeight.
func (c *checker) reasonable(path string, weight Value) {
	low, high := weight.Dist.Range()
	c.fault(path, low >= -largestWeight && high <= largestWeight, "reaches %g: weights beyond %g are refused", max(-low, high), float64(largestWeight))
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
	if p.Rule != "explicit" {
		c.fault(path, p.Weight.given(), "weight is missing: a quantity, or a distribution")
		c.fault(path, p.Delay.given(), "delay is missing: at least one tick (%g ms)", c.m.Dt)
	}
	c.fault(path+".weight", p.Weight.List == nil && p.Weight.File == "", "expected a quantity or a distribution; weights of their own stand in the list of an explicit projection")
	c.fault(path+".delay", p.Delay.List == nil && p.Delay.File == "", "expected a quantity or a distribution; delays of their own stand in the list of an explicit projection")
	if p.Delay.Dist.Kind != "" {
		low, _ := p.Delay.Dist.Range()
		c.fault(path+".delay", low/c.m.Dt >= 0.5 || !p.Delay.Dist.IsConstant(), "must be at least one tick (%g ms), is %g ms", c.m.Dt, low)
		_, high := p.Delay.Dist.Range()
		c.fault(path+".delay", high/c.m.Dt <= 1<<15, "reaches %g ms; at most %g ms (2^15 ticks)", high, c.m.Dt*(1<<15))
	}
	c.receptor(path, p.Target, p.Receptor, p.Weight)
	c.weight(path+".weight", p.Target)
	c.reasonable(path+".weight", p.Weight)
	c.fault(path+".weight_bits", p.Bits == 0 || p.Bits == 16 || p.Bits == 32, "must be 16 or 32, is %d", p.Bits)
	if s := p.SSDP; s != nil {
		c.fault(path+".weight_bits", p.Bits != 16 || p.Precision != "float64", "16 and precision float64 exclude each other")
		c.weight(path+".ssdp.w_min", p.Target)
		c.weight(path+".ssdp.w_max", p.Target)
		c.fault(path+".ssdp.window", s.Window/c.m.Dt >= 1, "must be at least one tick (%g ms), is %g ms", c.m.Dt, s.Window)
		c.whole(path+".ssdp.window", s.Window)
		c.fault(path+".ssdp.w_max", s.WMin < s.WMax, "must be above w_min (%g), is %g", s.WMin, s.WMax)
		c.fault(path+".delay", p.Delay.Dist.IsConstant(), "ssdp_synapse takes one delay for all, not a distribution")
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
	default:
		c.fault(path+".window", s.Window/c.m.Dt >= float64(s.Bins)-1e-9, "must hold %d bins of a tick (%g ms) or more, is %g ms", s.Bins, c.m.Dt, s.Window)
	}
	c.fault(path+".window", s.Window/c.m.Dt >= 0.5, "must be at least one tick (%g ms), is %g ms", c.m.Dt, s.Window)
	c.whole(path+".window", s.Window)
	c.fault(path+".sigma", s.Sigma > 0, "must be > 0 ms, is %g ms", s.Sigma)
	var names []string
	for _, m := range applies {
		names = append(names, string(m))
	}
	for i, name := range s.Measures {
		c.fault(fmt.Sprintf("%s.measures[%d]", path, i), slices.Contains(names, name), "%q is not one of %s", name, strings.Join(names, ", "))
	}
}
