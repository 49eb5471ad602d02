package input

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/random"
)

// NoiseGenerator is a Gaussian current, drawn for each neuron on its own and held
// for IntervalMs: MeanPA + sqrt(StdPA^2 + StdModPA^2 sin(2 pi FrequencyHz t +
// PhaseDeg)) times a standard normal number, t at the end of the interval's first
// step. A negative root counts as 0. Source: NEST's noise_generator.
type NoiseGenerator struct {
	MeanPA      float64
	StdPA       float64
	IntervalMs  float64 // NEST's dt: a multiple of the tick; 1 ms by default
	StdModPA    float64
	FrequencyHz float64
	PhaseDeg    float64
	Span        Span
}

// Check returns what is wrong with the generator.
func (g NoiseGenerator) Check(dtMs float64, size int) []string {
	faults := append(checkSize(size, dtMs), g.Span.check()...)
	faults = append(append(faults, checkFinite("mean", "pA", g.MeanPA)...), checkWave(g.FrequencyHz, g.PhaseDeg)...)
	for _, p := range []struct {
		name string
		x    float64
	}{{"std", g.StdPA}, {"std_mod", g.StdModPA}} {
		if !(p.x >= 0) || math.IsInf(p.x, 0) {
			faults = append(faults, fmt.Sprintf("%s must be at least 0 pA and finite, is %g pA", p.name, p.x))
		}
	}
	ticks := math.Floor(g.IntervalMs/dtMs + 0.5)
	if !(ticks >= 1) || math.Abs(float64(ticks*dtMs)-g.IntervalMs) > 1e-9*g.IntervalMs {
		faults = append(faults, fmt.Sprintf("dt of the noise must be a multiple of the tick of %g ms, is %g ms", dtMs, g.IntervalMs))
	}
	return faults
}

// New makes the current into a slice. Cost: one normal number a neuron and interval.
func (g NoiseGenerator) New(s Slice) Current {
	n := &noise{
		recipe: g, key: s.Key.Sub(forNoise), lo: s.Lo, every: ticksOf(g.IntervalMs, s.DtMs),
		wave: newWave(g.FrequencyHz, g.PhaseDeg, s.DtMs), on: g.Span.ticks(s.DtMs),
		held: make([]float64, s.Len()), interval: -1,
	}
	return n
}

type noise struct {
	recipe   NoiseGenerator
	key      random.Key
	lo       int
	every    snn.Tick
	wave     wave
	on       active
	held     []float64 // current of the interval
	interval snn.Tick  // the one that held belongs to
}

func (n *noise) AddCurrent(t snn.Tick, current []float64) {
	if !n.on.on(t) {
		return
	}
	if interval := (t - 1) / n.every; interval != n.interval {
		n.draw(interval)
	}
	for i, x := range n.held {
		current[i] += x
	}
}

func (n *noise) Until(t snn.Tick) snn.Tick {
	if !n.on.on(t) {
		return n.on.until(t)
	}
	return min(((t-1)/n.every+1)*n.every, n.on.until(t))
}

func (n *noise) draw(interval snn.Tick) {
	n.interval = interval
	g := &n.recipe
	variance := float64(g.StdPA * g.StdPA)
	if g.StdModPA > 0 {
		variance += float64(float64(g.StdModPA*g.StdModPA) * n.wave.at(interval*n.every+1))
	}
	std := math.Sqrt(max(variance, 0))
	key := n.key.Sub(uint64(interval))
	for i := range n.held {
		n.held[i] = g.MeanPA + float64(std*pinned.NormQuantile(key.Uniform(uint64(n.lo+i))))
	}
}
