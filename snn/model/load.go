package model

import (
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

	// Folder is put before the names of files in faults, so that they name what
	// their reader can open.
	Folder string
}

// Load reads the model file at path of files, with the files that it includes. The
// error is a Faults that lists all that is wrong, or that a file cannot be read.
func Load(files fs.FS, path string, o Options) (*Model, error) {
	m := &Model{}
	text, err := loadInto(files, path, o, reflect.ValueOf(m).Elem(), func(d *decoder, places map[string]place) Faults {
		m.places = places
		return m.check(d.units)
	})
	if err != nil {
		return nil, err
	}
	m.Source = text
	return m, nil
}

// loadInto decodes a file, with what it includes, into a struct, and checks it: check
// gets where the parts stand, and its faults need no places. It returns the text.
func loadInto(files fs.FS, path string, o Options, into reflect.Value, check func(d *decoder, places map[string]place) Faults) ([]byte, error) {
	r := reader{files: files, folder: o.Folder}
	t := r.read(path, nil)
	if len(r.faults) > 0 {
		return nil, r.faults.sorted()
	}
	var faults Faults
	for _, set := range o.Set {
		if f := override(t, set, into.Type()); f != nil {
			faults = append(faults, *f)
		}
	}
	var x expressions
	x.define(t.get("parameters"))
	t.drop("parameters")
	x.replace(t, "")
	faults = append(faults, x.faults...)
	faults = append(faults, choose(t, "")...)
	d := decoder{places: map[string]*tree{}, units: map[string]string{}}
	d.object(t, "", into)
	places := d.at(r.shown(path))
	faults = append(faults, d.faults...)
	blamed := append(d.unknown, faults.paths()...)
	for _, f := range check(&d, places) {
		if !explained(f.Path, blamed) {
			f.File, f.Line, f.Column = standing(places, f.Path)
			faults = append(faults, f)
		}
	}
	if len(faults) > 0 {
		return nil, faults.sorted()
	}
	return r.source(o.Set), nil
}

// explained reports whether a fault at path may be but a consequence of what is
// wrong at the paths blamed: in the same part, in a part of it, around it, or in
// what all else hangs on.
func explained(path string, blamed []string) bool {
	for _, b := range blamed {
		if path == b || within(path, b) || within(b, path) || b == "dt" || b == "populations" || b == "inputs" {
			return true
		}
	}
	return false
}

// within reports whether path lies inside the part whole.
func within(path, whole string) bool {
	return whole == "" || strings.HasPrefix(path, whole+".") || strings.HasPrefix(path, whole+"[")
}

// choose drops the entries whose `when` is false.
func choose(t *tree, path string) (faults Faults) {
	for _, e := range slices.Clone(t.keys) {
		at := join(path, e.name)
		if w := e.value.get("when"); e.value.kind == mapping && w != nil {
			switch {
			case w.text == "true", w.bad:
			case w.text == "false":
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
