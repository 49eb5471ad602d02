package session

import (
	"context"
	"encoding/json"

	"github.com/volley-snn/volley/internal/checkpoint"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/snn/state"
)

// saver is the Saver of a simulation in this process: any step is as good as another.
type saver struct {
	e      *engine.Engine
	copied engine.Saved
}

// SaveSoon chooses the last step.
func (s *saver) SaveSoon(int64) error { return nil }

// Saved copies the network's state.
func (s *saver) Saved() (bool, error) { return true, s.e.Save(&s.copied) }

// StoreParts packs the copy and stores it.
func (s *saver) StoreParts(ctx context.Context, store checkpoint.Store, sequence int64) ([]checkpoint.Blob, error) {
	return StoreParts(ctx, store, sequence, 0, s.copied.Partitions)
}

// Restore puts the state of a checkpoint into the partitions.
func (s *saver) Restore(ctx context.Context, c *checkpoint.Checkpoint, around func(state.Section) error) error {
	return s.e.Restore(func(use func(state.Section) error) error {
		return c.Sections(ctx, func(section state.Section) error {
			if section.Kind == ofRun || section.Kind == ofObserver {
				return around(section)
			}
			return use(section)
		})
	})
}

// Sections hands a checkpoint's sections of the network to use, and returns where the
// run's schedule stands: what a node needs of it.
func Sections(ctx context.Context, c *checkpoint.Checkpoint, use func(state.Section) error) (at engine.ScheduleState, err error) {
	err = c.Sections(ctx, func(s state.Section) error {
		switch s.Kind {
		case ofRun:
			var run runState
			err := json.Unmarshal(s.Data, &run)
			at = run.Schedule
			return err
		case ofObserver:
			return nil
		}
		return use(s)
	})
	return at, err
}

// StoreParts packs and stores what partitions saved, of which first is the number of
// the first.
func StoreParts(ctx context.Context, store checkpoint.Store, sequence int64, first int, partitions [][]state.Section) (blobs []checkpoint.Blob, err error) {
	for i, sections := range partitions {
		b, err := checkpoint.PutPart(ctx, store, sequence, first+i+1, checkpoint.NewPack(sections))
		if err != nil {
			return nil, err
		}
		blobs = append(blobs, b)
	}
	return blobs, nil
}
