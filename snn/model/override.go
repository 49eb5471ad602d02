package model

import (
	"reflect"
	"strings"
)

// override applies "path=value" to the tree.
func override(t *tree, set string) *Fault {
	path, text, ok := strings.Cut(set, "=")
	where := "--set " + set
	if !ok || path == "" {
		return &Fault{File: where, Message: "expected path=value, such as populations.E.size=100"}
	}
	value, faults := parseTree(where, []byte(text))
	if len(faults) > 0 {
		return &Fault{File: where, Path: path, Message: faults[0].Message}
	}
	value.unplaced()
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
func mayBeNew(keys []string) bool {
	f, ok := section(keys[0])
	return ok && (len(keys) != 2 || f.Type.Kind() != reflect.Slice)
}

// section is the model's field of a key.
func section(key string) (reflect.StructField, bool) {
	for i := range reflect.TypeFor[Model]().NumField() {
		if f := reflect.TypeFor[Model]().Field(i); f.Tag.Get("yaml") == key && key != "-" && key != "" {
			return f, true
		}
	}
	return reflect.StructField{}, false
}
