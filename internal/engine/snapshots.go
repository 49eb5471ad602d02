package engine

import (
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// Snapshots writes the weights of projections at the times that the model asks
// for, as of the updates that are due by then, and at the end. The spikes up to a time
// have arrived everywhere only with the step that begins at it: what is read then does
// not depend on where the step before it began.
type Snapshots struct {
	sim Simulation
	dir *record.Dir
}

// NewSnapshots writes the weights as they are built, where time 0 is asked for,
// and who is connected to whom.
func NewSnapshots(sim Simulation, dir *record.Dir) (*Snapshots, error) {
	s := &Snapshots{sim: sim, dir: dir}
	if dir == nil {
		return s, nil
	}
	for i := range sim.Compiled().Snapshots {
		if err := s.synapses(sim.Compiled().Snapshots[i].Projection); err != nil {
			return nil, err
		}
	}
	return s, s.at(0)
}

// Observe writes what is due where a step began.
func (s *Snapshots) Observe(m *Moment) error {
	if m.From == 0 {
		return nil // NewSnapshots has
	}
	return s.at(m.From)
}

func (s *Snapshots) at(t snn.Tick) error {
	if s.dir == nil {
		return nil
	}
	for i := range s.sim.Compiled().Snapshots {
		if shot := &s.sim.Compiled().Snapshots[i]; shot.Due(t) {
			if err := s.write(shot.Projection, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// Finish writes the last snapshot of each projection, of the settled engine.
func (s *Snapshots) Finish() error {
	if s.dir == nil {
		return nil
	}
	for i := range s.sim.Compiled().Snapshots {
		shot := &s.sim.Compiled().Snapshots[i]
		if s.sim.Now() == 0 && shot.Due(0) {
			continue // NewSnapshots has written it
		}
		if err := s.write(shot.Projection, s.sim.Now()); err != nil {
			return err
		}
	}
	return nil
}

func (s *Snapshots) write(p *kernel.Projection, t snn.Tick) error {
	precision := record.Float32
	if p.Model.Precision == "float64" {
		precision = record.Float64
	}
	w, err := s.dir.Weights(p.Name, record.NewClock(s.sim.Compiled().DtMs).Ms(t), precision)
	if err != nil {
		return err
	}
	readErr := s.sim.EachWeight(p, func(_ int, _ []uint32, weights []float64) {
		if err == nil {
			err = w.Append(weights)
		}
	})
	if err == nil {
		err = readErr
	}
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (s *Snapshots) synapses(p *kernel.Projection) error {
	w, err := s.dir.Synapses(p.Name)
	if err != nil {
		return err
	}
	var gids []snn.GID
	readErr := s.sim.EachWeight(p, func(target int, sources []uint32, _ []float64) {
		gids = gids[:0]
		for _, i := range sources {
			gids = append(gids, p.Source.Range.First+snn.GID(i))
		}
		if err == nil {
			err = w.Append(p.Target.Range.First+snn.GID(target), gids)
		}
	})
	if err == nil {
		err = readErr
	}
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	return err
}
