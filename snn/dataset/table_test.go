package dataset

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/parquet-go/parquet-go"
)

func parquetOf[T any](t testing.TB, rows []T) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, parquet.MaxRowsPerRowGroup(3))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type edge struct {
	Source   uint32  `parquet:"source"`
	Target   int64   `parquet:"target"`
	WeightPA float32 `parquet:"weight_pA"`
	Kind     string  `parquet:"kind"`
	DelayMs  float64 `parquet:"delay_ms"`
}

// edges are what a projection asks for.
func edges() []Column {
	return []Column{{Names: []string{"source", "pre"}, Below: 100}, {Names: []string{"target"}, Below: 50}, {Names: []string{"weight"}, Unit: "pA", Optional: true}, {Names: []string{"delay"}, Unit: "ms", Optional: true}, {Names: []string{"color"}, Optional: true}}
}

func TestTableFromEveryFormat(t *testing.T) {
	var rows []edge
	for k := range 10 {
		rows = append(rows, edge{uint32(k * 11), int64(k), float32(k) / 4, "ampa", 1.5})
	}
	const text = "source,target,weight_pA,kind,delay_ms\n0,0,0,ampa,1.5\n11,1,0.25,ampa,1.5\n22,2,0.5,x,1.5\n33,3,0.75,,1.5\n44,4,1,ampa,1.5\n55,5,1.25,ampa,1.5\n66,6,1.5,ampa,1.5\n77,7,1.75,ampa,1.5\n88,8,2,ampa,1.5\n99,9,2.25,ampa,1.5\n"
	for name, content := range map[string]string{
		"parquet": parquetOf(t, rows), "csv": text, "csv.gz": gzipped(t, text), "semicolons": strings.ReplaceAll(text, ",", ";"),
		"tabs, CRLF, BOM": "\ufeff" + strings.NewReplacer(",", "\t", "\n", "\r\n").Replace(text),
		"another order":   "weight,pre_id,delay_ms,target\n0,0,1.5,0\n.25,11,1.5,1\n5e-1,22,1.5,2\n0.75,33,1.5,3\n1, 44,1.5,4\n1.25,55,1.5,5\n1.5,66,1.5,6\n1.75,77,1.5,7\n2,88,1.5,8\n2.25,99,1.5,9\n",
	} {
		got, err := ReadTable(fstest.MapFS{"f": {Data: []byte(content)}}, "f", edges()...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Rows != 10 || got.Integers(0)[9] != 99 || got.Integers(1)[9] != 9 || got.Values[4] != nil {
			t.Errorf("%s: %+v", name, got)
		}
		if !slices.Equal(got.Values[2], []float64{0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25}) || got.Values[3][9] != 1.5 {
			t.Errorf("%s: weights %v and delays %v", name, got.Values[2], got.Values[3])
		}
	}
}

func TestBrokenTables(t *testing.T) {
	type nullable struct {
		Source *uint32 `parquet:"source,optional"`
		Target uint64  `parquet:"target"`
	}
	type texts struct{ Source, Target string }
	one := uint32(1)
	whole := parquetOf(t, []edge{{1, 2, 3, "a", 1}, {2, 50, 3, "b", 1}})
	for _, c := range []struct{ name, content, want string }{
		{"no number", "source,target\n1,2\n2,two\n", `f:3:3: "two" in column target; expected a whole number from 0 to 49`},
		{"fraction", "source,target\n1.5,2\n", `f:2:1: "1.5" in column source; expected a whole number from 0 to 99`},
		{"negative", "source,target\n-1,2\n", `f:2:1: "-1" in column source; expected a whole number from 0 to 99`},
		{"beyond", "source,target\n1,2\n\n99,50\n", `f:4:4: "50" in column target; expected a whole number from 0 to 49`},
		{"NaN", "source,target,weight\n1,2,nan\n", `f:2:5: "nan" in column weight; expected a finite number`},
		{"infinite", "source,target,weight\n1,2,1e999\n", `f:2:5: "1e999" in column weight; expected a finite number`},
		{"ragged", "source,target\n1,2\n3\n", `f:3:1: wrong number of fields; expected 2 cells, as in the header`},
		{"quotes", "source,target\n1,\"2\n", `f:2:`},
		{"no such column", "source,aim\n1,2\n", `f:1: has the columns source, aim; expected a column target`},
		{"another unit", "source,target,delay_s\n1,2,0.001\n", `f:1: has a column delay_s in s; expected ms`},
		{"a name twice", "source,target,source\n1,2,3\n", `f:1: has two columns source; expected each name once`},
		{"empty", "", `f:1: has no header line; expected the names of the columns`},
		{"binary", "\x00\x01\x02\xff", `f:1: has the columns`},
		{"cut gzip", gzipped(t, "source,target\n1,2\n")[:20], `f`},
		{"Parquet beyond", whole, `f: row 2, column target: 50; expected a whole number from 0 to 49`},
		{"Parquet null", parquetOf(t, []nullable{{&one, 1}, {nil, 1}}), `f: row 2, column source: null; expected a whole number from 0 to 99`},
		{"Parquet negative", parquetOf(t, []struct {
			Source int32 `parquet:"source"`
			Target int32 `parquet:"target"`
		}{{-3, 1}}), `f: row 1, column source: -3; expected a whole number`},
		{"Parquet text", parquetOf(t, []texts{{"a", "b"}}), `f: has the columns Source, Target; expected a column source or pre`},
		{"Parquet cut", whole[:len(whole)-9], `f: is damaged: `},
		{"Parquet head", "PAR1", `f: is damaged: `},
	} {
		_, err := ReadTable(fstest.MapFS{"f": {Data: []byte(c.content)}}, "f", edges()...)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got\n%v\nexpected\n%s", c.name, err, c.want)
		}
	}
	for name, want := range map[string]string{
		"none.csv": "none.csv: cannot be read: file does not exist", "../f": "../f: leads elsewhere; expected a path inside the model's folder or the data directory",
	} {
		if _, err := ReadTable(fstest.MapFS{}, name, edges()...); err == nil || err.Error() != want {
			t.Errorf("got %v, expected %s", err, want)
		}
	}
}
