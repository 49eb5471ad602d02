package kernel

import (
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strconv"
	"strings"

	"github.com/volley-snn/volley/snn"
)

// table is a CSV file of numbers with one header line.
type table struct {
	file    string
	columns map[string][]float64
	names   []string
}

func readTable(files fs.FS, name string) (*table, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s:1: a header line with the names of the columns is expected: %w", name, err)
	}
	t := &table{file: name, columns: map[string][]float64{}}
	for _, h := range head {
		t.names = append(t.names, strings.TrimSpace(h))
	}
	for {
		record, err := r.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for k, cell := range record {
			x, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
			if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				line, column := r.FieldPos(k)
				return nil, fmt.Errorf("%s:%d:%d: %q in column %s: expected a finite number", name, line, column, cell, t.names[k])
			}
			t.columns[t.names[k]] = append(t.columns[t.names[k]], x)
		}
	}
}

// find is the first column of one of the names, a unit suffix (_ms, _pA) left aside.
func (t *table) find(names ...string) ([]float64, error) {
	for _, want := range names {
		for _, have := range t.names {
			if base, _, _ := strings.Cut(have, "_"); have == want || base == want {
				return t.columns[have], nil
			}
		}
	}
	return nil, fmt.Errorf("%s: expected a column %s, there are %s", t.file, strings.Join(names, " or "), strings.Join(t.names, ", "))
}

func readColumn(files fs.FS, name, column string) ([]float64, error) {
	t, err := readTable(files, name)
	if err != nil {
		return nil, err
	}
	if c, ok := t.columns[column]; ok {
		return c, nil
	}
	return nil, fmt.Errorf("%s: no column %q, there are %s", name, column, strings.Join(t.names, ", "))
}

func readSpikes(files fs.FS, name string) (timesMs []float64, neurons []uint32, err error) {
	t, err := readTable(files, name)
	if err != nil {
		return nil, nil, err
	}
	if timesMs, err = t.find("time", "t"); err != nil {
		return nil, nil, err
	}
	who, err := t.find("gid", "neuron", "id")
	if err != nil {
		return nil, nil, err
	}
	neurons = make([]uint32, len(who))
	for i, x := range who {
		neurons[i] = uint32(x)
	}
	return timesMs, neurons, nil
}

// edgeList is an explicit list of synapses; weights and delays are nil where the
// file has none.
type edgeList struct {
	sources, targets   []uint32
	weights            []float64
	delays             []snn.Tick
	minDelay, maxDelay snn.Tick
}

func readEdges(files fs.FS, name string, dtMs float64) (*edgeList, error) {
	t, err := readTable(files, name)
	if err != nil {
		return nil, err
	}
	sources, err := t.find("source", "src", "pre")
	if err != nil {
		return nil, err
	}
	targets, err := t.find("target", "dst", "post")
	if err != nil {
		return nil, err
	}
	l := &edgeList{sources: make([]uint32, len(sources)), targets: make([]uint32, len(targets)), minDelay: longestDelay + 1}
	for i := range sources {
		l.sources[i], l.targets[i] = uint32(sources[i]), uint32(targets[i])
	}
	if weights, err := t.find("weight"); err == nil {
		l.weights = weights
	}
	if delays, err := t.find("delay"); err == nil {
		for _, d := range delays {
			k := ticks(d, dtMs)
			l.delays = append(l.delays, k)
			l.minDelay, l.maxDelay = min(l.minDelay, k), max(l.maxDelay, k)
		}
	}
	return l, nil
}
