package model

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// decoder fills the model's types from a tree. The struct tags say all it knows:
// yaml (key), unit, default, required, unless, min, max, enum, spec, doc.
type decoder struct {
	faults Faults
	places map[string]*tree  // where each path stands
	units  map[string]string // unit that a weight was given in, by path

	unknown []string // paths whose value hangs on an expression that has none
}

func (d *decoder) fault(at *tree, path, format string, args ...any) {
	d.faults = append(d.faults, at.fault(path, format, args...))
}

// isUnknown reports whether t hangs on an expression that has no value, and keeps
// its path, so that nothing that follows from that is called a fault.
func (d *decoder) isUnknown(t *tree, path string) bool {
	if t.bad {
		d.unknown = append(d.unknown, path)
	}
	return t.bad
}

var valueType = reflect.TypeFor[Value]()

// object decodes a mapping into the struct at v.
func (d *decoder) object(t *tree, path string, v reflect.Value) {
	d.places[path] = t
	fields := map[string]int{}
	for i := range v.NumField() {
		if key := v.Type().Field(i).Tag.Get("yaml"); key != "" && key != "-" {
			fields[key] = i
		}
	}
	if t.kind != mapping {
		d.fault(t, path, "expected a mapping with %s, found %s", strings.Join(sortedKeys(fields), ", "), t.kind)
		return
	}
	for key, i := range fields {
		f := v.Type().Field(i)
		if fallback, ok := f.Tag.Lookup("default"); ok && t.get(key) == nil {
			d.value(&tree{kind: scalar, text: withUnit(fallback, f.Tag.Get("unit"))}, join(path, key), v.Field(i), f.Tag)
		}
		if part := f.Type.Kind() == reflect.Struct && f.Type != valueType; part && t.get(key) == nil { // its parts have defaults
			d.object(&tree{kind: mapping}, join(path, key), v.Field(i))
		}
	}
	for _, e := range t.keys {
		i, ok := fields[e.name]
		if !ok {
			d.fault(e.key, join(path, e.name), "unknown key; %s", suggest(e.name, sortedKeys(fields)))
			if meant := nearest(e.name, sortedKeys(fields)); meant != "" && t.get(meant) == nil {
				d.unknown = append(d.unknown, join(path, meant))
			}
			continue
		}
		f := v.Type().Field(i)
		if kind, ok := belongs(f.Tag, t); !ok {
			if e.merged { // came along with what was wanted
				continue
			}
			d.fault(e.key, join(path, e.name), "belongs to %s, not to %s", strings.ReplaceAll(f.Tag.Get("for")+f.Tag.Get("rule"), ",", ", "), kind)
			continue
		}
		switch {
		case f.Tag.Get("spec") == "neuron.params" || f.Tag.Get("spec") == "neuron.state":
			d.neuronValues(t, e.value, join(path, e.name), v.Field(i), f.Tag.Get("spec"))
		case f.Tag.Get("spec") == "synapse.params":
			v.Field(i).Set(reflect.ValueOf(d.synapseValues(t, e.value, join(path, e.name))))
		default:
			d.value(e.value, join(path, e.name), v.Field(i), f.Tag)
		}
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key := f.Tag.Get("yaml")
		if required(f.Tag, t) && t.get(key) == nil && !slices.Contains(d.unknown, join(path, key)) {
			d.fault(t, path, "%s is missing: %s", key, f.Tag.Get("doc"))
		}
	}
}

// belongs reports whether a key with the tag is of use where t says which kind it is:
// for lists the models or types of result, rule the connection rule.
func belongs(tag reflect.StructTag, t *tree) (kind string, ok bool) {
	for name, keys := range map[string][]string{"for": {"model", "type"}, "rule": {"rule"}} {
		for _, key := range keys {
			if k := t.get(key); k != nil && k.kind == scalar && !k.bad && tag.Get(name) != "" {
				return k.text, slices.Contains(strings.Split(tag.Get(name), ","), k.text)
			}
		}
	}
	return "", true
}

// required reports whether t must have the key with the tag: always, or where t's
// kind is one of those that need it, or where it lacks the key that stands for it.
func required(tag reflect.StructTag, t *tree) bool {
	if instead := tag.Get("unless"); instead != "" && t.get(instead) == nil {
		return true
	}
	if tag.Get("required") == "true" || (tag.Get("rule") != "" && t.get("rule") != nil && t.get("rule").text == tag.Get("rule")) {
		return true
	}
	for _, key := range []string{"model", "type"} {
		if k := t.get(key); k != nil && tag.Get("needs") != "" && slices.Contains(strings.Split(tag.Get("needs"), ","), k.text) {
			return true
		}
	}
	return false
}

func withUnit(text, unit string) string {
	if unit == "" || text == "inf" {
		return text
	}
	return text + " " + unit
}

// value decodes t into v, whose field has the tag.
func (d *decoder) value(t *tree, path string, v reflect.Value, tag reflect.StructTag) {
	if _, ok := d.places[path]; !ok {
		d.places[path] = t
	}
	if d.isUnknown(t, path) {
		return
	}
	unit := tag.Get("unit")
	if tag.Get("spec") == "weight" {
		unit = "*"
	}
	if v.Type() == valueType {
		x := d.parameter(t, path, unit)
		if d.finite(t, path, x.Dist.A, false) {
			v.Set(reflect.ValueOf(x))
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		d.object(t, path, p.Elem())
		v.Set(p)
	case reflect.Struct:
		d.object(t, path, v)
	case reflect.Slice:
		d.slice(t, path, v, tag)
	case reflect.Map:
		d.mapOf(t, path, v)
	default:
		d.scalar(t, path, v, unit, tag)
	}
}

func (d *decoder) scalar(t *tree, path string, v reflect.Value, unit string, tag reflect.StructTag) {
	if t.kind != scalar {
		d.fault(t, path, "expected %s, found %s", expected(v.Kind(), unit), t.kind)
		return
	}
	switch v.Kind() {
	case reflect.String:
		if enum := tag.Get("enum"); enum != "" && !slices.Contains(strings.Split(enum, ","), t.text) {
			d.fault(t, path, "%q is not one of %s", t.text, strings.ReplaceAll(enum, ",", ", "))
			return
		}
		v.SetString(t.text)
	case reflect.Bool:
		b, err := strconv.ParseBool(t.text)
		if err != nil {
			d.fault(t, path, "%q: expected true or false", t.text)
			return
		}
		v.SetBool(b)
	case reflect.Int, reflect.Uint64:
		x, err := strconv.ParseFloat(t.text, 64)
		if err != nil || x != math.Trunc(x) || math.Abs(x) > 1<<53 || (v.Kind() == reflect.Uint64 && x < 0) {
			d.fault(t, path, "%q: expected a whole number", t.text)
			return
		}
		if !d.inBounds(t, path, x, tag) {
			return
		}
		if v.Kind() == reflect.Int {
			v.SetInt(int64(x))
		} else {
			v.SetUint(uint64(x))
		}
	case reflect.Float64:
		x, ok := d.number(t, path, unit)
		if ok && d.inBounds(t, path, x, tag) && d.finite(t, path, x, tag.Get("default") == "inf" || tag.Get("inf") == "true") {
			v.SetFloat(x)
		}
	}
}

func expected(k reflect.Kind, unit string) string {
	switch k {
	case reflect.String:
		return "a word"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Uint64:
		return "a whole number"
	}
	return example(unit)
}

func (d *decoder) number(t *tree, path, unit string) (float64, bool) {
	if d.isUnknown(t, path) {
		return 0, false
	}
	if t.kind != scalar {
		d.fault(t, path, "expected %s, found %s", example(unit), t.kind)
		return 0, false
	}
	x, have, err := parseQuantity(t.text, unit)
	if err != nil {
		d.fault(t, path, "%v", err)
		return 0, false
	}
	if byDefault := t.file == ""; unit == "*" && !byDefault {
		d.units[path] = have
	}
	return x, true
}

func (d *decoder) finite(t *tree, path string, x float64, mayBeInfinite bool) bool {
	if math.IsInf(x, 0) && !mayBeInfinite {
		d.fault(t, path, "must be finite, is %g", x)
		return false
	}
	return true
}

func (d *decoder) inBounds(t *tree, path string, x float64, tag reflect.StructTag) bool {
	if low, err := strconv.ParseFloat(tag.Get("min"), 64); err == nil && x < low {
		d.fault(t, path, "must be at least %g, is %g", low, x)
		return false
	}
	if high, err := strconv.ParseFloat(tag.Get("max"), 64); err == nil && x > high {
		d.fault(t, path, "must be at most %g, is %g", high, x)
		return false
	}
	return true
}

// slice decodes a list, or a mapping by name into structs with a Name.
func (d *decoder) slice(t *tree, path string, v reflect.Value, tag reflect.StructTag) {
	elem := v.Type().Elem()
	byName := false
	if elem.Kind() == reflect.Struct {
		f, ok := elem.FieldByName("Name")
		byName = ok && f.Tag.Get("yaml") == "-"
	}
	if byName {
		if t.kind != mapping {
			d.fault(t, path, "expected a mapping from names, found %s", t.kind)
			return
		}
		for _, e := range t.keys {
			item := reflect.New(elem).Elem()
			item.FieldByName("Name").SetString(e.name)
			if e.name == "" || strings.ContainsAny(e.name, ". /\\\t") {
				d.fault(e.key, path, "the name %q: expected letters, digits, - and _", e.name)
			}
			d.object(e.value, join(path, e.name), item)
			v.Set(reflect.Append(v, item))
		}
		return
	}
	items := t.items
	if t.kind != list {
		if t.kind != scalar || elem.Kind() == reflect.Struct {
			d.fault(t, path, "expected a list, found %s", t.kind)
			return
		}
		items = []*tree{t}
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, len(items)))
	for i, item := range items {
		x := reflect.New(elem).Elem()
		d.value(item, fmt.Sprintf("%s[%d]", path, i), x, tag)
		v.Set(reflect.Append(v, x))
	}
}

// mapOf decodes a mapping of parameters whose units the names decide later, or
// of plain weights.
func (d *decoder) mapOf(t *tree, path string, v reflect.Value) {
	if t.kind != mapping {
		d.fault(t, path, "expected a mapping, found %s", t.kind)
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, e := range t.keys {
		x := reflect.New(v.Type().Elem()).Elem()
		d.value(e.value, join(path, e.name), x, `spec:"weight"`)
		v.SetMapIndex(reflect.ValueOf(e.name), x)
	}
}
