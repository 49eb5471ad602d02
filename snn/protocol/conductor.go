package protocol

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/input"
)

// Conductor walks through a protocol. Its state is small and plain, so that a
// checkpoint can hold it: the order of an epoch is drawn again from its number.
type Conductor struct {
	p     *Protocol
	state State
	order []int
	drawn [2]int // phase and epoch that order was drawn for, each counted from 1
}

// State is where a conductor stands: which trial is next, or under way.
type State struct {
	Phase, Trial int
	Repeat       int
	Index        uint64 // presentations so far
	Now          snn.Tick
	Gain         float64
}

// NewConductor starts at the first trial of the first phase, at tick 0.
func NewConductor(p *Protocol) *Conductor { return &Conductor{p: p, state: State{Gain: 1}} }

// State is where it stands; Restore puts it there again.
func (c *Conductor) State() State { return c.state }

// Restore sets a state that State returned.
func (c *Conductor) Restore(s State) { c.state = s }

// Next is the trial that starts now; false after the last.
func (c *Conductor) Next() (Trial, bool) {
	if c.state.Phase == len(c.p.Phases) {
		return Trial{}, false
	}
	s, f := &c.state, &c.p.Phases[c.state.Phase]
	done := 0.0
	if n := f.Trials(); n > 1 {
		done = float64(s.Trial) / float64(n-1)
	}
	return Trial{
		Trial: input.Trial{
			Start: s.Now, PresentTicks: c.p.PresentTicks, Set: f.SetNumber, Item: c.item(f), Gain: s.Gain, Index: s.Index,
		},
		End:   s.Now + snn.Tick(c.p.PresentTicks+c.p.RestTicks),
		Phase: s.Phase, Number: s.Trial, Plasticity: f.Plasticity, Homeostasis: f.Homeostasis,
		Rate: 1 - float64(done*(1-f.Anneal)),
	}, true
}

// End closes the trial under way: spikes is what the watched population fired in
// it. It reports whether the trial counts; where not, Next shows its item again.
func (c *Conductor) End(spikes int64) (counts bool) {
	s, f := &c.state, &c.p.Phases[c.state.Phase]
	s.Now += snn.Tick(c.p.PresentTicks + c.p.RestTicks)
	s.Index++
	if spikes < int64(f.MinSpikes) && s.Repeat < f.Repeats {
		s.Repeat++
		s.Gain *= f.Boost
		return false
	}
	s.Repeat, s.Gain = 0, 1
	if s.Trial++; s.Trial == f.Trials() {
		s.Phase, s.Trial = s.Phase+1, 0
	}
	return true
}

// item is the item of the trial under way.
func (c *Conductor) item(f *Phase) int {
	epoch, k := c.state.Trial/f.Items, c.state.Trial%f.Items
	if f.Order != "shuffled" {
		return f.First + k
	}
	if at := [2]int{c.state.Phase + 1, epoch + 1}; c.drawn != at {
		c.drawn = at
		c.order = c.order[:0]
		for i := range f.Items {
			c.order = append(c.order, i)
		}
		draws := c.p.key.Sub(uint64(c.state.Phase)).Sub(uint64(epoch)).Stream()
		for i := len(c.order) - 1; i > 0; i-- {
			j := int(draws.Intn(uint64(i + 1)))
			c.order[i], c.order[j] = c.order[j], c.order[i]
		}
	}
	return f.First + c.order[k]
}
