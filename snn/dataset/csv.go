package dataset

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// csvTable reads a table line by line.
type csvTable struct {
	*csv.Reader
	file  string
	names []string // of the header line
}

// openCSV reads the header line.
func openCSV(file string, b *bufio.Reader, what string) (*csvTable, error) {
	c := csv.NewReader(b)
	c.Comma = separator(b)
	c.ReuseRecord = true
	head, err := c.Read()
	if err != nil {
		return nil, &Error{File: file, Line: 1, What: "has no header line", Want: "the names of the " + what}
	}
	t := &csvTable{Reader: c, file: file}
	for _, h := range head {
		t.names = append(t.names, strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
	}
	return t, nil
}

// next is the cells of the next line, or io.EOF; they are reused.
func (t *csvTable) next() ([]string, error) {
	record, err := t.Read()
	var parse *csv.ParseError
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return record, err
	case errors.As(err, &parse):
		return nil, &Error{File: t.file, Line: parse.Line, Column: parse.Column, What: parse.Err.Error(), Want: fmt.Sprintf("%d cells, as in the header", len(t.names))}
	}
	return nil, unreadable(t.file, err)
}

func readCSV(file string, b *bufio.Reader, columns []Column) (*Table, error) {
	c, err := openCSV(file, b, "columns")
	if err != nil {
		return nil, err
	}
	chosen, err := choose(file, c.names, columns)
	if err != nil {
		err.(*Error).Line = 1
		return nil, err
	}
	t := &Table{File: file, Values: make([][]float64, len(columns)), names: make([]string, len(columns))}
	for i, k := range chosen {
		if k >= 0 {
			t.Values[i], t.names[i] = []float64{}, c.names[k]
		}
	}
	for {
		record, err := c.next()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		for i, k := range chosen {
			if k < 0 {
				continue
			}
			x, err := strconv.ParseFloat(strings.TrimSpace(record[k]), 64)
			if err != nil || !columns[i].takes(x) {
				line, column := c.FieldPos(k)
				return nil, &Error{File: file, Line: line, Column: column, What: fmt.Sprintf("%q in column %s", record[k], c.names[k]), Want: columns[i].want()}
			}
			t.Values[i] = append(t.Values[i], x)
		}
		line, _ := c.FieldPos(0)
		t.lines = append(t.lines, int32(line))
		t.Rows++
	}
}

// separator looks at the header line.
func separator(b *bufio.Reader) rune {
	head, _ := b.Peek(4096)
	line, _, _ := strings.Cut(string(head), "\n")
	best, most := ',', 0
	for _, s := range []rune{',', ';', '\t'} {
		if n := strings.Count(line, string(s)); n > most {
			best, most = s, n
		}
	}
	return best
}
