package record

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// eachCSV reads a table from CSV with exactly the header that we write.
func eachCSV[T any](path string, file io.Reader, columns []string, parse func([]string) (T, error), use func([]T) error) error {
	r := csv.NewReader(file)
	r.ReuseRecord = true
	r.FieldsPerRecord = len(columns)
	header, err := r.Read()
	if err != nil || !slices.Equal(header, columns) {
		return corrupt(path, "the first line is not the header %s", strings.Join(columns, ","))
	}
	names := make(map[string]string) // records are reused, and names few: keep one copy of each
	batch := make([]T, 0, batchRows)
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return corrupt(path, "%v", err)
		}
		for k, column := range columns {
			if column == "population" || column == "scope" || column == "measure" || column == "variable" {
				fields[k] = intern(names, fields[k])
			}
		}
		row, err := parse(fields)
		if err != nil {
			line, _ := r.FieldPos(0)
			return corrupt(path, "line %d: %v", line, err)
		}
		if batch = append(batch, row); len(batch) == batchRows {
			if err := use(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return use(batch)
}

// intern returns one lasting copy of s, as long as there are not absurdly many.
func intern(names map[string]string, s string) string {
	if kept, ok := names[s]; ok {
		return kept
	}
	kept := strings.Clone(s)
	if len(names) < 1<<16 {
		names[kept] = kept
	}
	return kept
}

// eachParquet reads a table from Parquet. The decoder panics on some files that
// are damaged: that is an error here.
func eachParquet[T any](path string, file io.ReaderAt, size int64, columns []string, use func([]T) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if mine, ok := p.(panicOfUse); ok {
				panic(mine.value)
			}
			err = corrupt(path, "%v", p)
		}
	}()
	opened, err := parquet.OpenFile(file, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return corrupt(path, "%v", err)
	}
	if err := checkColumns(path, opened, parquet.SchemaOf(new(T)), columns); err != nil {
		return err
	}
	r := parquet.NewGenericReader[T](opened)
	defer r.Close()
	batch := make([]T, batchRows)
	for rows := int64(0); ; {
		n, err := r.Read(batch)
		if n > 0 {
			if e := call(use, batch[:n]); e != nil {
				return e
			}
		}
		rows += int64(n)
		if errors.Is(err, io.EOF) {
			if rows != opened.NumRows() {
				return corrupt(path, "%d rows, its footer says %d", rows, opened.NumRows())
			}
			return nil
		}
		if err != nil {
			return corrupt(path, "after %d rows: %v", rows, err)
		}
		if n == 0 {
			return corrupt(path, "after %d rows: no more rows, its footer says %d", rows, opened.NumRows())
		}
	}
}

// panicOfUse marks a panic that came from the caller's function.
type panicOfUse struct{ value any }

// call keeps a panic of use apart from those of the decoder.
func call[T any](use func([]T) error, batch []T) error {
	defer func() {
		if p := recover(); p != nil {
			panic(panicOfUse{p})
		}
	}()
	return use(batch)
}

// checkColumns compares a file's columns with those of a table.
func checkColumns(path string, file *parquet.File, want *parquet.Schema, columns []string) error {
	var found []string
	for _, field := range file.Schema().Fields() {
		found = append(found, field.Name())
	}
	if !slices.Equal(found, columns) {
		return corrupt(path, "its columns are %s, expected %s", strings.Join(found, ", "), strings.Join(columns, ", "))
	}
	for k, field := range file.Schema().Fields() {
		wanted := want.Fields()[k]
		if !field.Leaf() || field.Repeated() || field.Optional() || field.Type().Kind() != wanted.Type().Kind() {
			return corrupt(path, "column %s is %v, expected %v", field.Name(), field, wanted)
		}
	}
	if n := file.NumRows(); n < 0 || n > math.MaxInt64/64 {
		return corrupt(path, "its footer says %d rows", n)
	}
	return nil
}
