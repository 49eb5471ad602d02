package model

import (
	"slices"
	"strings"

	"github.com/volley-snn/volley/snn/plasticity"
)

// synapseNames are the synapse models that a projection may name.
func synapseNames() []string {
	names := []string{"static_synapse", "ssdp_synapse"}
	for _, s := range plasticity.Models() {
		names = append(names, s.Name)
	}
	return names
}

// synapseValues decodes the parameters of a spike-driven plastic synapse, in its
// units; those in the weight's unit are checked against the receptor later.
func (d *decoder) synapseValues(projection, t *tree, path string) map[string]Value {
	name := "static_synapse"
	if m := projection.get("synapse_model"); m != nil {
		name = m.text
	}
	spec, ok := plasticity.Lookup(name)
	if !ok {
		if slices.Contains(synapseNames(), name) { // an unknown name is a fault of its own
			d.fault(t, path, "%s has no params", name)
		}
		return nil
	}
	if t.kind != mapping {
		d.fault(t, path, "expected a mapping, found %s", t.kind)
		return nil
	}
	units := map[string]string{}
	for _, p := range spec.Params {
		units[p.Name] = p.Unit
		if p.Unit == "weight" {
			units[p.Name] = "*"
		}
	}
	values := map[string]Value{}
	for _, e := range t.keys {
		unit, known := units[e.name]
		if !known {
			d.fault(e.key, join(path, e.name), "%s has no such params; %s", spec.Name, suggest(e.name, sortedKeys(units)))
			continue
		}
		d.places[join(path, e.name)] = e.value
		values[e.name] = d.parameter(e.value, join(path, e.name), unit)
	}
	return values
}

// synapse checks a projection's synapse model, its parameters and what belongs to
// plastic synapses only.
func (c *checker) synapse(p *Projection, path string) {
	static := p.Synapse == "" || p.Synapse == "static_synapse"
	spec, ok := plasticity.Lookup(p.Synapse)
	if !ok {
		known := static || p.Synapse == "ssdp_synapse"
		c.fault(path+".synapse_model", known, "no synapse model %q; %s", p.Synapse, suggest(p.Synapse, synapseNames()))
	}
	if n := p.Normalize; n != nil {
		c.fault(path+".normalize", !static && spec.NewRelease == nil, "needs a synapse_model that learns")
		c.fault(path+".normalize.sum", n.Sum != 0, "must not be 0")
		c.fault(path+".normalize.every", n.Every > 0 || c.m.Protocol != nil, "is missing: without a protocol there is no trial at whose end to scale")
		c.fault(path+".normalize.every", n.Every == 0 || n.Every/c.m.Dt >= 0.5, "must be at least one tick (%g ms), is %g ms", c.m.Dt, n.Every)
		c.weight(path+".normalize.sum", p.Target)
	}
	if !ok {
		return
	}
	given := plasticity.Params{}
	for _, v := range spec.Params {
		x, set := p.Params[v.Name]
		if !set {
			continue
		}
		at := path + ".params." + v.Name
		if x.File != "" || x.List != nil || !x.Dist.IsConstant() {
			c.fault(at, false, "one value for all synapses is expected")
			continue
		}
		given[v.Name] = x.Dist.A
		if v.Unit == "weight" {
			c.weight(at, p.Target)
		}
	}
	full := given.Complete(spec)
	for _, fault := range spec.Check(full) {
		at := path
		if name, _, _ := strings.Cut(fault, " "); p.Params[name].Dist.Kind != "" {
			at = path + ".params." + name
		}
		c.fault(at, false, "%s", fault)
	}
	if bound, ok := full["Wmax"]; ok && p.File == "" && p.Weight.Dist.IsConstant() {
		w := p.Weight.Dist.A
		c.fault(path+".weight", w == 0 || w > 0 == (bound > 0), "must have the sign of Wmax (%g), is %g", bound, w)
		c.fault(path+".weight", w*w <= bound*bound, "must not be beyond Wmax (%g), is %g", bound, w)
	}
}
