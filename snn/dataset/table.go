package dataset

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"
)

// Column asks a table for a column of finite numbers.
type Column struct {
	// Names are what it may be called; the first that there is counts. A header
	// may end in _ and more: a unit, which must be Unit then, or anything else.
	Names []string
	Unit  string // such as "ms"; "" takes any

	Optional bool
	// Below, above 0, asks for whole numbers from 0 to Below-1.
	Below uint64
}

// Table is what was asked of a table: Values[c][k] is column c in row k, and nil
// where an optional column is missing.
type Table struct {
	File   string
	Rows   int
	Values [][]float64

	names []string // of the columns, as the file calls them
	lines []int32  // of each row; nil where the file has none
}

// ReadTable reads columns of a table: CSV with a header line, plain or compressed,
// whose cells are separated by commas, semicolons or tabs, or Parquet, told by its
// first bytes. Columns that are not asked for may hold anything. Errors are *Error,
// with line and column, or for Parquet the row.
func ReadTable(files fs.FS, name string, columns ...Column) (*Table, error) {
	f, err := Open(files, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readTable(name, f, columns)
}

func readTable(name string, r io.Reader, columns []Column) (*Table, error) {
	b, err := decompress(name, r)
	if err != nil {
		return nil, err
	}
	if head, _ := b.Peek(4); bytes.Equal(head, []byte("PAR1")) {
		text, err := io.ReadAll(b)
		if err != nil {
			return nil, unreadable(name, err)
		}
		return readParquet(name, text, columns)
	}
	return readCSV(name, b, columns)
}

// Fault is an error about a row of a column that was read.
func (t *Table) Fault(row, column int, want, what string, args ...any) *Error {
	e := fault(t.File, want, what, args...)
	e.What = "column " + t.names[column] + ": " + e.What
	if t.lines != nil {
		e.Line = int(t.lines[row])
	} else {
		e.What = fmt.Sprintf("row %d, %s", row+1, e.What)
	}
	return e
}

// Integers is a column that was asked for Below 2^32, as integers.
func (t *Table) Integers(column int) []uint32 {
	whole := make([]uint32, len(t.Values[column]))
	for k, x := range t.Values[column] {
		whole[k] = uint32(x)
	}
	return whole
}

// choose finds the columns among the headers: their indices, -1 for one that is
// optional and missing.
func choose(file string, headers []string, columns []Column) ([]int, error) {
	chosen := make([]int, len(columns))
	for i, c := range columns {
		chosen[i] = -1
		for _, want := range c.Names {
			if chosen[i] = slices.IndexFunc(headers, func(have string) bool { return have == want || strings.HasPrefix(have, want+"_") }); chosen[i] >= 0 {
				break
			}
		}
		if chosen[i] < 0 && !c.Optional {
			return nil, fault(file, "a column "+strings.Join(c.Names, " or "), "has the columns %s", strings.Join(headers, ", "))
		}
		if chosen[i] < 0 {
			continue
		}
		have := headers[chosen[i]]
		if slices.Index(headers[chosen[i]+1:], have) >= 0 {
			return nil, fault(file, "each name once", "has two columns %s", have)
		}
		if unit := have[strings.LastIndex(have, "_")+1:]; c.Unit != "" && unit != c.Unit && slices.Contains(unitSuffixes, unit) && unit != have {
			return nil, fault(file, c.Unit, "has a column %s in %s", have, unit)
		}
	}
	return chosen, nil
}

// unitSuffixes are the ends of headers that are units.
var unitSuffixes = []string{"s", "ms", "us", "V", "mV", "uV", "A", "nA", "pA", "F", "nF", "pF", "S", "uS", "nS", "pS", "Hz", "kHz"}

// takes reports whether a number may stand in the column.
func (c *Column) takes(x float64) bool {
	if c.Below > 0 {
		return x >= 0 && x < float64(c.Below) && x == math.Trunc(x)
	}
	return !math.IsNaN(x) && !math.IsInf(x, 0)
}

// want words what may stand in the column.
func (c *Column) want() string {
	if c.Below > 0 {
		return fmt.Sprintf("a whole number from 0 to %d", c.Below-1)
	}
	return "a finite number"
}
