package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/volley-snn/volley/internal/record"
)

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
