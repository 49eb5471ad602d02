package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
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

// table has a name for each row and a heading for each column.
type table struct {
	Corner  string
	Columns []string
	Rows    []tableRow
	Left    int
	Heat    bool // cells are shaded by Cell.Heat
}

type tableRow struct {
	Name  string
	Cells []cell
}

type cell struct {
	Text    string
	Numeric bool
	Heat    int // 0 to 10
	Right   bool
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

// rowsOf is a table of objects, by name in the given order; a column for each key.
func rowsOf(objects map[string]any, order []string) *table {
	var columns []string
	for _, name := range order {
		for _, column := range names(objects[name].(map[string]any)) {
			if !slices.Contains(columns, column) && len(columns) < maxColumns {
				columns = append(columns, column)
			}
		}
	}
	slices.SortStableFunc(columns, func(a, b string) int { return weight(a) - weight(b) })
	return tableOf(objects, order, columns)
}

// tableOf is rowsOf with the columns given.
func tableOf(objects map[string]any, order, columns []string) *table {
	t := &table{Left: max(len(order)-maxRows, 0)}
	order = order[:len(order)-t.Left]
	for _, name := range order {
		t.Rows = append(t.Rows, tableRow{Name: name})
	}
	for _, c := range columns {
		t.Columns = append(t.Columns, words(c))
		var values []any
		for _, name := range order {
			values = append(values, objects[name].(map[string]any)[c])
		}
		for k, own := range column(values, leastDecimals[c], isShare(c)) {
			t.Rows[k].Cells = append(t.Rows[k].Cells, own)
		}
	}
	return t
}

// leastDecimals is how many decimals some figures have at least.
var leastDecimals = map[string]int{"auc": 3, "precision": 2, "recall": 2}

// column writes the values of a column, its numbers with the same decimals, at
// most four, where the largest shows with them.
func column(values []any, decimals int, share bool) (cells []cell) {
	most, numbers := 0.0, true
	for _, value := range values {
		x, numeric := value.(float64)
		if !numeric {
			numbers = numbers && value == nil
			continue
		}
		_, fraction, _ := strings.Cut(strconv.FormatFloat(math.Abs(x), 'f', 4, 64), ".")
		decimals = max(decimals, len(strings.TrimRight(fraction, "0")))
		most = max(most, math.Abs(x))
	}
	same := numbers && most < 1000 && (most >= 0.01 || most == 0) && !share
	for _, value := range values {
		x, numeric := value.(float64)
		own := cell{Text: single(value, share), Numeric: numeric || value == nil}
		if numeric && same {
			own.Text = strconv.FormatFloat(x, 'f', decimals, 64)
			if strings.Trim(own.Text, "-0.") == "" {
				own.Text = strings.TrimPrefix(own.Text, "-") // not minus nothing
			}
			own.Text = strings.Replace(own.Text, "-", "−", 1)
		}
		cells = append(cells, own)
	}
	return cells
}

// weight puts what names a row, and the usual figures, first.
func weight(name string) int {
	if k := slices.Index([]string{"name", "arm", "seed", "auc", "accuracy", "precision", "recall"}, name); k >= 0 {
		return k
	}
	return 100
}

// firstColumnNames moves the first column of words to the head of each row; where
// there is none, rows are numbered from 1.
func firstColumnNames(t *table) {
	for k := range t.Rows {
		t.Rows[k].Name = fmt.Sprint(k + 1)
	}
	at := slices.IndexFunc(t.Rows[0].Cells, func(c cell) bool { return !c.Numeric })
	if at < 0 || len(t.Columns) < 2 {
		return
	}
	t.Corner, t.Columns = t.Columns[at], slices.Delete(t.Columns, at, at+1)
	for k := range t.Rows {
		row := &t.Rows[k]
		row.Name = row.Cells[at].Text
		row.Cells = slices.Delete(row.Cells, at, at+1)
	}
}

// matrix is a list of lists of numbers of one length.
func matrix(rows []any) (out [][]float64, ok bool) {
	for _, item := range rows {
		list, _ := item.([]any)
		var row []float64
		for _, value := range list {
			x, isNumber := value.(float64)
			if !isNumber {
				return nil, false
			}
			row = append(row, x)
		}
		if len(row) == 0 || len(out) > 0 && len(row) != len(out[0]) {
			return nil, false
		}
		out = append(out, row)
	}
	return out, len(out) > 0 && len(out[0]) <= maxColumns
}

// heatTable shades a matrix. A square one named confusion has true classes down
// and decided ones across, and is shaded by its rows' shares.
func heatTable(name string, grid [][]float64) *table {
	t := &table{Heat: true, Left: max(len(grid)-maxRows, 0)}
	confusion := strings.Contains(strings.ToLower(name), "confusion") && len(grid) == len(grid[0])
	if confusion {
		t.Corner = "true ↓ decided →"
	}
	for k := range grid[0] {
		t.Columns = append(t.Columns, fmt.Sprint(k))
	}
	if confusion {
		t.Columns = append(t.Columns, "right")
	}
	most := 0.0
	for _, row := range grid {
		for _, x := range row {
			most = max(most, math.Abs(x))
		}
	}
	for k, row := range grid[:len(grid)-t.Left] {
		out := tableRow{Name: fmt.Sprint(k)}
		of, total := most, 0.0
		for _, x := range row {
			total += x
		}
		if confusion {
			of = total
		}
		for j, x := range row {
			c := cell{Text: single(x, false), Numeric: true, Right: confusion && j == k}
			if of > 0 {
				c.Heat = min(max(int(math.Ceil(10*math.Abs(x)/of-0.05)), 0), 10)
			}
			out.Cells = append(out.Cells, c)
		}
		if confusion {
			share := record.NaN
			if total > 0 {
				share = record.Number(row[k] / total)
			}
			out.Cells = append(out.Cells, cell{Text: percent(share, 1), Numeric: true})
		}
		t.Rows = append(t.Rows, out)
	}
	return t
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
