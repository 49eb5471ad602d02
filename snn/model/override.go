package model

import (
	"reflect"
	"strconv"
	"strings"
)

// override applies "path=value" to the tree. The value is YAML; null takes the part
// out. Parts of a list are named by their number: records.signals[0].interval. root
// is the type that the tree is decoded into.
func override(t *tree, set string, root reflect.Type) *Fault {
	path, text, ok := strings.Cut(set, "=")
	where := "--set " + set
	if !ok || path == "" {
		return &Fault{File: where, Message: "expected path=value, such as populations.E.size=100"}
	}
	value, faults := parseTree(where, []byte(text))
	if len(faults) > 0 {
		message := faults[0].Message
		if strings.TrimSpace(text) == "" {
			message = "expected a value, or null to take the part out"
		}
		return &Fault{File: where, Path: path, Message: message}
	}
	value.unplaced()
	keys := steps(path)
	if parameters := t.get("parameters"); len(keys) == 1 && parameters != nil && parameters.get(path) != nil {
		parameters.set(path, value)
		return nil
	}
	at := t
	for i, key := range keys {
		so := strings.ReplaceAll(strings.Join(keys[:i+1], "."), ".[", "[")
		if strings.HasPrefix(key, "[") {
			n, err := strconv.Atoi(strings.Trim(key, "[]"))
			if at.kind != list || err != nil || n < 0 || n >= len(at.items) {
				return &Fault{File: where, Path: so, Message: "no such part of the list"}
			}
			if i == len(keys)-1 {
				at.items[n] = value
				return nil
			}
			at = at.items[n]
			continue
		}
		if at.kind != mapping {
			return &Fault{File: where, Path: strings.ReplaceAll(strings.Join(keys[:i], "."), ".[", "["), Message: "has no parts"}
		}
		next, last := at.get(key), i == len(keys)-1
		switch {
		case last && value.kind == null && next != nil:
			at.drop(key)
			return nil
		case last && (next != nil || mayBeNew(root, keys)):
			at.set(key, value)
			return nil
		case next == nil && mayBeNew(root, keys[:i+1]):
			next = &tree{kind: mapping, file: where}
			at.set(key, next)
		case next == nil:
			return &Fault{File: where, Path: so, Message: "no such part; " + suggest(key, parts(t, at))}
		}
		at = next
	}
	return nil
}

// steps takes a path apart: records, spikes, [0], count.
func steps(path string) []string {
	var steps []string
	for _, key := range strings.Split(path, ".") {
		for k, step := range strings.Split(key, "[") {
			if k > 0 {
				step = "[" + step
			}
			steps = append(steps, step)
		}
	}
	return steps
}

// parts is the names that may stand at a place: its keys, and at the top the
// model's parameters.
func parts(t, at *tree) []string {
	var known []string
	for _, e := range at.keys {
		known = append(known, e.name)
	}
	if p := t.get("parameters"); at == t && p != nil {
		for _, e := range p.keys {
			known = append(known, e.name)
		}
	}
	return known
}

// unplaced forgets lines and columns, which mean nothing in a --set.
func (t *tree) unplaced() {
	t.line, t.column = 0, 0
	for _, item := range t.items {
		item.unplaced()
	}
	for i := range t.keys {
		t.keys[i].key.unplaced()
		t.keys[i].value.unplaced()
	}
}

// mayBeNew reports whether an override may add the part at a path: a key that
// the model's types know, but no new population or other named entry.
func mayBeNew(root reflect.Type, keys []string) bool {
	f, ok := section(root, keys[0])
	return ok && (len(keys) != 2 || f.Type.Kind() != reflect.Slice)
}

// section is the model's field of a key.
func section(root reflect.Type, key string) (reflect.StructField, bool) {
	for i := range root.NumField() {
		if f := root.Field(i); f.Tag.Get("yaml") == key && key != "-" && key != "" {
			return f, true
		}
	}
	return reflect.StructField{}, false
}
