package model

import (
	"reflect"
	"slices"
	"strings"
)

// place is a position in a file, lines and columns from 1; in --set, both are 0.
type place struct {
	file         string
	line, column int
}

// at is where each part that was read stands; the model itself at the start of its file.
func (d *decoder) at(file string) map[string]place {
	places := map[string]place{"": {file, 1, 1}}
	for path, t := range d.places {
		if t.file != "" && path != "" {
			places[path] = place{t.file, t.line, t.column}
		}
	}
	return places
}

// Place is where the part of the model at a path stands, or the nearest part around
// it. A part that was built in Go has no file.
func (m *Model) Place(path string) (file string, line, column int) { return standing(m.places, path) }

// standing is Place among the places of a model's parts.
func standing(places map[string]place, path string) (file string, line, column int) {
	for {
		if p, ok := places[path]; ok || path == "" {
			return p.file, p.line, p.column
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

// Faults gives the errors of whoever compiles the model their places. An error that
// is about a part of the model starts with its path and a colon.
func (m *Model) Faults(errs ...error) Faults {
	var faults Faults
	for _, err := range errs {
		path, message, found := strings.Cut(err.Error(), ": ")
		root, _, _ := strings.Cut(path, ".")
		root, _, _ = strings.Cut(root, "[")
		if _, known := section(reflect.TypeFor[Model](), root); !found || !known || strings.Contains(path, " ") {
			path, message = "", err.Error()
		}
		if word, _, _ := strings.Cut(message, " "); path != "" {
			if _, stands := m.places[join(path, word)]; stands { // it starts with the key that is to blame
				path = join(path, word)
			}
		}
		f := Fault{Path: path, Message: message}
		f.File, f.Line, f.Column = m.Place(path)
		if !slices.Contains(faults, f) {
			faults = append(faults, f)
		}
	}
	return faults.sorted()
}
