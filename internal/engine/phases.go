package engine

import (
	"encoding/json"
	"fmt"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/state"
)

// Phases sums up a protocol's phases, and each in blocks of trials, as they pass.
type Phases struct {
	n      *kernel.Network
	phases []record.Phase
	block  int64 // trials of a block
	spikes int64 // of the presentation under way
	sums   []int64
	blocks []int64 // spikes of the phase's blocks
}

// blocksAPhase is how many blocks a phase is summed up in.
const blocksAPhase = 100

// NewPhases prepares the summary of a network's protocol; without one it stays empty.
func NewPhases(n *kernel.Network) *Phases { return &Phases{n: n} }

// Observe takes a step of a trial.
func (p *Phases) Observe(m *Moment) error {
	if m.Trial == nil {
		return nil
	}
	p.spikes += SpikesIn(m.Outputs, p.n.Watched.Range)
	if !m.Ended {
		return nil
	}
	for len(p.phases) <= m.Trial.Phase {
		f := &p.n.Protocol.Phases[len(p.phases)]
		p.phases = append(p.phases, record.Phase{Name: f.Name, StartMs: float64(m.Trial.Start) * p.n.DtMs, Plasticity: f.Plasticity, Accuracy: record.NaN})
		p.sums, p.blocks = append(p.sums, 0), p.blocks[:0]
		p.block = (int64(f.Trials()) + blocksAPhase - 1) / blocksAPhase
	}
	f := &p.phases[m.Trial.Phase]
	if k := int64(m.Trial.Number) / p.block; k == int64(len(f.Blocks)) {
		f.Blocks = append(f.Blocks, record.Block{FirstTrial: int64(m.Trial.Number), Accuracy: record.NaN})
		p.blocks = append(p.blocks, 0)
	}
	at := len(f.Blocks) - 1
	f.EndMs = float64(m.To) * p.n.DtMs
	if m.Counts {
		f.Trials++
		f.Blocks[at].Trials++
		p.sums[m.Trial.Phase] += p.spikes
		p.blocks[at] += p.spikes
		f.MeanSpikes = record.Number(float64(p.sums[m.Trial.Phase]) / float64(f.Trials))
		f.Blocks[at].MeanSpikes = record.Number(float64(p.blocks[at]) / float64(f.Blocks[at].Trials))
	} else {
		f.Repeats++
		f.Blocks[at].Repeats++
	}
	p.spikes = 0
	return nil
}

// phasesState is a Phases as a checkpoint holds it.
type phasesState struct {
	Phases       []record.Phase
	Block        int64
	Spikes       int64
	Sums, Blocks []int64
}

// Save writes what has passed.
func (p *Phases) Save(w *state.Writer) error {
	text, err := json.Marshal(phasesState{p.phases, p.block, p.spikes, p.sums, p.blocks})
	state.PutList(w, text)
	return err
}

// Load reads what Save wrote.
func (p *Phases) Load(r *state.Reader) error {
	var s phasesState
	if err := json.Unmarshal(state.GetList[byte](r), &s); err != nil {
		return fmt.Errorf("phases: %w", err)
	}
	p.phases, p.block, p.spikes, p.sums, p.blocks = s.Phases, s.Block, s.Spikes, s.Sums, s.Blocks
	return nil
}

// All is the phases so far.
func (p *Phases) All() []record.Phase { return p.phases }
