package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/report/plot"
)

// node is a result, or a part of one, as it is shown: exactly one of Values,
// Table, Children, Text and Images is there.
type node struct {
	Name     string
	Values   []figure // numbers and words by name
	Table    *table
	Children []node
	Text     string
	Images   bool
	Image    int    // of plot.Data.Images, where Images
	Note     string // below Images, or beside Name
}

// Bounds of what is shown of free-form results.
const (
	maxDepth   = 6
	maxColumns = 40
	maxValues  = 12 // of a list in a line
)

// results turns the free-form results of a summary into what a page shows.
// Pictures among them go into d.
func results(all map[string]any, d *plot.Data) []node {
	fields := make(map[string]any, len(all))
	for name, value := range all {
		if name != "finding" || !isText(value) {
			fields[name] = value
		}
	}
	return parts(fields, d, 0, false)
}

func isText(value any) bool { _, ok := value.(string); return ok }

// parts shows the members of an object: what is a single value in one list, members
// of the same columns in one table, everything else by itself.
func parts(fields map[string]any, d *plot.Data, depth int, share bool) (out []node) {
	var values []figure
	var alike []string // members that are objects of the same single values
	order := names(fields)
	slices.SortStableFunc(order, func(a, b string) int { return weight(a) - weight(b) })
	for _, name := range order {
		if object, ok := fields[name].(map[string]any); ok && isFlat(object) && len(object) > 1 &&
			(len(alike) == 0 || slices.Equal(names(object), names(fields[alike[0]].(map[string]any)))) {
			alike = append(alike, name)
		}
	}
	if len(alike) < 2 {
		alike = nil
	}
	for _, name := range order {
		value := fields[name]
		switch {
		case isSingle(value):
			values = append(values, figure{Name: words(name), Value: single(value, share || isShare(name))})
		case len(alike) > 0 && name == alike[0]:
			rows := map[string]any{}
			for _, n := range alike {
				rows[n] = fields[n]
			}
			out = append(out, node{Table: rowsOf(rows, alike)})
		case slices.Contains(alike, name):
		default:
			if n, ok := part(name, value, d, depth, share || isShare(name)); ok {
				out = append(out, n)
			}
		}
	}
	if len(values) > 0 {
		out = append([]node{{Values: values}}, out...)
	}
	return out
}

// part shows a member that is not a single value.
func part(name string, value any, d *plot.Data, depth int, share bool) (node, bool) {
	n := node{Name: words(name)}
	if depth > maxDepth {
		n.Text = "(nested too deeply to be shown)"
		return n, true
	}
	switch v := value.(type) {
	case map[string]any:
		if index, note, ok := d.AddImages(words(name), v); ok {
			n.Images, n.Image, n.Note = true, index, note
			return n, true
		}
		if rows := names(v); len(rows) > 1 && allObjects(v) {
			n.Table = rowsOf(v, rows)
			return n, true
		}
		n.Children = parts(v, d, depth+1, share)
		return n, len(n.Children) > 0
	case []any:
		if len(v) == 0 {
			return n, false
		}
		if grid, ok := matrix(v); ok {
			n.Table = heatTable(name, grid)
			return n, true
		}
		rows, order := map[string]any{}, []string{}
		for k, item := range v {
			if object, ok := item.(map[string]any); ok && isFlat(object) {
				key := fmt.Sprintf("%09d", k)
				rows[key], order = object, append(order, key)
			}
		}
		if len(order) == len(v) {
			n.Table = rowsOf(rows, order)
			firstColumnNames(n.Table)
			return n, true
		}
		n.Text = line(v, share)
		return n, true
	}
	return n, false
}

// isSingle reports whether a value is one number, word or truth.
func isSingle(value any) bool {
	switch value.(type) {
	case nil, bool, float64, string:
		return true
	}
	return false
}

func isFlat(object map[string]any) bool {
	for _, value := range object {
		if !isSingle(value) {
			return false
		}
	}
	return true
}

func allObjects(object map[string]any) bool {
	for _, value := range object {
		if inner, ok := value.(map[string]any); !ok || !isFlat(inner) || len(inner) == 0 {
			return false
		}
	}
	return true
}

// isShare reports whether a result of this name is a fraction that people read in
// percent.
func isShare(name string) bool { return strings.HasPrefix(strings.ToLower(name), "accuracy") }

// single writes a value.
func single(value any, share bool) string {
	switch v := value.(type) {
	case float64:
		if share && v >= 0 && v <= 1 {
			return percent(record.Number(v), 2)
		}
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return count(int64(v))
		}
		return digits(v, 4)
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case string:
		return v
	}
	return undefined
}

// words writes a name for people.
func words(name string) string {
	switch name {
	case "auc":
		return "AUC"
	case "cv_isi":
		return "ISI CV"
	case "kappa":
		return "κ"
	case "fano":
		return "Fano"
	case "chi", "chi_corrected":
		return strings.ReplaceAll("χ"+strings.TrimPrefix(name, "chi"), "_", " ")
	}
	return strings.ReplaceAll(name, "_", " ")
}

// line writes a list in a line, the middle left out where it is long.
func line(values []any, share bool) string {
	var texts []string
	for k, v := range values {
		if k == maxValues {
			texts = append(texts, fmt.Sprintf("… (%s in all)", count(int64(len(values)))))
			break
		}
		if isSingle(v) {
			texts = append(texts, single(v, share))
		} else {
			texts = append(texts, "{…}")
		}
	}
	return strings.Join(texts, ", ")
}
