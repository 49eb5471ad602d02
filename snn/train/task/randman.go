package task

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/random"
)

// Randman has a smooth random manifold for each class: a trial is a point of it,
// whose coordinates, 0 to 1, say when each neuron spikes. A neuron's time is a
// product over dimensions of sums of sines, of which the k-th has a k-th of the
// wavelength and at most k^-Smoothness of the amplitude, stretched to fill the trial.
// Source: Zenke and Vogels 2021, Neural Computation 33(4), Methods.
type Randman struct {
	Ticks, Dimensions int

	classes [][]manifold // by neuron
}

// waves is how many sines make a sum.
const waves = 30

// manifold is the time of a neuron over the points of a class.
type manifold struct {
	sums       [][]wave // by dimension
	least, per float64  // what the trial begins with, and one over what it spans
}

type wave struct{ amplitude, turns, phase float64 }

// probes is how many points the extremes of a neuron's time are taken from.
const probes = 400

// NewRandman draws the manifolds.
func NewRandman(key random.Key, neurons, classes, dimensions, ticks int, smoothness float64) *Randman {
	r := &Randman{Ticks: ticks, Dimensions: dimensions, classes: make([][]manifold, classes)}
	probe := key.Sub(rules).Sub(uint64(classes))
	for class := range r.classes {
		for i := range neurons {
			m := manifold{per: 1}
			for d := range dimensions {
				m.sums = append(m.sums, newWaves(key.Sub(rules).Sub(uint64(class)).Sub(uint64(i)).Sub(uint64(d)), smoothness))
			}
			least, most := math.Inf(1), math.Inf(-1)
			for k := range uint64(probes) {
				x := m.at(probe.Sub(k))
				least, most = min(least, x), max(most, x)
			}
			m.least, m.per = least, 1/(most-least)
			r.classes[class] = append(r.classes[class], m)
		}
	}
	return r
}

func newWaves(key random.Key, smoothness float64) []wave {
	w := make([]wave, waves)
	for k := range w {
		u := func(n int) float64 { return key.Uniform(uint64(3*k + n)) }
		w[k] = wave{float64(u(0) * pinned.Pow(float64(k+1), -smoothness)), float64(float64(k) * u(1)), u(2)}
	}
	return w
}

// at is the manifold's value in a point: its coordinates are the key's words.
func (m *manifold) at(point random.Key) float64 {
	x := 1.0
	for d, sum := range m.sums {
		u, y := point.Uniform(uint64(d)), 0.0
		for _, w := range sum {
			y += float64(w.amplitude * pinned.SinTurns(float64(w.turns*u)+w.phase))
		}
		x *= y
	}
	return float64((x - m.least) * m.per)
}

// Times is Task's.
func (r *Randman) Times(at []int, class int, trial random.Key) {
	for i := range at {
		at[i] = tick(min(max(r.classes[class][i].at(trial), 0), 1), r.Ticks)
	}
}
