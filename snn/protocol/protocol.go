// Package protocol decides which item a network sees when: phases of trials, each
// with plasticity and homeostasis on or off, in order or shuffled, and shown again
// where too few neurons fired.
//
// A [Conductor] is a state machine: it is told how many spikes a trial drew and
// says what comes next, so every run of a model presents the same items at the
// same ticks, whoever steps the network.
package protocol

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
)

// Protocol is a model's protocol in ticks and item numbers. It is read-only.
type Protocol struct {
	Phases       []Phase
	PresentTicks int
	RestTicks    int
	key          random.Key // of the shuffled orders
}

// Phase is a run of trials under the same conditions.
type Phase struct {
	model.Phase
	SetNumber int // number of the set among the input's
	First     int
	Items     int // items of one epoch, from First on
}

// Trials is the number of trials in the phase, repeats left out.
func (p *Phase) Trials() int { return p.Items * p.Epochs }

// Set is a set of items: its name and how many it has.
type Set struct {
	Name  string
	Items int
}

// New resolves a model's protocol for an input with the given sets. seed is the
// model's input seed. The errors say which phase asks for what is not there.
func New(m *model.Protocol, dtMs float64, seed uint64, sets []Set) (*Protocol, []error) {
	p := &Protocol{
		PresentTicks: int(math.Round(m.Present / dtMs)), RestTicks: int(math.Round(m.Rest / dtMs)),
		key: random.Seed(seed, random.Order),
	}
	var faults []error
	if p.PresentTicks < 1 {
		faults = append(faults, fmt.Errorf("protocol.present: must be at least one tick (%g ms), is %g ms", dtMs, m.Present))
	}
	for _, phase := range m.Phases {
		compiled, err := compilePhase(phase, sets)
		if err != nil {
			faults = append(faults, err)
		}
		p.Phases = append(p.Phases, compiled)
	}
	return p, faults
}

func compilePhase(m model.Phase, sets []Set) (Phase, error) {
	path := "protocol.phases." + m.Name
	for k, s := range sets {
		if s.Name != m.Set {
			continue
		}
		p := Phase{Phase: m, SetNumber: k, First: m.First, Items: m.Count}
		if p.Items == 0 {
			p.Items = s.Items - m.First
		}
		if p.Items < 1 || p.First+p.Items > s.Items {
			return p, fmt.Errorf("%s: items %d to %d of the set %q, which has %d", path, p.First, p.First+m.Count-1, s.Name, s.Items)
		}
		return p, nil
	}
	var known []string
	for _, s := range sets {
		known = append(known, s.Name)
	}
	return Phase{Phase: m}, fmt.Errorf("%s.set: the input has no set %q; it has %v", path, m.Set, known)
}

// Trials is the number of trials of all phases, repeats left out.
func (p *Protocol) Trials() int {
	n := 0
	for k := range p.Phases {
		n += p.Phases[k].Trials()
	}
	return n
}

// LongestTicks is how long the protocol lasts where every trial that may be
// repeated is, as often as it may be.
func (p *Protocol) LongestTicks() snn.Tick {
	shown := 0
	for k := range p.Phases {
		f := &p.Phases[k]
		each := 1
		if f.MinSpikes > 0 {
			each += f.Repeats
		}
		shown += f.Trials() * each
	}
	return snn.Tick(shown) * snn.Tick(p.PresentTicks+p.RestTicks)
}
