package model

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"

	"github.com/volley-snn/volley/snn/pinned"
)

// expressions replaces $(...) in scalars by its value. Names are the model's
// parameters; functions are pinned, so that a model means the same on every CPU.
type expressions struct {
	names  map[string]any
	faults Faults
}

// functions that expressions may call.
func functions() map[string]any {
	return map[string]any{
		"sqrt":  func(x float64) float64 { return math.Sqrt(x) },
		"exp":   func(x float64) float64 { return pinned.Exp(x) },
		"log":   func(x float64) float64 { return pinned.Log(x) },
		"pow":   func(x, y float64) float64 { return pinned.Pow(x, y) },
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

// define reads the top-level parameters; later ones may use earlier ones.
func (x *expressions) define(t *tree) {
	x.names = functions()
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

// replace evaluates every expression below t, in place.
func (x *expressions) replace(t *tree, path string) {
	for _, item := range t.items {
		x.replace(item, path)
	}
	for _, e := range t.keys {
		x.replace(e.value, join(path, e.name))
	}
	for t.kind == scalar {
		start := strings.Index(t.text, "$(")
		if start < 0 {
			return
		}
		length := closing(t.text[start+2:])
		if length < 0 {
			x.faults = append(x.faults, t.fault(path, "%q: the expression has no closing bracket", t.text))
			return
		}
		value, err := x.evaluate(t.text[start+2 : start+2+length])
		if err != nil {
			x.faults = append(x.faults, t.fault(path, "%q: %v", t.text, err))
			return
		}
		t.text = t.text[:start] + value + t.text[start+2+length+1:]
	}
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

func (x *expressions) evaluate(code string) (string, error) {
	program, err := expr.Compile(code, expr.Env(x.names), expr.DisableBuiltin("round"), expr.DisableBuiltin("floor"), expr.DisableBuiltin("ceil"))
	if err != nil {
		return "", fmt.Errorf("%s", firstLine(err.Error()))
	}
	value, err := expr.Run(program, x.names)
	if err != nil {
		return "", fmt.Errorf("%s", firstLine(err.Error()))
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
		return v, nil
	}
	return "", fmt.Errorf("the value is neither a number, a word nor true or false")
}
