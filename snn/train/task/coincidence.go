package task

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/random"
)

// Coincidence has a group of neurons for each class, drawn among all. In a trial of
// the class they spike together, at a time drawn for the trial, each off by Jitter;
// the others spike on their own. Times go round at the trial's end, so that every
// neuron's is uniform whatever the class: a neuron by itself, and its rate, tell
// nothing of the label. Groups of two classes may share neurons.
type Coincidence struct {
	Ticks  int
	Jitter float64 // standard deviation, in ticks

	groups [][]int
}

// NewCoincidence draws the groups.
func NewCoincidence(key random.Key, neurons, classes, group, ticks int, jitter float64) *Coincidence {
	c := &Coincidence{Ticks: ticks, Jitter: jitter}
	for class := range classes {
		order := key.Sub(rules).Sub(uint64(class)).Permutation(uint64(neurons))
		var members []int
		for k := range group {
			members = append(members, int(order.At(uint64(k))))
		}
		c.groups = append(c.groups, members)
	}
	return c
}

// Times is Task's. Neuron i draws words 2i+1 and 2i+2, the volley word 0.
func (c *Coincidence) Times(at []int, class int, trial random.Key) {
	for i := range at {
		at[i] = tick(trial.Uniform(uint64(2*i+1)), c.Ticks)
	}
	volley := float64(trial.Uniform(0) * float64(c.Ticks))
	for _, i := range c.groups[class] {
		t := volley
		if c.Jitter > 0 {
			t += float64(c.Jitter * pinned.NormQuantile(trial.Uniform(uint64(2*i+2))))
		}
		turns := t / float64(c.Ticks)
		at[i] = tick(turns-math.Floor(turns), c.Ticks)
	}
}
