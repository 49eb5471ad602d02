package model

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// tree is a YAML value with its place, anchors and merges resolved.
type tree struct {
	kind   kind
	text   string // of a scalar
	quoted bool
	bad    bool    // an expression of it has no value, which has been said
	items  []*tree // of a list
	keys   []entry // of a mapping, in order
	file   string
	line   int
	column int
}

type kind int

const (
	scalar kind = iota
	list
	mapping
	null
)

func (k kind) String() string {
	return [...]string{"a scalar", "a list", "a mapping", "nothing"}[k]
}

type entry struct {
	name   string
	value  *tree
	key    *tree // the place of the key
	merged bool  // came by <<, and gives way to a key of the mapping's own
}

func (t *tree) get(name string) *tree {
	for i := range t.keys {
		if t.keys[i].name == name {
			return t.keys[i].value
		}
	}
	return nil
}

func (t *tree) set(name string, value *tree) {
	for i := range t.keys {
		if t.keys[i].name == name {
			t.keys[i].value = value
			return
		}
	}
	t.keys = append(t.keys, entry{name: name, value: value, key: value})
}

func (t *tree) drop(name string) {
	for i := range t.keys {
		if t.keys[i].name == name {
			t.keys = append(t.keys[:i:i], t.keys[i+1:]...)
			return
		}
	}
}

func (t *tree) fault(path, format string, args ...any) Fault {
	return Fault{t.file, t.line, t.column, path, fmt.Sprintf(format, args...)}
}

// limits keep aliases and nesting from growing without bound.
const (
	maxNodes = 1 << 20
	maxDepth = 100
)

// parseTree reads YAML text.
func parseTree(file string, text []byte) (*tree, Faults) {
	parsed, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		f := Fault{File: file, Line: 1, Column: 1, Message: "not YAML: " + firstLine(err.Error())}
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) && syntax.Token != nil && syntax.Token.Position != nil {
			f.Line, f.Column = syntax.Token.Position.Line, syntax.Token.Position.Column
			f.Message = "not YAML: " + syntax.Message
		}
		return nil, Faults{f}
	}
	if len(parsed.Docs) == 0 || parsed.Docs[0].Body == nil {
		return nil, Faults{{File: file, Line: 1, Column: 1, Message: "the file is empty; expected a model, which starts with name and populations"}}
	}
	if len(parsed.Docs) > 1 {
		return nil, Faults{{File: file, Line: 1, Column: 1, Message: "there are several YAML documents; expected one"}}
	}
	b := treeBuilder{file: file, anchors: map[string]ast.Node{}}
	t := b.build(parsed.Docs[0].Body, "", 0)
	return t, b.faults
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

type treeBuilder struct {
	file    string
	anchors map[string]ast.Node
	nodes   int
	faults  Faults
}

// build makes the tree of a node that stands at a path of the model.
func (b *treeBuilder) build(n ast.Node, path string, depth int) *tree {
	t := &tree{file: b.file, kind: null}
	if tok := n.GetToken(); tok != nil && tok.Position != nil {
		t.line, t.column = tok.Position.Line, tok.Position.Column
	}
	b.nodes++
	if b.nodes > maxNodes || depth > maxDepth {
		if len(b.faults) == 0 || b.faults[len(b.faults)-1].Message != tooLarge {
			b.faults = append(b.faults, t.fault("", tooLarge))
		}
		return t
	}
	switch v := n.(type) {
	case *ast.AnchorNode:
		if v.Name != nil {
			b.anchors[v.Name.GetToken().Value] = v.Value
		}
		return b.build(v.Value, path, depth+1)
	case *ast.AliasNode:
		name := v.Value.GetToken().Value
		target, ok := b.anchors[name]
		if !ok {
			b.faults = append(b.faults, t.fault(path, "no anchor &%s above", name))
			return t
		}
		return b.build(target, path, depth+1)
	case *ast.TagNode:
		return b.build(v.Value, path, depth+1)
	case *ast.MappingNode:
		t.kind = mapping
		for _, kv := range v.Values {
			b.add(t, kv, path, depth)
		}
		if len(v.Values) > 0 {
			t.line, t.column = t.keys0(v)
		}
	case *ast.MappingValueNode:
		t.kind = mapping
		b.add(t, v, path, depth)
	case *ast.SequenceNode:
		t.kind = list
		for i, item := range v.Values {
			t.items = append(t.items, b.build(item, fmt.Sprintf("%s[%d]", path, i), depth+1))
		}
	case *ast.NullNode:
	case *ast.LiteralNode:
		t.kind, t.text, t.quoted = scalar, v.Value.Value, true
	case *ast.StringNode:
		t.kind, t.text = scalar, v.Value
		t.quoted = strings.HasPrefix(v.GetToken().Origin, `"`) || strings.HasPrefix(strings.TrimSpace(v.GetToken().Origin), `'`)
	default:
		t.kind = scalar
		if tok := n.GetToken(); tok != nil {
			t.text = tok.Value
		}
	}
	return t
}

const tooLarge = "the model is too large: over a million values, or nested over 100 deep"

// keys0 is the place of a mapping's first key, where a reader would point.
func (t *tree) keys0(v *ast.MappingNode) (line, column int) {
	if tok := v.Values[0].Key.GetToken(); tok != nil && tok.Position != nil {
		return tok.Position.Line, tok.Position.Column
	}
	return t.line, t.column
}

func (b *treeBuilder) add(t *tree, kv *ast.MappingValueNode, path string, depth int) {
	key := kv.Key.GetToken()
	at := &tree{file: b.file, line: key.Position.Line, column: key.Position.Column}
	own := join(path, key.Value)
	if _, merge := kv.Key.(*ast.MergeKeyNode); merge {
		own = path
	}
	value := b.build(kv.Value, own, depth+1)
	if _, merge := kv.Key.(*ast.MergeKeyNode); merge {
		sources := []*tree{value}
		if value.kind == list {
			sources = value.items
		}
		for _, source := range sources {
			if source.kind != mapping {
				b.faults = append(b.faults, at.fault(path, "<< takes a mapping, or a list of them, not %s", source.kind))
				continue
			}
			for _, e := range source.keys {
				if t.get(e.name) == nil {
					e.merged = true
					t.keys = append(t.keys, e)
				}
			}
		}
		return
	}
	for i := range t.keys {
		if e := &t.keys[i]; e.name == key.Value {
			if e.merged {
				*e = entry{name: key.Value, value: value, key: at}
				return
			}
			b.faults = append(b.faults, at.fault(own, "the key stands here a second time; the first is on line %d", e.key.line))
			return
		}
	}
	t.keys = append(t.keys, entry{name: key.Value, value: value, key: at})
}
