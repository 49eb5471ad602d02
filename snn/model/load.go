package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
)

// Options change how a model is read.
type Options struct {
	// Set are overrides, "path=value": populations.E.size=100, or a bare
	// parameter, scale=0.1. Values are YAML.
	Set []string
}

// Load reads the model file at path of files. The error is a Faults that lists
// all that is wrong, or that the file cannot be read.
func Load(files fs.FS, path string, o Options) (*Model, error) {
	text, err := fs.ReadFile(files, path)
	if err != nil {
		return nil, Faults{{File: path, Message: "cannot be read: " + err.Error()}}
	}
	t, faults := parseTree(path, text)
	if len(faults) > 0 {
		return nil, faults.sorted()
	}
	if t.kind != mapping {
		return nil, Faults{t.fault("", "expected a mapping that starts with name and populations, found %s", t.kind)}
	}
	for _, set := range o.Set {
		if f := override(t, set); f != nil {
			faults = append(faults, *f)
		}
	}
	var x expressions
	x.define(t.get("parameters"))
	t.drop("parameters")
	x.replace(t, "")
	faults = append(faults, x.faults...)
	faults = append(faults, choose(t, "")...)
	if len(faults) > 0 {
		return nil, faults.sorted()
	}
	m := &Model{}
	d := decoder{places: map[string]*tree{}, units: map[string]string{}}
	d.object(t, "", reflect.ValueOf(m).Elem())
	if len(d.faults) == 0 {
		for _, f := range m.check(d.units) {
			f.File, f.Line, f.Column = d.place(path, f.Path)
			d.faults = append(d.faults, f)
		}
	}
	if len(d.faults) > 0 {
		return nil, d.faults.sorted()
	}
	m.Source = text
	return m, nil
}

// place is where a path stands in a file, or its nearest parent.
func (d *decoder) place(file, path string) (string, int, int) {
	for {
		if t, ok := d.places[path]; ok && t.line > 0 {
			return t.file, t.line, t.column
		}
		i := strings.LastIndex(path, ".")
		if i < 0 {
			return file, 1, 1
		}
		path = path[:i]
	}
}

// override applies "path=value" to the tree.
func override(t *tree, set string) *Fault {
	path, text, ok := strings.Cut(set, "=")
	where := "(--set " + set + ")"
	if !ok || path == "" {
		return &Fault{File: where, Message: "expected path=value, such as populations.E.size=100"}
	}
	value, faults := parseTree(where, []byte(text))
	if len(faults) > 0 {
		return &Fault{File: where, Path: path, Message: faults[0].Message}
	}
	keys := strings.Split(path, ".")
	if parameters := t.get("parameters"); len(keys) == 1 && parameters != nil && parameters.get(path) != nil {
		parameters.set(path, value)
		return nil
	}
	at := t
	for i, key := range keys {
		if at.kind != mapping {
			return &Fault{File: where, Path: strings.Join(keys[:i], "."), Message: "has no parts"}
		}
		next := at.get(key)
		last := i == len(keys)-1
		if next == nil && mayBeNew(keys[:i+1]) {
			next = &tree{kind: mapping, file: where}
			if !last {
				at.set(key, next)
			}
		}
		if next == nil {
			var known []string
			for _, e := range at.keys {
				known = append(known, e.name)
			}
			if p := t.get("parameters"); i == 0 && p != nil {
				for _, e := range p.keys {
					known = append(known, e.name)
				}
			}
			return &Fault{File: where, Path: strings.Join(keys[:i+1], "."), Message: "no such part; " + suggest(key, known)}
		}
		if last {
			at.set(key, value)
			return nil
		}
		at = next
	}
	return nil
}

// mayBeNew reports whether an override may add the part at a path: a key that
// the model's types know, but no new population or other named entry.
func mayBeNew(keys []string) bool {
	for i := range reflect.TypeFor[Model]().NumField() {
		f := reflect.TypeFor[Model]().Field(i)
		if f.Tag.Get("yaml") == keys[0] {
			return len(keys) != 2 || f.Type.Kind() != reflect.Slice
		}
	}
	return false
}

// choose drops the entries whose `when` is false.
func choose(t *tree, path string) (faults Faults) {
	for _, e := range slices.Clone(t.keys) {
		at := join(path, e.name)
		if w := e.value.get("when"); e.value.kind == mapping && w != nil {
			switch w.text {
			case "true":
			case "false":
				t.drop(e.name)
				continue
			default:
				faults = append(faults, w.fault(join(at, "when"), "%q: expected true or false, or an expression of the parameters such as $(scale < 1)", w.text))
			}
			e.value.drop("when")
		}
		faults = append(faults, choose(e.value, at)...)
	}
	for _, item := range t.items {
		faults = append(faults, choose(item, path)...)
	}
	return faults
}

// Digest names the model: SHA-256 over all that it says, however it was written.
func (m *Model) Digest() string {
	said := *m
	said.Source = nil
	text, err := json.Marshal(finite(reflect.ValueOf(said)))
	if err != nil {
		panic(fmt.Sprintf("model: a decoded model holds what JSON cannot: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// finite turns a value into maps, lists and words: infinities have no JSON.
func finite(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			fields[v.Type().Field(i).Name] = finite(v.Field(i))
		}
		return fields
	case reflect.Slice:
		items := []any{}
		for i := range v.Len() {
			items = append(items, finite(v.Index(i)))
		}
		return items
	case reflect.Map:
		entries := map[string]any{}
		for _, k := range v.MapKeys() {
			entries[k.String()] = finite(v.MapIndex(k))
		}
		return entries
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return finite(v.Elem())
	case reflect.Float64:
		return fmt.Sprintf("%x", v.Float())
	}
	return v.Interface()
}
