package batch

import "fmt"

// ChanceState is what Chance has seen, for checkpoints.
type ChanceState struct {
	Pre, Post                    []float64 // participation
	PreHistogram, PostHistogram  []float64
	PreSeen, PostSeen, Histogram int // batches
	Nearness                     float64
}

// State is a copy of the state.
func (c *Chance) State() ChanceState {
	pre, preSeen := c.pre.State()
	post, postSeen := c.post.State()
	a, b, windows, value := c.expectation.State()
	return ChanceState{clone(pre), clone(post), clone(a), clone(b), *preSeen, *postSeen, *windows, *value}
}

// Restore goes back to a state; the error says that it is of other layers.
func (c *Chance) Restore(s *ChanceState) error {
	pre, preSeen := c.pre.State()
	post, postSeen := c.post.State()
	a, b, windows, value := c.expectation.State()
	for _, x := range [][2][]float64{{pre, s.Pre}, {post, s.Post}, {a, s.PreHistogram}, {b, s.PostHistogram}} {
		if len(x[0]) != len(x[1]) {
			return fmt.Errorf("ssdp: a state of %d numbers for %d", len(x[1]), len(x[0]))
		}
		copy(x[0], x[1])
	}
	*preSeen, *postSeen, *windows, *value = s.PreSeen, s.PostSeen, s.Histogram, s.Nearness
	return nil
}

func clone(x []float64) []float64 { return append([]float64(nil), x...) }
