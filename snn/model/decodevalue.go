package model

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/random"
)

// neuronValues decodes parameters or state, in the units of the neuron model.
func (d *decoder) neuronValues(population, t *tree, path string, v reflect.Value, spec string) {
	m := population.get("model")
	if m == nil {
		return // which is a fault of its own
	}
	found, ok := neuron.Lookup(m.text)
	if !ok {
		d.unknown = append(d.unknown, path)
		return
	}
	vars := found.Params
	if spec == "neuron.state" {
		vars = found.State
	}
	if t.kind != mapping {
		d.fault(t, path, "expected a mapping, found %s", t.kind)
		return
	}
	var names []string
	for _, x := range vars {
		names = append(names, x.Name)
	}
	values := map[string]Value{}
	for _, e := range t.keys {
		k := slices.Index(names, e.name)
		if k < 0 {
			d.fault(e.key, join(path, e.name), "%s has no such %s; %s", found.Name, strings.TrimPrefix(spec, "neuron."), suggest(e.name, names))
			continue
		}
		d.places[join(path, e.name)] = e.value
		values[e.name] = d.neuronValue(e.value, join(path, e.name), vars[k])
	}
	v.Set(reflect.ValueOf(values))
}

// neuronValue decodes one of them: a flag is true or false, and what must be a
// list cannot be drawn.
func (d *decoder) neuronValue(t *tree, path string, v neuron.Var) Value {
	drawn := t.kind == mapping && t.get("file") == nil
	switch {
	case drawn && v.List:
		d.fault(t, path, "expected a list of numbers, such as [%s], found a distribution", listExample(v))
		return Value{}
	case drawn && v.Bool:
		d.fault(t, path, "expected true or false, found a distribution")
		return Value{}
	case v.Bool:
		t = d.flags(t, path)
	}
	return d.parameter(t, path, v.Unit)
}

func listExample(v neuron.Var) string {
	if v.Unit == "" {
		return "0.5, 1"
	}
	return "0.5 " + v.Unit + ", 5 " + v.Unit
}

// flags is t with true as 1 and false as 0.
func (d *decoder) flags(t *tree, path string) *tree {
	own := *t
	own.items = nil
	for i, item := range t.items {
		own.items = append(own.items, d.flags(item, fmt.Sprintf("%s[%d]", path, i)))
	}
	if t.kind != scalar {
		return &own
	}
	switch t.text {
	case "true", "1":
		own.text = "1"
	case "false", "0":
		own.text = "0"
	default:
		d.fault(t, path, "%q: expected true or false", t.text)
		own.text = "0"
	}
	return &own
}

// parameter decodes a Value.
func (d *decoder) parameter(t *tree, path, unit string) Value {
	switch t.kind {
	case list:
		v := Value{List: []float64{}}
		for i, item := range t.items {
			x, _ := d.number(item, fmt.Sprintf("%s[%d]", path, i), unit)
			v.List = append(v.List, x)
		}
		return v
	case mapping:
		if t.get("file") != nil {
			return d.columnOf(t, path)
		}
		if len(t.keys) == 1 {
			return Value{Dist: d.distribution(t.keys[0], path, unit)}
		}
		d.fault(t, path, "expected a quantity, {uniform: ...}, {normal: ...}, {lognormal: ...}, {exponential: ...} or {file: ..., column: ...}")
		return Value{}
	}
	x, _ := d.number(t, path, unit)
	return Value{Dist: random.Const(x)}
}

func (d *decoder) columnOf(t *tree, path string) Value {
	var v Value
	for _, e := range t.keys {
		switch e.name {
		case "file":
			v.File = e.value.text
		case "column":
			v.Column = e.value.text
		default:
			d.fault(e.value, join(path, e.name), "unknown key; a column is given by file and column")
		}
	}
	if v.Column == "" {
		d.fault(t, path, "column is missing: the name of a column of %s", v.File)
	}
	return v
}

// distribution decodes {kind: {parameters}}.
func (d *decoder) distribution(e entry, path, unit string) random.Distribution {
	shapes := map[string][2]string{"uniform": {"min", "max"}, "normal": {"mean", "std"}, "lognormal": {"mean", "std"}, "exponential": {"mean"}}
	path = join(path, e.name)
	dist := random.Distribution{Kind: random.Kind(e.name), Bounds: random.Redraw, Min: math.Inf(-1), Max: math.Inf(1)}
	names, ok := shapes[e.name]
	if !ok {
		d.fault(e.key, path, "unknown distribution; %s", suggest(e.name, sortedKeys(shapes)))
		return random.Distribution{}
	}
	if e.value.kind != mapping {
		d.fault(e.value, path, "expected a mapping with %s, found %s", strings.Trim(names[0]+", "+names[1], ", "), e.value.kind)
		return random.Distribution{}
	}
	seen := map[string]bool{}
	for _, p := range e.value.keys {
		own := unit
		if e.name == "lognormal" && (p.name == "mean" || p.name == "std") {
			own = "" // of the logarithm
		}
		at := join(path, p.name)
		seen[p.name] = true
		switch {
		case p.name == names[0]:
			dist.A, _ = d.number(p.value, at, own)
		case p.name == names[1]:
			dist.B, _ = d.number(p.value, at, own)
		case p.name == "min" && e.name != "uniform":
			dist.Min, _ = d.number(p.value, at, own)
			dist.Bounded = true
		case p.name == "max" && e.name != "uniform":
			dist.Max, _ = d.number(p.value, at, own)
			dist.Bounded = true
		case p.name == "bounds" && (p.value.text == "redraw" || p.value.text == "clip"):
			dist.Bounds = random.Bounds(p.value.text)
		case p.name == "bounds":
			d.fault(p.value, at, "%q is not one of redraw, clip", p.value.text)
		default:
			d.fault(p.key, at, "unknown key; %s", suggest(p.name, []string{names[0], names[1], "min", "max", "bounds"}))
		}
	}
	complete := true
	for _, name := range names {
		if name != "" && !seen[name] {
			d.fault(e.value, path, "%s is missing", name)
			complete = false
		}
	}
	if u := d.units[join(path, names[0])]; u != "" {
		d.units[strings.TrimSuffix(path, "."+e.name)] = u
	}
	if err := dist.Check(); err != nil && complete {
		d.fault(e.value, path, "%v", err)
	}
	return dist
}
