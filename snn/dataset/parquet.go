package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// readParquet reads columns of a Parquet file. The decoder panics on some files that
// are damaged: that is an error here.
func readParquet(file string, text []byte, columns []Column) (t *Table, err error) {
	defer func() {
		if damage := recover(); damage != nil {
			t, err = nil, fault(file, "a complete Parquet file", "is damaged: %v", damage)
		}
	}()
	f, err := parquet.OpenFile(bytes.NewReader(text), int64(len(text)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fault(file, "a complete Parquet file", "is damaged: %v", err)
	}
	var headers []string
	leaves := f.Root().Columns()
	for _, c := range leaves {
		headers = append(headers, c.Name())
	}
	chosen, err := choose(file, headers, columns)
	if err != nil {
		return nil, err
	}
	t = &Table{File: file, Values: make([][]float64, len(columns)), names: make([]string, len(columns)), Rows: -1}
	for i, k := range chosen {
		if k < 0 {
			continue
		}
		t.names[i] = headers[k]
		if t.Values[i], err = t.column(f, leaves[k], i, &columns[i]); err != nil {
			return nil, err
		}
		if t.Rows >= 0 && t.Rows != len(t.Values[i]) {
			return nil, fault(file, "a complete Parquet file", "is damaged: column %s has %d rows, another %d", headers[k], len(t.Values[i]), t.Rows)
		}
		t.Rows = len(t.Values[i])
	}
	t.Rows = max(t.Rows, 0)
	return t, nil
}

// readParquetSeries reads the columns of numbers, or those that are named.
func readParquetSeries(file string, text []byte, names []string) (s *Series, err error) {
	if names == nil {
		if names, err = numericColumns(file, text); err != nil {
			return nil, err
		}
	}
	var columns []Column
	for _, name := range names {
		columns = append(columns, Column{Names: []string{name}})
	}
	t, err := readParquet(file, text, columns)
	if err != nil {
		return nil, err
	}
	if t.Rows == 0 {
		return nil, fault(file, "at least one", "has no rows")
	}
	return &Series{Names: names, Values: t.Values}, nil
}

func numericColumns(file string, text []byte) (names []string, err error) {
	defer func() {
		if damage := recover(); damage != nil {
			err = fault(file, "a complete Parquet file", "is damaged: %v", damage)
		}
	}()
	f, err := parquet.OpenFile(bytes.NewReader(text), int64(len(text)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fault(file, "a complete Parquet file", "is damaged: %v", err)
	}
	for _, c := range f.Root().Columns() {
		if c.Leaf() && !c.Repeated() && numeric[c.Type().Kind()] {
			names = append(names, c.Name())
		}
	}
	if names == nil {
		return nil, fault(file, "at least one channel", "has no column of numbers")
	}
	return names, nil
}

// numeric is the kinds of a column that are numbers.
var numeric = map[parquet.Kind]bool{parquet.Int32: true, parquet.Int64: true, parquet.Float: true, parquet.Double: true}

// column reads a column of all row groups.
func (t *Table) column(f *parquet.File, leaf *parquet.Column, i int, want *Column) ([]float64, error) {
	if !leaf.Leaf() || leaf.Repeated() || !numeric[leaf.Type().Kind()] {
		return nil, fault(t.File, "numbers", "column %s holds none", leaf.Name())
	}
	unsigned := false
	if l := leaf.Type().LogicalType(); l != nil {
		integer, ok := l.Value.(*format.IntType)
		unsigned = ok && !integer.IsSigned
	}
	values, buffer := []float64{}, make([]parquet.Value, 1024)
	for _, group := range f.RowGroups() {
		pages := group.ColumnChunks()[leaf.Index()].Pages()
		for {
			page, err := pages.ReadPage()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				pages.Close()
				return nil, fault(t.File, "a complete Parquet file", "is damaged in column %s after %d rows: %v", leaf.Name(), len(values), err)
			}
			for reader := page.Values(); ; {
				n, err := reader.ReadValues(buffer)
				for _, v := range buffer[:n] {
					x, word := number(v, unsigned)
					if !want.takes(x) {
						pages.Close()
						return nil, t.Fault(len(values), i, want.want(), "%s", word)
					}
					values = append(values, x)
				}
				if errors.Is(err, io.EOF) || (n == 0 && err == nil) {
					break
				}
				if err != nil {
					pages.Close()
					return nil, fault(t.File, "a complete Parquet file", "is damaged in column %s after %d rows: %v", leaf.Name(), len(values), err)
				}
			}
			parquet.Release(page)
		}
		pages.Close()
	}
	return values, nil
}

// number is a value as a number, and as it is worded.
func number(v parquet.Value, unsigned bool) (x float64, word string) {
	switch {
	case v.IsNull():
		return math.NaN(), "null"
	case v.Kind() == parquet.Int32 && unsigned:
		x = float64(v.Uint32())
	case v.Kind() == parquet.Int32:
		x = float64(v.Int32())
	case v.Kind() == parquet.Int64 && unsigned:
		x = float64(v.Uint64())
	case v.Kind() == parquet.Int64:
		x = float64(v.Int64())
	case v.Kind() == parquet.Float:
		x = float64(v.Float())
	default:
		x = v.Double()
	}
	return x, fmt.Sprintf("%g", x)
}
