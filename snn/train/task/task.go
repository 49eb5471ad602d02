package task

import (
	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/train/encode"
)

// Task draws trials.
type Task interface {
	// Times sets the tick of each neuron's spike in a trial of a class. len(at) is
	// the number of neurons.
	Times(at []int, class int, trial random.Key)
}

// parts of a task's key.
const (
	rules = iota // what the classes are
	trials
)

// Draw makes trials number from to from+n-1, the classes in turn, as a row of
// neurons each.
func Draw(t Task, key random.Key, neurons, classes, ticks, from, n int) (*dataset.Images, []byte) {
	m := &dataset.Images{N: n, Rows: 1, Cols: neurons, Pixels: make([]byte, n*neurons)}
	labels, at := make([]byte, n), make([]int, neurons)
	for k := range n {
		class := (from + k) % classes
		labels[k] = byte(class)
		t.Times(at, class, key.Sub(trials).Sub(uint64(from+k)))
		for i, tick := range at {
			m.Image(k)[i] = encode.Brightness(tick, ticks)
		}
	}
	return m, labels
}

// tick is the one that a share of the trial, 0 to 1, falls in.
func tick(share float64, ticks int) int { return min(int(share*float64(ticks)), ticks-1) }
