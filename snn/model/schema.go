package model

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/plasticity"
)

// Schema is the JSON Schema (draft 2020-12) of model files, made from the types that
// Load fills, so that editors complete and check what they read. It checks a file as
// it is written: what expressions give, and what names stand for, only Load can tell.
func Schema() []byte { return schemaOf(reflect.TypeFor[Model](), "volley model") }

// TrainingSchema is that of the files that LoadTraining reads.
func TrainingSchema() []byte { return schemaOf(reflect.TypeFor[Training](), "volley training") }

func schemaOf(t reflect.Type, title string) []byte {
	s := schema{defs: object{}}
	root := s.of(t)
	properties := root["properties"].(object)
	delete(properties, "when")
	properties["include"] = object{
		"description": "model files, relative to this one, that this one adds to and changes",
		"anyOf":       []any{object{"type": "string"}, object{"type": "array", "items": object{"type": "string"}}},
	}
	properties["parameters"] = object{
		"description": "numbers, words and lists by name, for expressions: size: $(10 * scale); --set scale=2 changes one", "type": "object",
		"additionalProperties": object{"type": []any{"number", "string", "boolean", "array"}},
	}
	delete(root, "anyOf") // what this file lacks, one that it includes may say
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = title
	root["$defs"] = s.defs
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("model: the schema holds what JSON cannot: %v", err))
	}
	return append(text, '\n')
}

// object is a JSON object; its keys come sorted.
type object = map[string]any

// schema gathers the definitions that the types need.
type schema struct{ defs object }

// ref defines what make gives under a name, once, and refers to it.
func (s *schema) ref(name string, define func() object) object {
	if _, ok := s.defs[name]; !ok {
		s.defs[name] = object{} // a type may hold itself
		s.defs[name] = define()
	}
	return object{"$ref": "#/$defs/" + name}
}

// of is the schema of a struct.
func (s *schema) of(t reflect.Type) object {
	properties, kinds := object{}, kindsOf(t)
	for _, f := range reflect.VisibleFields(t) {
		key := f.Tag.Get("yaml")
		if key == "" || key == "-" {
			continue
		}
		p := s.field(f)
		p["description"] = f.Tag.Get("doc")
		if fallback, ok := f.Tag.Lookup("default"); ok {
			p["default"] = jsonDefault(f, fallback)
		}
		properties[key] = p
	}
	properties["when"] = object{"description": "false leaves this part out", "anyOf": []any{object{"type": "boolean"}, expression}}
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	var always []any
	for _, f := range reflect.VisibleFields(t) {
		if f.Tag.Get("required") == "true" {
			always = append(always, f.Tag.Get("yaml"))
		}
	}
	if always != nil {
		out["anyOf"] = unlessLeftOut(always)
	}
	if cases := append(append(kinds.cases(t), s.models(t)...), instead(t)...); len(cases) > 0 {
		out["allOf"] = cases
	}
	return out
}

// kinds are the words that decide which keys a struct may have.
type kinds struct {
	key   string // model, type or rule
	tag   string // for or rule
	words []string
}

func kindsOf(t reflect.Type) kinds {
	for _, f := range reflect.VisibleFields(t) {
		key, enum := f.Tag.Get("yaml"), f.Tag.Get("enum")
		for _, g := range reflect.VisibleFields(t) {
			for _, tag := range []string{"for", "rule"} {
				if enum != "" && g.Tag.Get(tag) != "" && (tag == "rule") == (key == "rule") && slices.Contains([]string{"model", "type", "rule"}, key) {
					return kinds{key, tag, strings.Split(enum, ",")}
				}
			}
		}
	}
	return kinds{}
}

// cases says for each kind which keys it must and which it may not have.
func (k kinds) cases(t reflect.Type) []any {
	var all []any
	for _, word := range k.words {
		forbidden, must := object{}, []any(nil)
		for _, f := range reflect.VisibleFields(t) {
			switch of := f.Tag.Get(k.tag); {
			case of != "" && !slices.Contains(strings.Split(of, ","), word):
				forbidden[f.Tag.Get("yaml")] = false
			case of != "" && k.tag == "rule", slices.Contains(strings.Split(f.Tag.Get("needs"), ","), word):
				must = append(must, f.Tag.Get("yaml"))
			}
		}
		then := object{"properties": forbidden}
		if must != nil {
			then["anyOf"] = unlessLeftOut(must)
		}
		all = append(all, ifIs(k.key, word, then))
	}
	return all
}

// instead requires keys for which another may stand.
func instead(t reflect.Type) (all []any) {
	for _, f := range reflect.VisibleFields(t) {
		if other := f.Tag.Get("unless"); other != "" {
			forms := append(unlessLeftOut([]any{f.Tag.Get("yaml")}), object{"required": []any{other}})
			all = append(all, object{"anyOf": forms})
		}
	}
	return all
}

// unlessLeftOut requires keys, but of a part that may be left out.
func unlessLeftOut(keys []any) []any {
	return []any{object{"required": keys}, object{"required": []any{"when"}}}
}

func ifIs(key, word string, then object) object {
	return object{"if": object{"properties": object{key: object{"const": word}}, "required": []any{key}}, "then": then}
}

// models says what parameters each neuron or synapse model has.
func (s *schema) models(t reflect.Type) []any {
	var all []any
	switch t {
	case reflect.TypeFor[Population]():
		for _, spec := range neuron.Models() {
			params, state := s.vars(spec.Params), s.vars(spec.State)
			then := object{"properties": object{
				"params":  s.ref(spec.Name+".params", func() object { return params }),
				"initial": s.ref(spec.Name+".initial", func() object { return state }),
			}}
			all = append(all, ifIs("model", spec.Name, then))
			if spec.Name == "parrot_neuron" {
				all = append(all, ifIs("model", "parrot", then))
			}
		}
	case reflect.TypeFor[Projection]():
		for _, spec := range plasticity.Models() {
			properties := object{}
			for _, p := range spec.Params {
				unit := p.Unit
				if unit == "weight" {
					unit = "*"
				}
				properties[p.Name] = described(s.scalar(unit, false), p.Doc, p.Default, unit)
			}
			all = append(all, ifIs("synapse_model", spec.Name, object{"properties": object{"params": s.ref(spec.Name+".params", func() object { return closed(properties) })}}))
		}
	}
	return all
}

func (s *schema) vars(vars []neuron.Var) object {
	properties := object{}
	for _, v := range vars {
		switch {
		case v.Bool:
			flag := object{"anyOf": []any{object{"type": "boolean"}, object{"enum": []any{0, 1}}, expression}}
			properties[v.Name] = object{"description": v.Doc, "default": v.Default != 0, "anyOf": []any{flag, object{"type": "array", "items": flag}}}
		case v.List:
			properties[v.Name] = object{"description": v.Doc, "anyOf": []any{object{"type": "array", "items": s.scalar(v.Unit, false)}, s.scalar(v.Unit, false)}}
		default:
			properties[v.Name] = described(s.value(v.Unit), v.Doc, v.Default, v.Unit)
		}
	}
	return closed(properties)
}

func closed(properties object) object {
	properties["when"] = object{"anyOf": []any{object{"type": "boolean"}, expression}}
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}

func described(p object, doc string, fallback float64, unit string) object {
	p = object{"description": doc, "allOf": []any{p}}
	switch unit {
	case "*":
	case "":
		p["default"] = fallback
	default:
		p["default"] = strconv.FormatFloat(fallback, 'g', -1, 64) + " " + unit
	}
	return p
}

// field is the schema of a field, by its type and tags.
func (s *schema) field(f reflect.StructField) object {
	unit := f.Tag.Get("unit")
	if f.Tag.Get("spec") == "weight" {
		unit = "*"
	}
	switch t := f.Type; {
	case t == valueType:
		return object{"allOf": []any{s.value(unit)}}
	case t.Kind() == reflect.Pointer:
		return object{"allOf": []any{s.ref(t.Elem().Name(), func() object { return s.of(t.Elem()) })}}
	case t.Kind() == reflect.Struct:
		return object{"allOf": []any{s.ref(t.Name(), func() object { return s.of(t) })}}
	case t.Kind() == reflect.Map && t.Elem() == valueType:
		return object{"type": "object"} // which keys, the model says
	case t.Kind() == reflect.Map:
		return object{"type": "object", "additionalProperties": s.scalar("*", false)}
	case t.Kind() == reflect.Slice:
		return s.slice(t, unit)
	}
	return s.plain(f, unit)
}

func (s *schema) slice(t reflect.Type, unit string) object {
	elem := t.Elem()
	switch elem.Kind() {
	case reflect.Struct:
		item := s.ref(elem.Name(), func() object { return s.of(elem) })
		if f, ok := elem.FieldByName("Name"); ok && f.Tag.Get("yaml") == "-" {
			return object{"type": "object", "additionalProperties": item, "propertyNames": object{"pattern": `^[^. /\\\t]+$`}}
		}
		return object{"type": "array", "items": item}
	case reflect.Slice:
		return object{"type": "array", "items": s.slice(elem, unit)}
	case reflect.String:
		return object{"anyOf": []any{word, object{"type": "array", "items": word}}}
	}
	return object{"anyOf": []any{s.scalar(unit, false), object{"type": "array", "items": s.scalar(unit, false)}}}
}

var (
	expression = object{"type": "string", "pattern": `\$\(`}
	word       = object{"type": []any{"string", "number", "boolean"}}
)

// plain is the schema of a word, flag or number.
func (s *schema) plain(f reflect.StructField, unit string) object {
	switch f.Type.Kind() {
	case reflect.String:
		if enum := f.Tag.Get("enum"); enum != "" {
			return object{"anyOf": []any{object{"enum": anys(strings.Split(enum, ","))}, expression}}
		}
		if names := modelNames(f.Tag.Get("spec")); names != nil {
			return object{"anyOf": []any{object{"enum": anys(names)}, expression}}
		}
		return object{"type": word["type"]}
	case reflect.Bool:
		return object{"anyOf": []any{object{"type": "boolean"}, expression}}
	case reflect.Int, reflect.Uint64:
		return object{"anyOf": []any{bounded(object{"type": "integer"}, f), expression}}
	}
	infinite := f.Tag.Get("default") == "inf" || f.Tag.Get("inf") == "true"
	if unit == "" {
		number := []any{bounded(object{"type": "number"}, f), expression}
		if infinite {
			number = append(number, object{"const": "inf"})
		}
		return object{"anyOf": number}
	}
	return object{"allOf": []any{s.scalar(unit, infinite)}}
}

// modelNames are the words that a field may hold, which other packages list.
func modelNames(spec string) (names []string) {
	switch spec {
	case "neuron":
		for _, s := range neuron.Models() {
			names = append(names, s.Name)
		}
		names = append(names, "parrot")
	case "synapse":
		names = synapseNames()
	}
	return names
}

func anys(words []string) []any {
	all := make([]any, len(words))
	for i, w := range words {
		all[i] = w
	}
	return all
}

func bounded(p object, f reflect.StructField) object {
	for tag, key := range map[string]string{"min": "minimum", "max": "maximum"} {
		if x, err := strconv.ParseFloat(f.Tag.Get(tag), 64); err == nil {
			p[key] = x
		}
	}
	if f.Type.Kind() == reflect.Uint64 {
		p["minimum"] = 0
	}
	return p
}

// number is a decimal number as a regular expression.
const number = `[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?`

// scalar is one quantity: unit "" is a bare number, "*" a weight in any unit or none.
func (s *schema) scalar(unit string, infinite bool) object {
	if unit == "" {
		return object{"anyOf": []any{object{"type": "number"}, expression}}
	}
	name, measures := "weight", ""
	if unit != "*" {
		measures = units[unit].measures
		name = measures
	}
	if infinite {
		name += "-or-inf"
	}
	return s.ref(name, func() object {
		var words []string
		for _, u := range sortedKeys(units) {
			if unit == "*" || units[u].measures == measures {
				words = append(words, u)
			}
		}
		pattern := `^\s*` + number + `\s*(` + strings.Join(words, "|") + `)\s*$|\$\(`
		if infinite {
			pattern += `|^[+]?inf( \w+)?$`
		}
		quantity := object{"type": "string", "pattern": pattern, "description": example(unit)}
		if unit == "*" {
			return object{"anyOf": []any{object{"type": "number"}, quantity}}
		}
		return quantity
	})
}

// value is a Value: one quantity, a list, a distribution, or a column of a file.
func (s *schema) value(unit string) object {
	name := "number"
	if unit == "*" {
		name = "weight"
	} else if unit != "" {
		name = units[unit].measures
	}
	return s.ref(name+"-value", func() object {
		one := s.scalar(unit, false)
		forms := []any{one, object{"type": "array", "items": one}}
		shape := func(kind string, of object, names ...string) {
			properties := object{}
			for _, n := range names {
				properties[n] = of
			}
			if kind != "uniform" {
				properties["min"], properties["max"] = one, one
			}
			properties["bounds"] = object{"enum": []any{"redraw", "clip"}, "default": "redraw", "description": "what becomes of a draw outside min and max"}
			required := anys(names)
			forms = append(forms, object{"type": "object", "required": []any{kind}, "additionalProperties": false, "properties": object{
				kind: object{"type": "object", "properties": properties, "required": required, "additionalProperties": false},
			}})
		}
		bare := object{"anyOf": []any{object{"type": "number"}, expression}}
		shape("uniform", one, "min", "max")
		shape("normal", one, "mean", "std")
		shape("lognormal", bare, "mean", "std")
		shape("exponential", one, "mean")
		forms = append(forms, object{"type": "object", "required": []any{"file", "column"}, "additionalProperties": false, "properties": object{
			"file":   object{"type": "string", "description": "CSV or Parquet file, relative to the model or the data directory"},
			"column": object{"type": "string", "description": "its column, one row a neuron"},
		}})
		return object{"anyOf": forms}
	})
}

// jsonDefault is a default as a file would say it.
func jsonDefault(f reflect.StructField, text string) any {
	switch f.Type.Kind() {
	case reflect.Bool:
		return text == "true"
	case reflect.Int, reflect.Uint64, reflect.Float64:
		if x, err := strconv.ParseFloat(text, 64); err == nil && f.Tag.Get("unit") == "" && text != "inf" {
			return x
		}
		return withUnit(text, f.Tag.Get("unit"))
	}
	return text
}
