package dataset

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Series are channels that were recorded together: Values[c][k] is channel c in row k.
type Series struct {
	Names  []string
	Values [][]float64
}

// Rows is the number of rows.
func (s *Series) Rows() int {
	if len(s.Values) == 0 {
		return 0
	}
	return len(s.Values[0])
}

// ReadSeries decodes a table: Parquet, or with a header line, plain or compressed,
// and cells that are separated by commas, semicolons or tabs. Columns chooses channels by name;
// nil takes every column that holds only finite numbers. Errors are *Error.
func ReadSeries(file string, r io.Reader, columns []string) (*Series, error) {
	b, err := decompress(file, r)
	if err != nil {
		return nil, err
	}
	if head, _ := b.Peek(4); string(head) == "PAR1" {
		text, err := io.ReadAll(b)
		if err != nil {
			return nil, unreadable(file, err)
		}
		return readParquetSeries(file, text, columns)
	}
	c, err := openCSV(file, b, "channels")
	if err != nil {
		return nil, err
	}
	t := seriesTable{file: file, names: c.names}
	if err := t.choose(columns); err != nil {
		return nil, err
	}
	for row := 0; ; row++ {
		record, err := c.next()
		if errors.Is(err, io.EOF) {
			return t.series(row)
		}
		if err != nil {
			return nil, err
		}
		if err := t.add(record, c.Reader); err != nil {
			return nil, err
		}
	}
}

// seriesTable gathers the columns that are numbers so far.
type seriesTable struct {
	file   string
	names  []string
	wanted []bool // asked for by name: what is no number is a fault
	values [][]float64
	left   []bool // not a channel
}

func (t *seriesTable) choose(columns []string) error {
	n := len(t.names)
	t.wanted, t.values, t.left = make([]bool, n), make([][]float64, n), make([]bool, n)
	if columns == nil {
		return nil
	}
	for k := range t.left {
		t.left[k] = true
	}
next:
	for _, want := range columns {
		for k, name := range t.names {
			if name == want {
				t.wanted[k], t.left[k] = true, false
				continue next
			}
		}
		return &Error{File: t.file, Line: 1, What: fmt.Sprintf("has no column %q", want), Want: "one of " + strings.Join(t.names, ", ")}
	}
	return nil
}

func (t *seriesTable) add(record []string, c *csv.Reader) error {
	for k, cell := range record {
		if t.left[k] {
			continue
		}
		x, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
		if err == nil && !math.IsNaN(x) && !math.IsInf(x, 0) {
			t.values[k] = append(t.values[k], x)
			continue
		}
		if t.wanted[k] || len(t.values[k]) > 0 {
			line, column := c.FieldPos(k)
			return &Error{File: t.file, Line: line, Column: column, What: fmt.Sprintf("%q in column %s", cell, t.names[k]), Want: "a finite number"}
		}
		t.left[k] = true
	}
	return nil
}

func (t *seriesTable) series(rows int) (*Series, error) {
	if rows == 0 {
		return nil, &Error{File: t.file, Line: 1, What: "has no rows", Want: "at least one below the header"}
	}
	s := &Series{}
	for k, left := range t.left {
		if !left {
			s.Names, s.Values = append(s.Names, t.names[k]), append(s.Values, t.values[k])
		}
	}
	if len(s.Names) == 0 {
		return nil, &Error{File: t.file, Line: 2, What: "has no column of numbers", Want: "at least one channel"}
	}
	return s, nil
}
