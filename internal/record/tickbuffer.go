package record

import (
	"fmt"
	"slices"

	"github.com/volley-snn/volley/snn"
)

// tickBuffer holds the spikes of the current tick until a later one comes, and
// hands them on sorted by GID.
type tickBuffer struct {
	started bool
	tick    snn.Tick
	gids    []snn.GID
}

// add takes spikes of tick and hands on those of the ticks before it.
func (b *tickBuffer) add(tick snn.Tick, gids []snn.GID, emit func(snn.Tick, []snn.GID) error) error {
	if len(gids) == 0 {
		return nil
	}
	if b.started && tick < b.tick {
		return fmt.Errorf("record: spikes of tick %d after those of tick %d: ticks must not fall", tick, b.tick)
	}
	if tick < 0 {
		return fmt.Errorf("record: spikes of tick %d: ticks start at 0", tick)
	}
	if !b.started || tick > b.tick {
		if err := b.flush(emit); err != nil {
			return err
		}
		b.started, b.tick = true, tick
	}
	b.gids = append(b.gids, gids...)
	return nil
}

// flush hands on what is held.
func (b *tickBuffer) flush(emit func(snn.Tick, []snn.GID) error) error {
	if len(b.gids) == 0 {
		return nil
	}
	if !slices.IsSorted(b.gids) {
		slices.Sort(b.gids)
	}
	err := emit(b.tick, b.gids)
	b.gids = b.gids[:0]
	return err
}
