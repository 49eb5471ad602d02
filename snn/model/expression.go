package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"

	"github.com/volley-snn/volley/snn/pinned"
)

// expressions replaces $(...) in scalars by its value. Names are the model's
// parameters; functions are pinned, so that a model means the same on every CPU.
type expressions struct {
	names  map[string]any
	broken map[string]bool // parameters that have no value, which has been said
	faults Faults
}

// functions that expressions may call.
func functions() map[string]any {
	return map[string]any{
		"sqrt":  func(x float64) float64 { return math.Sqrt(x) },
		"exp":   func(x float64) float64 { return pinned.Exp(x) },
		"log":   func(x float64) float64 { return pinned.Log(x) },
		"pow":   power,
		"round": func(x float64) float64 { return math.RoundToEven(x) }, // half to even, as numpy does
		"floor": func(x float64) float64 { return math.Floor(x) },
		"ceil":  func(x float64) float64 { return math.Ceil(x) },
		// synapses is how many synapses, drawn with repetition, connect a pair
		// with probability p. Source: Potjans and Diesmann 2014, equation 1.
		"synapses": func(p, pre, post float64) float64 {
			return math.Round(pinned.Log1p(-p) / pinned.Log1p(-1/(pre*post)))
		},
	}
}

// power is x**y: by multiplication for small whole y, so that 2**3 is 8.
func power(x, y float64) float64 {
	if y != math.Trunc(y) || math.Abs(y) > 64 {
		return pinned.Pow(x, y)
	}
	p := 1.0
	for range int(math.Abs(y)) {
		p *= x
	}
	if y < 0 {
		return 1 / p
	}
	return p
}

// reword leaves out the position inside the expression, and says what an unknown
// name could have meant.
func (x *expressions) reword(err error) error {
	text := firstLine(err.Error())
	if i := strings.LastIndex(text, " ("); i > 0 && strings.HasSuffix(text, ")") {
		text = text[:i]
	}
	if name, ok := strings.CutPrefix(text, "unknown name "); ok {
		text += "; " + suggest(name, append(sortedKeys(x.names), builtins...))
	}
	return errors.New(text)
}

// powers looks for the operators ** and ^, whose last bit depends on the CPU.
type powers struct{ used string }

func (p *powers) Visit(n *ast.Node) {
	if b, ok := (*n).(*ast.BinaryNode); ok && (b.Operator == "**" || b.Operator == "^") {
		p.used = b.Operator
	}
}

// define reads the top-level parameters; later ones may use earlier ones.
func (x *expressions) define(t *tree) {
	x.names, x.broken = functions(), map[string]bool{}
	if t == nil {
		return
	}
	if t.kind != mapping {
		x.faults = append(x.faults, t.fault("parameters", "expected a mapping from names to numbers, found %s", t.kind))
		return
	}
	for _, e := range t.keys {
		path := join("parameters", e.name)
		x.replace(e.value, path)
		x.names[e.name] = literal(e.value)
		if _, taken := functions()[e.name]; taken || slices.Contains(builtins, e.name) {
			x.faults = append(x.faults, e.key.fault(path, "the name is that of a function"))
		}
		if e.value.isBad() {
			x.broken[e.name] = true
		}
	}
}

func literal(t *tree) any {
	if t.kind == list {
		var all []any
		for _, item := range t.items {
			all = append(all, literal(item))
		}
		return all
	}
	if n, err := strconv.ParseFloat(t.text, 64); err == nil && !t.quoted {
		return n
	}
	if b, err := strconv.ParseBool(t.text); err == nil && !t.quoted {
		return b
	}
	return t.text
}

// replace evaluates every expression below t, in place. What has no value is bad.
func (x *expressions) replace(t *tree, path string) {
	for i, item := range t.items {
		x.replace(item, fmt.Sprintf("%s[%d]", path, i))
	}
	for _, e := range t.keys {
		x.replace(e.value, join(path, e.name))
	}
	for from := 0; t.kind == scalar && !t.bad; {
		start := strings.Index(t.text[from:], "$(")
		if start < 0 {
			return
		}
		start += from
		length := closing(t.text[start+2:])
		if length < 0 {
			x.faults = append(x.faults, t.fault(path, "%q: the expression has no closing bracket", t.text))
			t.bad = true
			return
		}
		code := t.text[start+2 : start+2+length]
		if x.usesBroken(code) {
			t.bad = true
			return
		}
		value, err := x.evaluate(code)
		if err != nil {
			x.faults = append(x.faults, t.fault(path, "%q: %v", t.text, err))
			t.bad = true
			return
		}
		t.text = t.text[:start] + value + t.text[start+2+length+1:]
		from = start + len(value)
	}
}

// isBad reports whether a value or a part of it hangs on an expression that has none.
func (t *tree) isBad() bool {
	return t.bad || slices.ContainsFunc(t.items, (*tree).isBad)
}

// usesBroken reports whether code names a parameter that has no value.
func (x *expressions) usesBroken(code string) bool {
	letter := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	for _, word := range strings.FieldsFunc(code, func(r rune) bool { return !letter(r) }) {
		if x.broken[word] {
			return true
		}
	}
	return false
}

// closing is the index of the bracket that ends the expression, or -1.
func closing(s string) int {
	open := 1
	for i, c := range s {
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return i
			}
		}
	}
	return -1
}

// builtins are the functions of the language that expressions keep: those whose
// value is the same on every CPU and day.
var builtins = []string{"abs", "int", "len", "max", "min", "sum"}

// longestValue bounds what an expression may grow to.
const longestValue = 4096

func (x *expressions) evaluate(code string) (string, error) {
	powers := &powers{}
	options := []expr.Option{expr.Env(x.names), expr.DisableAllBuiltins(), expr.Patch(powers)}
	for _, name := range builtins {
		options = append(options, expr.EnableBuiltin(name))
	}
	program, err := expr.Compile(code, options...)
	if err != nil {
		return "", x.reword(err)
	}
	if powers.used != "" {
		return "", fmt.Errorf("the operator %s is not known; expected pow(x, y)", powers.used)
	}
	value, err := expr.Run(program, x.names)
	if err != nil {
		return "", x.reword(err)
	}
	switch v := value.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "", fmt.Errorf("the value is %g", v)
		}
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case int:
		return strconv.Itoa(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case string:
		if len(v) > longestValue {
			return "", fmt.Errorf("the value is over %d letters long", longestValue)
		}
		return v, nil
	}
	return "", fmt.Errorf("the value is neither a number, a word nor true or false")
}
