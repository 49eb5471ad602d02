package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// compile resolves a model, and refuses it before anything large is made where it
// would not fit maxMemory bytes; 0 is what the machine has available.
func compile(m *model.Model, files fs.FS, maxMemory int64, partitions int) (*kernel.Network, error) {
	memory := newMemory(maxMemory)
	if err := memory.checkNeurons(m); err != nil {
		return nil, err
	}
	n, err := kernel.Compile(m, files)
	if err != nil {
		return nil, err
	}
	return n, memory.checkNetwork(n, partitions)
}

// memory refuses what would not fit. limit is --max-memory; 0 is what is available.
type memory struct {
	limit int64
	word  string // for the limit
}

func newMemory(limit int64) memory {
	if limit > 0 {
		return memory{limit, "--max-memory allows"}
	}
	return memory{engine.AvailableMemory(), "are available"}
}

// checkNeurons refuses a model whose neurons alone do not fit, before any is drawn.
func (m memory) checkNeurons(mod *model.Model) error {
	if bytes := kernel.NeuronBytes(mod); m.limit > 0 && bytes > m.limit {
		return m.refuse(mod.Name, bytes, "", nil)
	}
	return nil
}

// checkNetwork refuses a network that does not fit, before any synapse is made, not
// even where what can be made again at every spike is not stored.
func (m memory) checkNetwork(n *kernel.Network, partitions int) error {
	if partitions <= 0 {
		partitions = runtime.GOMAXPROCS(0)
	}
	partitions = min(partitions, max(n.Size(), 1))
	if m.limit == 0 {
		return nil
	}
	e := n.Fit(m.limit, partitions, m.words())
	if e.Bytes <= m.limit {
		return nil
	}
	slices.SortStableFunc(e.Projections, func(a, b kernel.ProjectionEstimate) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return m.refuse(n.Model.Name, e.Bytes, fmt.Sprintf(" for %d neurons and %.4g synapses", e.Neurons, float64(e.Synapses)), e.Projections)
}

// checkTraining refuses a training that does not fit, of images of so many pixels.
func (m memory) checkTraining(t *model.Training, pixels int) error {
	if bytes := training.Bytes(t, pixels); m.limit > 0 && bytes > m.limit {
		return m.refuse(t.Name, bytes, "", nil)
	}
	return nil
}

// checkTrained refuses the network that a training left in a directory where there is
// none, or it does not fit.
func (m memory) checkTrained(dir string) error {
	t, inputs, err := training.Trained(dir)
	if err != nil {
		return usageError{err}
	}
	return m.checkTraining(t, inputs)
}

func (m memory) refuse(name string, bytes int64, of string, largest []kernel.ProjectionEstimate) error {
	var parts []string
	for _, p := range largest[:min(3, len(largest))] {
		parts = append(parts, fmt.Sprintf("%s %s", p.Name, size(p.Bytes)))
	}
	most := ""
	if len(parts) > 0 {
		most = " (most of it " + strings.Join(parts, ", ") + ")"
	}
	return usageError{fmt.Errorf("%s would take about %s of memory%s%s, and %s; make the model smaller, or raise --max-memory", name, size(bytes), of, most, m.words())}
}

// words is the limit in words.
func (m memory) words() string {
	if strings.HasPrefix(m.word, "--") {
		return m.word + " " + size(m.limit)
	}
	return size(m.limit) + " " + m.word
}

// size words a number of bytes.
func size(bytes int64) string {
	x, unit := float64(bytes), 0
	for x >= 1024 && unit < 6 {
		x, unit = x/1024, unit+1
	}
	return fmt.Sprintf("%.4g %s", x, [...]string{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}[unit])
}
