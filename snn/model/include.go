package model

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// includedFiles bounds how many files a model may be read from.
const includedFiles = 100

// reader reads a model file and what it includes.
type reader struct {
	files  fs.FS
	folder string   // before the names of files in faults
	texts  []string // of the files, in the order read
	names  []string
	faults Faults
}

// read parses a file and puts it over the files that it includes. chain is who
// included whom. It is nil where the file cannot be read or is no mapping.
func (r *reader) read(file string, chain []string) *tree {
	text, err := fs.ReadFile(r.files, file)
	if err != nil {
		r.faults = append(r.faults, Fault{File: r.shown(file), Message: "cannot be read: " + reason(err)})
		return nil
	}
	r.names, r.texts = append(r.names, file), append(r.texts, string(text))
	t, faults := parseTree(r.shown(file), text)
	r.faults = append(r.faults, faults...)
	if len(faults) > 0 {
		return nil
	}
	if t.kind != mapping {
		r.faults = append(r.faults, t.fault("", "expected a mapping that starts with name and populations, found %s", t.kind))
		return nil
	}
	include := t.get("include")
	if include == nil {
		return t
	}
	t.drop("include")
	items := include.items
	if include.kind != list {
		items = []*tree{include}
	}
	under := &tree{kind: mapping, file: t.file, line: t.line, column: t.column}
	for _, item := range items {
		if included := r.include(item, file, append(chain[:len(chain):len(chain)], file)); included != nil {
			under.overlay(included)
		}
	}
	under.overlay(t)
	return under
}

// include reads the file that an entry of include names.
func (r *reader) include(item *tree, from string, chain []string) *tree {
	fault := func(format string, args ...any) *tree {
		r.faults = append(r.faults, item.fault("include", format, args...))
		return nil
	}
	if item.kind != scalar || item.text == "" {
		return fault("expected the path of a model file, found %s", item.kind)
	}
	file := path.Join(path.Dir(from), item.text)
	switch {
	case !fs.ValidPath(file):
		return fault("%q leads out of the model's folder", item.text)
	case slices.Contains(chain, file):
		return fault("%s includes itself: %s -> %s", file, strings.Join(chain[slices.Index(chain, file):], " -> "), file)
	case len(r.texts) >= includedFiles:
		return fault("more than %d files are included", includedFiles)
	}
	if _, err := fs.Stat(r.files, file); err != nil {
		return fault("%s cannot be read: %s", file, reason(err))
	}
	return r.read(file, chain)
}

func (r *reader) shown(file string) string { return path.Join(r.folder, file) }

// reason is an error of the file system without the name that it repeats.
func reason(err error) string {
	if e, ok := err.(*fs.PathError); ok {
		err = e.Err
	}
	return err.Error()
}

// overlay puts another mapping over t: it adds its keys, and changes those that t has,
// key by key where both are mappings.
func (t *tree) overlay(over *tree) {
	for _, e := range over.keys {
		switch i := slices.IndexFunc(t.keys, func(have entry) bool { return have.name == e.name }); {
		case i < 0:
			t.keys = append(t.keys, e)
		case t.keys[i].value.kind == mapping && e.value.kind == mapping:
			t.keys[i].value.overlay(e.value)
		default:
			t.keys[i] = e
		}
	}
}

// source is the text of all files, and what was set.
func (r *reader) source(set []string) []byte {
	var b strings.Builder
	b.WriteString(r.texts[0])
	for i, name := range r.names[1:] {
		fmt.Fprintf(&b, "\n# included: %s\n%s", name, r.texts[i+1])
	}
	for _, s := range set {
		fmt.Fprintf(&b, "\n# --set %s\n", s)
	}
	return []byte(b.String())
}
