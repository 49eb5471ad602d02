package kernel

import (
	"fmt"
	"io/fs"
	"math"
	"sort"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/ssdp"
	"github.com/volley-snn/volley/snn/synchrony"
)

// gate scales the updates of a plastic projection by what a group did in the
// window. It reads S, the product of the participations, or the kappa of the
// source or of the target: every partition has the source's spikes from its log,
// and the target's counts come with the window's aggregate. So all partitions
// open their gates alike.
type gate struct {
	group    *synchrony.Population // counted for kappa; nil where the gate reads S or nothing
	ofTarget bool
	counter  *synchrony.PopulationCounter

	synchrony ssdp.Gate
	dopamine  *ssdp.Dopamine // fitted after warmup windows, in which nothing changes
	warmup    int
	signal    *signal
	one       [1]uint32
}

// newGate makes the gate of a projection for a slice of its target.
func newGate(p *Projection, s *slice, clock windows) *gate {
	m := &p.Model.SSDP.Gate
	g := &gate{}
	switch m.Type {
	case "synchrony":
		g.synchrony = ssdp.Gate{K: m.K, Windows: m.Windows}
	case "dopamine":
		g.dopamine, g.warmup, g.signal = &ssdp.Dopamine{}, m.Warmup, p.signal
	default:
		return g
	}
	if m.Measure == "S" {
		return g
	}
	g.ofTarget = m.Of == "target"
	of, n := p.Source, p.Source.Size()
	if g.ofTarget {
		of, n = p.Target, s.len()
	}
	g.group = synchrony.NewPopulation(synchrony.Population{
		Neurons: of.Size(), Ticks: int(clock.width), Bins: m.Bins, Measures: []synchrony.Measure{synchrony.KappaMeasure},
	}, 0, 0)
	g.counter = g.group.NewCounter(n)
	return g
}

// source takes a presynaptic spike at a tick of the window under way.
func (g *gate) source(tick int32, neuron uint32) {
	if g.group != nil && !g.ofTarget {
		g.one[0] = neuron
		g.counter.Spikes(int(tick), g.one[:])
	}
}

// target takes the slice's spikes.
func (g *gate) target(tick int32, neurons []uint32) {
	if g.group != nil && g.ofTarget {
		g.counter.Spikes(int(tick), neurons)
	}
}

// drop forgets the window under way.
func (g *gate) drop() {
	if g.group != nil {
		g.counter.Drop()
	}
}

// close ends the window: what the slice adds to its aggregate, and what is known
// of the group without one.
func (g *gate) close() (share, known []int64) {
	if g.group == nil {
		return nil, nil
	}
	counts := make([]int64, g.group.Len())
	g.counter.Close(counts)
	if g.ofTarget {
		return counts, nil
	}
	return nil, counts
}

// open is the factor on a window's update: product is its S, group the counts of
// the group that the gate reads, summed over partitions.
func (g *gate) open(end snn.Tick, product float64, group []int64) float64 {
	x := product
	if g.group != nil {
		x = g.group.Kappa(group)
	}
	if g.dopamine == nil {
		return g.synchrony.Open(x)
	}
	if g.warmup > 0 {
		g.warmup--
		g.dopamine.Record(x, g.signal.at(end))
		return 0
	}
	g.dopamine.Fix()
	return g.dopamine.Factor(x)
}

// signal is a loss over time, or a reward with its sign turned: each value holds
// from its tick on.
type signal struct {
	ticks  []snn.Tick
	values []float64
}

// at is the value at tick t; NaN before the first.
func (s *signal) at(t snn.Tick) float64 {
	k := sort.Search(len(s.ticks), func(i int) bool { return s.ticks[i] > t })
	if k == 0 {
		return math.NaN()
	}
	return s.values[k-1]
}

// setGate checks a projection's gate, and reads its signal.
func (p *Projection) setGate(files fs.FS, dtMs float64) error {
	if p.Model.SSDP == nil {
		return nil
	}
	m := &p.Model.SSDP.Gate
	if m.Type == "" || m.Type == "none" {
		return nil
	}
	if width := ticks(p.Model.SSDP.Window, dtMs); m.Measure != "S" && (m.Bins < 2 || m.Bins > synchrony.MaxBins || snn.Tick(m.Bins) > width) {
		return fmt.Errorf("bins: 2 to %d bins of at least one tick (%g ms) are expected, there are %d in a window of %g ms", synchrony.MaxBins, dtMs, m.Bins, p.Model.SSDP.Window)
	}
	if m.Type != "dopamine" {
		return nil
	}
	if m.Reward == "" {
		return fmt.Errorf("reward: a dopamine gate needs a file with columns time_ms and reward")
	}
	var err error
	p.signal, err = readSignal(files, m, dtMs)
	return err
}

func readSignal(files fs.FS, m *model.Gate, dtMs float64) (*signal, error) {
	t, err := dataset.ReadTable(files, m.Reward, timeColumn, dataset.Column{Names: []string{"reward", "loss"}})
	if err != nil {
		return nil, fmt.Errorf("reward: %w", err)
	}
	timesMs, values := t.Values[0], t.Values[1]
	s := &signal{values: values}
	if m.Signal != "loss" {
		for k := range values {
			values[k] = -values[k]
		}
	}
	for k, ms := range timesMs {
		if k > 0 && ms < timesMs[k-1] {
			return nil, fmt.Errorf("reward: %w", t.Fault(k, 0, "times that rise", "%g ms follows %g ms", ms, timesMs[k-1]))
		}
		s.ticks = append(s.ticks, ticks(ms, dtMs))
	}
	return s, nil
}
