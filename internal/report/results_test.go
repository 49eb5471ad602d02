package report

import (
	"reflect"
	"testing"

	"github.com/volley-snn/volley/internal/report/plot"
)

func TestResultsAreShownByTheirShape(t *testing.T) {
	row := func(auc any, extra ...any) map[string]any {
		m := map[string]any{"auc": auc, "recall": 0.5}
		if len(extra) > 0 {
			m["seeds"] = extra[0]
		}
		return m
	}
	got := results(map[string]any{
		"finding": "said elsewhere",
		"items":   1200.0, "share": 0.25, "accuracy": 0.5, "none": nil, "yes": true,
		"a": row(0.9), "b": row(nil), // alike: one table
		"sweep": []any{map[string]any{"seed": 1.0, "arm": "x", "auc": 0.75}, map[string]any{"seed": 2.0, "arm": "y", "auc": 1.0}},
		"named": map[string]any{"first": row(0.1, 3.0), "second": row(0.25)},
		"grid":  []any{[]any{1.0, 2.0}, []any{3.0, -4.0}},
		"list":  []any{1.0, "two", nil},
		"empty": []any{}, "nothing": map[string]any{},
		"deep": map[string]any{"x": 1.0, "inner": map[string]any{"y": 2.0}},
	}, &plot.Data{})
	names := map[string]node{}
	var values []figure
	var alike *table
	for _, n := range got {
		switch {
		case n.Values != nil:
			values = n.Values
		case n.Name == "":
			alike = n.Table
		default:
			names[n.Name] = n
		}
	}
	wantValues := []figure{{Name: "accuracy", Value: "50.00\u00a0%"}, {Name: "items", Value: "1,200"}, {Name: "none", Value: undefined}, {Name: "share", Value: "0.2500"}, {Name: "yes", Value: "yes"}}
	if !reflect.DeepEqual(values, wantValues) {
		t.Errorf("values %+v, expected %+v", values, wantValues)
	}
	checkTable(t, "a and b", alike, []string{"AUC", "recall"}, map[string][]string{"a": {"0.900", "0.50"}, "b": {undefined, "0.50"}})
	checkTable(t, "sweep", names["sweep"].Table, []string{"seed", "AUC"}, map[string][]string{"x": {"1", "0.750"}, "y": {"2", "1.000"}})
	checkTable(t, "named", names["named"].Table, []string{"AUC", "recall", "seeds"}, map[string][]string{"first": {"0.100", "0.50", "3"}, "second": {"0.250", "0.50", undefined}})
	if grid := names["grid"].Table; grid == nil || !grid.Heat || grid.Rows[1].Cells[1].Text != "−4" || grid.Rows[1].Cells[1].Heat != 10 || grid.Rows[0].Cells[0].Heat != 3 {
		t.Errorf("grid %+v", grid)
	}
	if names["list"].Text != "1, two, –" {
		t.Errorf("list %q", names["list"].Text)
	}
	if deep := names["deep"].Children; len(deep) != 2 || deep[1].Children[0].Values[0].Value != "2" {
		t.Errorf("deep %+v", deep)
	}
	for _, name := range []string{"empty", "nothing", "finding"} {
		if _, shown := names[name]; shown {
			t.Errorf("%s is shown", name)
		}
	}
}

func checkTable(t *testing.T, name string, got *table, columns []string, rows map[string][]string) {
	t.Helper()
	if got == nil || !reflect.DeepEqual(got.Columns, columns) || len(got.Rows) != len(rows) {
		t.Errorf("%s: %+v, expected columns %v", name, got, columns)
		return
	}
	for _, r := range got.Rows {
		var texts []string
		for _, c := range r.Cells {
			texts = append(texts, c.Text)
		}
		if !reflect.DeepEqual(texts, rows[r.Name]) {
			t.Errorf("%s: row %s is %q, expected %q", name, r.Name, texts, rows[r.Name])
		}
	}
}

func TestConfusionIsShadedByItsRows(t *testing.T) {
	table := heatTable("confusion", [][]float64{{90, 10}, {0, 0}})
	first := table.Rows[0].Cells
	if first[0].Heat != 9 || first[1].Heat != 1 || !first[0].Right || first[2].Text != "90.0\u00a0%" {
		t.Errorf("%+v", first)
	}
	if second := table.Rows[1].Cells; second[2].Text != undefined || second[0].Heat != 0 {
		t.Errorf("a class without items: %+v", second)
	}
}

func TestNumbersForPeople(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{count(0), "0"}, {count(999), "999"}, {count(1000), "1,000"}, {count(-1234567), "−1,234,567"},
		{large(15_625_000), "15.6 million"}, {large(12_500), "12,500"}, {large(77_169_012_345), "77.2 billion"},
		{digits(0.0647, 3), "0.0647"}, {digits(1135.4, 4), "1,135"}, {digits(1135.4, 6), "1,135.40"}, {digits(-0.5, 2), "−0.50"}, {digits(1e-9, 3), "1.00e−09"}, {digits(0, 3), "0"},
		{span(0.1), "0.1\u00a0ms"}, {span(1000), "1\u00a0s"}, {span(690_800), "11.51\u00a0min"}, {span(1e7), "2.778\u00a0h"},
		{memory(1023), "1,023 B"}, {memory(48 << 20), "48.0 MiB"},
		{plural(1, "tick", "ticks"), "1 tick"}, {list([]string{"a", "b", "c"}), "a, b and c"}, {list(nil), ""},
		{shell([]string{"/usr/bin/volley", "run", "a b.yaml", "--set", "x=it's"}), `volley run 'a b.yaml' --set 'x=it'\''s'`},
	} {
		if c.got != c.want {
			t.Errorf("%q, expected %q", c.got, c.want)
		}
	}
}
