package kernel

import (
	"io/fs"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/connect"
	"github.com/volley-snn/volley/snn/dataset"
)

// readColumn reads a column that the model names.
func readColumn(files fs.FS, name, column string) ([]float64, error) {
	t, err := dataset.ReadTable(files, name, dataset.Column{Names: []string{column}})
	if err != nil {
		return nil, err
	}
	return t.Values[0], nil
}

// timeColumn is how a file calls times.
var timeColumn = dataset.Column{Names: []string{"time", "t"}, Unit: "ms"}

// readSpikes reads the spikes of a population of size neurons.
func readSpikes(files fs.FS, name string, size int, dtMs float64) (timesMs []float64, neurons []uint32, err error) {
	t, err := dataset.ReadTable(files, name, timeColumn, dataset.Column{Names: []string{"neuron", "gid", "id"}, Below: uint64(max(size, 1))})
	if err != nil {
		return nil, nil, err
	}
	for row, ms := range t.Values[0] {
		if ticks(ms, dtMs) < 1 {
			return nil, nil, t.Fault(row, 0, "a time from the first tick on", "%g ms is before %g ms", ms, dtMs)
		}
	}
	return t.Values[0], t.Integers(1), nil
}

// edgeList is an explicit list of synapses; weights and delays are nil where the
// file has none.
type edgeList struct {
	sources, targets   []uint32
	weights            []float64
	delays             []snn.Tick
	minDelay, maxDelay snn.Tick
}

// readEdges reads the synapses of a space; weights are in the unit of the receptors.
func readEdges(files fs.FS, name string, s connect.Space, unit string, dtMs float64) (*edgeList, error) {
	t, err := dataset.ReadTable(files, name,
		dataset.Column{Names: []string{"source", "src", "pre"}, Below: uint64(s.Sources)},
		dataset.Column{Names: []string{"target", "dst", "post"}, Below: uint64(s.Targets)},
		dataset.Column{Names: []string{"weight"}, Unit: unit, Optional: true},
		dataset.Column{Names: []string{"delay"}, Unit: "ms", Optional: true})
	if err != nil {
		return nil, err
	}
	l := &edgeList{sources: t.Integers(0), targets: t.Integers(1), weights: t.Values[2], minDelay: longestDelay + 1}
	for row, ms := range t.Values[3] {
		k := ticks(ms, dtMs)
		if k < 1 || k > longestDelay {
			return nil, t.Fault(row, 3, "a delay of 1 to 2^15 ticks", "%g ms is %g ticks", ms, math.Round(ms/dtMs))
		}
		l.delays = append(l.delays, k)
		l.minDelay, l.maxDelay = min(l.minDelay, k), max(l.maxDelay, k)
	}
	if t.Rows == 0 {
		l.weights, l.delays = nil, nil
	}
	return l, nil
}
