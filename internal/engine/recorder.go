package engine

import (
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/state"
)

// Recorder sees every spike of a run: it hashes, counts, and writes those that
// the model asks for.
type Recorder struct {
	Hash       *record.SpikeHash
	Statistics *record.Statistics

	clock  record.Clock
	writer *record.SpikeWriter // nil where no spikes are written
	keep   []span
	merged []snn.GID
}

// span is the spikes that one of the model's records asks for.
type span struct {
	gids        snn.Range
	from, until snn.Tick
}

// Populations describes a network's populations to the files of a run.
func Populations(n *kernel.Network) []record.Population {
	var all []record.Population
	for _, p := range n.Populations {
		all = append(all, record.Population{Name: p.Name, Model: p.Model, First: p.Range.First, End: p.Range.End, Input: p.IsInput()})
	}
	return all
}

// NewRecorder starts the record of a run. dir may be nil: then nothing is written.
func NewRecorder(n *kernel.Network, dir *record.Dir) (*Recorder, error) {
	populations := Populations(n)
	r := &Recorder{Hash: record.NewSpikeHash(), clock: record.NewClock(n.DtMs), Statistics: record.NewStatistics(populations, n.DtMs, n.Model.Discard)}
	records := n.Model.Records.Spikes
	if records == nil {
		for _, p := range populations {
			records = append(records, model.SpikeRecord{Population: p.Name, Stop: float64(n.End+1) * n.DtMs})
		}
	}
	if dir == nil || len(records) == 0 {
		return r, nil
	}
	for _, s := range records {
		for _, p := range populations {
			if p.Name != s.Population {
				continue
			}
			first := min(p.First+snn.GID(s.First), p.End)
			end := p.End
			if s.Count > 0 {
				end = min(first+snn.GID(s.Count), end)
			}
			r.keep = append(r.keep, span{snn.Range{First: first, End: end}, kernel.Ticks(s.Start, n.DtMs), kernel.Ticks(s.Stop, n.DtMs)})
		}
	}
	var err error
	r.writer, err = dir.Spikes(populations, n.DtMs)
	return r, err
}

// Observe takes the spikes of one step.
func (r *Recorder) Observe(m *Moment) error {
	for k := range int(m.To - m.From) {
		t := m.From + 1 + snn.Tick(k)
		r.merged = r.merged[:0]
		for _, o := range m.Outputs {
			r.merged = append(r.merged, o.Spikes.At(k)...)
		}
		if len(r.merged) == 0 {
			continue
		}
		if err := r.Hash.Append(t, r.merged); err != nil {
			return err
		}
		if err := r.Statistics.Append(t, r.merged); err != nil {
			return err
		}
		if err := r.write(t); err != nil {
			return err
		}
	}
	return nil
}

func (r *Recorder) write(t snn.Tick) error {
	if r.writer == nil {
		return nil
	}
	kept := r.merged[:0]
	for _, g := range r.merged {
		for _, s := range r.keep {
			if t > s.from && t <= s.until && s.gids.Contains(g) {
				kept = append(kept, g)
				break
			}
		}
	}
	return r.writer.Append(t, kept)
}

// Save writes the hash and the statistics so far.
func (r *Recorder) Save(w *state.Writer) error {
	hash, err := r.Hash.MarshalBinary()
	state.PutList(w, hash)
	r.Statistics.Save(w)
	return err
}

// Load reads what Save wrote.
func (r *Recorder) Load(in *state.Reader) error {
	hash := state.GetList[byte](in)
	if err := in.Err(); err != nil {
		return err
	}
	if err := r.Hash.UnmarshalBinary(hash); err != nil {
		return err
	}
	r.Statistics.Load(in)
	return in.Err()
}
